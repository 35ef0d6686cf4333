"""The row of a unit as the contract writes it."""

from typing import Any

from fengsui.base.clock import rfc3339
from fengsui.force.models import Position, Unit, UnitQuerySet

Row = dict[str, Any]


def unit_rows(units: UnitQuerySet) -> list[Row]:
    """The items of those units, in the order of the query."""
    return [unit_row(unit) for unit in units.select_related("position", "station")]


def unit_row(unit: Unit) -> Row:
    position: Position | None = getattr(unit, "position", None)
    return {
        "callsign": unit.callsign,
        "name": unit.name,
        "kind": unit.kind_id,
        "state": unit.state,
        "state_since": rfc3339(unit.state_since),
        "station": None if unit.station is None else unit.station.name,
        "lon": None if position is None else position.lon,
        "lat": None if position is None else position.lat,
        "position_at": None if position is None else rfc3339(position.at),
        "centre": unit.centre_code,
        "version": unit.version,
    }
