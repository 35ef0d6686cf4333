"""What may follow what? A table of states, drawn from the table itself.

A ladder: one upright for each state, one rung for each verb. A dot is a state from which the verb can be used, the
arrow points to where it leads; a ring is a state that stays as it is. Every step of the table is on it exactly once,
however many there are, and no step is drawn that is not in the table.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

from fengsui_engine import lifecycle
from from_the_code.catalogue import code_in_chinese
from from_the_code.html_table import code, html_table

Table = Mapping[StrEnum, Mapping[str, StrEnum]]
TABLES: dict[str, Any] = {
    "incident": lifecycle.INCIDENT,
    "unit": lifecycle.UNIT,
    "assignment": lifecycle.ASSIGNMENT,
}

COLUMN, RUNG, LEFT, TOP = 118, 34, 130, 58


@dataclass(frozen=True)
class Rung:
    """One verb with one result, or a verb that leaves states as they are (`after` is then None)."""

    verb: str
    before: tuple[StrEnum, ...]
    after: StrEnum | None


def rungs(table: Table) -> list[Rung]:
    """Every step of the table, gathered by verb and result, in the table's order."""
    gathered: defaultdict[tuple[str, StrEnum | None], list[StrEnum]] = defaultdict(list)
    for before, steps in table.items():
        for verb, after in steps.items():
            gathered[verb, None if after is before else after].append(before)
    verbs = list(dict.fromkeys(verb for verb, _ in gathered))
    found = [Rung(verb, tuple(before), after) for (verb, after), before in gathered.items()]
    return sorted(found, key=lambda rung: verbs.index(rung.verb))


def drawing(name: str) -> str:
    """The ladder of one table as SVG, in the colours of the page."""
    table: Table = TABLES[name]
    lines, states = rungs(table), list(table)
    x_of = {state: LEFT + COLUMN * (number + 0.5) for number, state in enumerate(states)}
    width, height = LEFT + COLUMN * len(states), TOP + RUNG * len(lines) + 14
    parts = [_upright(state, x_of[state], height, is_end=not table[state]) for state in states]
    parts += [_rung(rung, x_of, TOP + RUNG * (number + 0.5)) for number, rung in enumerate(lines)]
    title = f"The states of an {name}" if name[0] in "aeiou" and name != "unit" else f"The states of a {name}"
    return (
        f"<figure class='ladder'><svg viewBox='0 0 {width} {height}' role='img' aria-label='{title}' "
        f"style='max-width:{width}px'><title>{title}</title>{''.join(parts)}</svg></figure>"
    )


def table(name: str) -> str:
    """The same steps as rows: state, verb, next state."""
    rows = [
        (_named(before), code(verb), _named(after) if after is not before else "stays")
        for before, steps in TABLES[name].items()
        for verb, after in steps.items()
    ]
    ends = [(_named(state), "none", "an end") for state, steps in TABLES[name].items() if not steps]
    return html_table(("state", "verb", "leads to"), rows + ends, kind="steps")


def _named(state: StrEnum) -> str:
    return f"{code(state.value)} {escape(code_in_chinese(state.value))}"


def _upright(state: StrEnum, x: float, height: int, *, is_end: bool) -> str:
    kind = "end" if is_end else "state"
    zh = escape(code_in_chinese(state.value))
    return (
        f"<g class='{kind}'><line x1='{x}' x2='{x}' y1='{TOP - 8}' y2='{height - 6}'/>"
        f"<rect x='{x - COLUMN / 2 + 5}' y='4' width='{COLUMN - 10}' height='{TOP - 12}' rx='2'/>"
        f"<text x='{x}' y='23'>{zh}</text><text class='code' x='{x}' y='40'>{escape(state.value)}</text></g>"
    )


def _rung(rung: Rung, x_of: Mapping[StrEnum, float], y: float) -> str:
    label = f"<text class='verb code' x='{LEFT - 12}' y='{y + 4}'>{escape(rung.verb)}</text>"
    sources = [x_of[state] for state in rung.before]
    if rung.after is None:
        rings = "".join(f"<circle cx='{x}' cy='{y}' r='7'/>" for x in sources)
        return f"<g class='stay'>{label}{rings}</g>"
    target = x_of[rung.after]
    dots = "".join(f"<circle cx='{x}' cy='{y}' r='4.5'/>" for x in sources)
    return f"<g class='step'>{label}{_arrows(sources, target, y)}{dots}</g>"


def _arrows(sources: list[float], target: float, y: float) -> str:
    """A line from the farthest source on each side, with its head at the target."""
    drawn = []
    for side in (-1, 1):
        farthest = max((side * (x - target) for x in sources), default=0.0)
        if farthest > 0:
            base = target + side * 9
            drawn.append(f"<line x1='{target + side * farthest}' x2='{base}' y1='{y}' y2='{y}'/>")
            drawn.append(f"<path d='M{target + side * 1.5} {y} L{base} {y - 5} L{base} {y + 5} Z'/>")
    return "".join(drawn)
