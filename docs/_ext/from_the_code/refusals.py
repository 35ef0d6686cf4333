"""Which refusals can a program meet, and what do they say? Found, not listed."""

import importlib
import pkgutil
from collections.abc import Callable
from html import escape
from types import ModuleType

import fengsui
import fengsui_engine
from fengsui_engine.refusal import Refusal
from from_the_code.catalogue import in_chinese
from from_the_code.html_table import code, html_table

# Modules that only run as a program, and fill or change something when they are imported.
_NOT_READ = ("__main__", "migrations")


def every_refusal() -> list[type[Refusal]]:
    """All refusals of engine and platform that say something, by status, then by code."""
    for package in (fengsui_engine, fengsui):
        _import_all(package)
    found = {refusal for refusal in _below(Refusal) if refusal.sentence and _is_ours(refusal)}
    return sorted(found, key=lambda refusal: (refusal.status, code_of(refusal)))


def code_of(refusal: type[Refusal]) -> str:
    """The stable code, as the class itself makes it."""
    return refusal.__new__(refusal).code


def sentences_of(refusal: type[Refusal]) -> list[str]:
    """What it says: its sentence, own or inherited, and the others it chooses between."""
    others = [value for name, value in vars(refusal).items() if isinstance(value, str) and _is_another(name)]
    return [refusal.sentence, *others]


def table() -> str:
    rows = [
        (
            code(code_of(refusal)),
            str(refusal.status),
            _said(refusal, lambda sentence: sentence),
            _said(refusal, in_chinese),
        )
        for refusal in every_refusal()
    ]
    return html_table(("code", "status", "English", "中文"), rows, kind="refusals")


def _said(refusal: type[Refusal], words: Callable[[str], str]) -> str:
    return "<br>".join(escape(words(sentence)) for sentence in sentences_of(refusal))


def _is_another(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _is_ours(refusal: type[Refusal]) -> bool:
    return refusal.__module__.startswith(("fengsui.", "fengsui_engine."))


def _import_all(package: ModuleType) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not any(part in module.name for part in _NOT_READ):
            importlib.import_module(module.name)


def _below(refusal: type[Refusal]) -> set[type[Refusal]]:
    return {below for child in refusal.__subclasses__() for below in (child, *_below(child))}
