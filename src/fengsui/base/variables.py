"""Reading a setting from the environment, or stopping the start with a sentence that says what to write."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, *, default: str) -> str:
    """The variable as it stands, or the default."""
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """`true` or `false`."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in ("true", "false"):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write true or false.")
    return value == "true"


def number(name: str, *, default: int) -> int:
    """A whole number."""
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number, such as {default}.")
    return int(value)


def secret(name: str, *, file: Path, default: str | None) -> str:
    """A secret: the variable, else the file that `NAME_FILE` names, else `file` (made once, 0600), else `default`.

    A default is only given where nothing is kept yet (checks, tests): an installation with a data folder makes its own.
    """
    if name in os.environ:
        return os.environ[name]
    kept = Path(os.environ.get(f"{name}_FILE", file))
    if kept.exists():
        return kept.read_text().strip()
    if default is not None:
        return default
    return _made_once(kept)


def _made_once(path: Path) -> str:
    value = secrets.token_urlsafe(48)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(value)
    return value
