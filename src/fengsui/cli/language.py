"""Sentences for people on the command line, in Chinese where the shell is Chinese.

The catalogue is the platform's own, read with the standard library: Django would take longer to load than most
commands take to run.
"""

import gettext
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fengsui_engine.refusal import Refusal

CATALOGUES = Path(__file__).parent.parent / "locale"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set decides, as for every program that uses gettext."""


def is_chinese(environment: Mapping[str, str]) -> bool:
    """Whether the shell asks for Chinese."""
    stated = next((environment[name] for name in VARIABLES if environment.get(name)), "")
    return stated.lower().startswith("zh")


def translated(sentence: str) -> str:
    """A marked sentence in the language of the shell; English where there is no translation."""
    return (
        _catalogue(is_chinese(os.environ)).gettext(sentence) if sentence else ""
    )  # nothing names the catalogue itself


def in_words(sentence: str, **facts: Any) -> str:
    """A marked sentence in the language of the shell, with its facts."""
    return translated(sentence) % facts


def told(refusal: Refusal) -> str:
    """The sentence of a refusal, with its facts."""
    return in_words(refusal.sentence, **refusal.facts)


@lru_cache
def _catalogue(chinese: bool) -> gettext.NullTranslations:
    compiled = CATALOGUES / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    if not chinese or not compiled.is_file():
        return gettext.NullTranslations()
    with compiled.open("rb") as opened:
        return gettext.GNUTranslations(opened)
