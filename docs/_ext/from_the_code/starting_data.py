"""What does a new city start with? Types, dispositions, kinds of unit and retention, as the migrations fill them."""

from collections.abc import Callable
from html import escape
from importlib import import_module
from typing import Any

from from_the_code.html_table import code, html_table

Rows = list[tuple[str, ...]]


def table(name: str) -> str:
    """One of: types, dispositions, unit-kinds, retention."""
    head, rows = _TABLES[name]
    return html_table(head, rows(), kind=name)


def _types() -> Rows:
    return [
        (code(one), escape(zh), escape(en), str(priority))
        for one, zh, en, priority in _of("fengsui.incidents.migrations.0002_types_and_dispositions_filled", "TYPES")
    ]


def _dispositions() -> Rows:
    module = "fengsui.incidents.migrations.0002_types_and_dispositions_filled"
    return [(code(one), escape(zh), escape(en)) for one, zh, en in _of(module, "DISPOSITIONS")]


def _unit_kinds() -> Rows:
    found = _of("fengsui.force.migrations.0002_kinds_filled", "KINDS")
    return [(code(one), escape(zh), escape(en)) for one, zh, en in found]


def _retention() -> Rows:
    found = _of("fengsui.base.migrations.0002_retention_filled", "RULES")
    return [(code(one), str(days), escape(source["zh"]), escape(source["en"])) for one, days, source in found]


def _of(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


_TABLES: dict[str, tuple[tuple[str, ...], Callable[[], Rows]]] = {
    "types": (("code", "中文", "English", "priority"), _types),
    "dispositions": (("code", "中文", "English"), _dispositions),
    "unit-kinds": (("code", "中文", "English"), _unit_kinds),
    "retention": (("rule", "days", "中文", "English"), _retention),
}
