"""What is read from the code stands on the page, whole."""

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from fengsui.accounts.who_may import MAY
from fengsui.incidents.refusals import UnitNotFree
from fengsui_engine import lifecycle

RowsOf = Callable[[str, str], list[list[str]]]
TABLES = [lifecycle.INCIDENT, lifecycle.UNIT, lifecycle.ASSIGNMENT]
NAMES = ["incident", "unit", "assignment"]


def steps(table: Any) -> Iterator[tuple[str, str, str]]:
    for before, row in table.items():
        for verb, after in row.items():
            yield before.value, verb, after.value


def drawings(pages: Path) -> list[str]:
    html = (pages / "reference/life-cycles.html").read_text()
    return re.findall(r"<figure class='ladder'>.*?</figure>", html, re.DOTALL)


@pytest.mark.parametrize(("number", "table"), list(enumerate(TABLES)), ids=NAMES)
def test_every_state_and_verb_of_a_table_is_in_its_drawing(pages: Path, number: int, table: Any) -> None:
    written = set(re.findall(r"<text[^>]*>([^<]+)</text>", drawings(pages)[number]))
    states, verbs = {state.value for state in table}, {verb for _, verb, _ in steps(table)}
    assert states | verbs <= written


@pytest.mark.parametrize(("number", "table"), list(enumerate(TABLES)), ids=NAMES)
def test_a_drawing_has_a_dot_or_a_ring_for_each_step_and_no_more(pages: Path, number: int, table: Any) -> None:
    drawn = drawings(pages)[number]
    stays = [step for step in steps(table) if step[0] == step[2]]
    assert len(re.findall(r"<circle", drawn)) == len(list(steps(table)))
    assert len(re.findall(r"r='7'", drawn)) == len(stays)


def test_every_step_of_every_table_is_a_row(rows_of: RowsOf) -> None:
    told = [[cell.split(" ")[0] for cell in row] for row in rows_of("reference/life-cycles", "steps")]
    for table in TABLES:
        for before, verb, after in steps(table):
            assert [before, verb, "stays" if before == after else after] in told


def test_who_may_what_is_the_table_that_decides(rows_of: RowsOf) -> None:
    head, *rows = rows_of("reference/who-may", "who-may")
    roles = [cell.split("\n")[0] for cell in head[1:]]
    granted = set()
    for row in rows:
        verb = row[0].split("\n")[0]
        for role, cell in zip(roles, row[1:], strict=True):
            granted |= {(role, {"yes": verb, "own": f"{verb}_own"}[cell])} if cell != "–" else set()
    assert roles == [str(role) for role in MAY]
    assert granted == {(str(role), verb) for role, verbs in MAY.items() for verb in verbs}


def test_every_refusal_is_told_with_its_code_its_status_and_both_sentences(rows_of: RowsOf) -> None:
    told = {row[0]: row[1:] for row in rows_of("reference/errors", "refusals")[1:]}
    sent = UnitNotFree(unit="SQ01", state="committed", incident="x")
    assert told[sent.code][0] == "409"
    assert {UnitNotFree.sentence, UnitNotFree._sent} == set(told[sent.code][1].split("\n"))
    assert [code for code, (_, _, chinese) in told.items() if not re.search(r"[一-鿿]", chinese)] == []


def test_no_refusal_of_the_code_is_missing(rows_of: RowsOf) -> None:
    told = {row[0] for row in rows_of("reference/errors", "refusals")[1:]}
    root = Path(import_module("fengsui_engine").__path__[0]).parent
    written = {
        re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        for path in root.rglob("*.py")
        for name in re.findall(r"^class (\w+)\((?:Refusal|NoSuchFile)\)", path.read_text(), re.MULTILINE)
    }
    assert written <= told
    assert len(written) > 20


def test_the_addresses_are_those_of_the_interface(rows_of: RowsOf, client: Client) -> None:
    described = json.loads(client.get("/api/v1/openapi.json").content)["paths"]
    told = {(row[0].lower(), row[1]) for row in rows_of("reference/http", "addresses")[1:]}
    assert told == {(method, path) for path, operations in described.items() for method in operations}


def test_what_a_city_starts_with_has_both_languages(rows_of: RowsOf) -> None:
    for kind in ("types", "dispositions", "unit-kinds"):
        head, *rows = rows_of("reference/starting-data", kind)
        assert rows
        assert all(row[head.index("中文")] and row[head.index("English")] for row in rows)
