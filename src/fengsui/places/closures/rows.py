"""The row of a closure as the contract writes it."""

from typing import Any

from fengsui.base.clock import rfc3339
from fengsui.places.closures.models import Closure, ClosureQuerySet
from fengsui_engine.roads import StreetName

Row = dict[str, Any]


def closure_rows(closures: ClosureQuerySet) -> list[Row]:
    """The items of those closures, in the order of the query."""
    return [closure_row(closure) for closure in closures]


def closure_row(closure: Closure) -> Row:
    return {
        "id": str(closure.pk),
        "centre": closure.centre_code,
        "version": closure.version,
        "state": closure.state,
        "metres": closure.metres,
        "geometry": line_string(closure.line),
        "streets": closure.streets,
        "one_way": closure.one_way,
        "closed_at": rfc3339(closure.closed_at),
        "until": None if closure.until is None else rfc3339(closure.until),
        "reason": closure.reason or None,
        "attached": closure.missing == 0,
    }


def line_string(line: list[list[float]]) -> Row:
    return {"type": "LineString", "coordinates": line}


def names(streets: list[StreetName]) -> list[dict[str, str]]:
    return [name._asdict() for name in streets]
