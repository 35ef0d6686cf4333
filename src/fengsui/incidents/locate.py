"""Where is it? Any place is taken, and what is doubtful about it is said.

A report is never refused for its place or time. What cannot be read is kept as it came (sealed, with the caller's
words), and the incident carries the doubt as a code that the desk shows.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fengsui.base.clock import read_time
from fengsui.places.city import city

# A sender's clock may run a little ahead; a call that is told a day late is not "running since the call".
CLOCK_AHEAD = timedelta(seconds=60)
_CLOCK_BEHIND = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Located:
    """A pin or none, its name, and the doubts about it."""

    lon: float | None = None
    lat: float | None = None
    place: dict[str, str] | None = None
    doubts: list[str] = field(default_factory=list)


def locate(lon: Any, lat: Any) -> Located:
    """The pin at (lon, lat), whatever was sent for them."""
    if lon is None and lat is None:
        return Located(doubts=["no_pin"])
    pin = _degrees(lon), _degrees(lat)
    if pin[0] is None or pin[1] is None:
        return Located(doubts=["pin_unreadable"])
    if not on_earth(pin[0], pin[1]):
        return Located(doubts=["pin_unreadable", *(["maybe_swapped"] if on_earth(pin[1], pin[0]) else [])])
    return _near_roads(pin[0], pin[1])


def on_earth(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90


def call_time(at: Any, *, now: datetime) -> tuple[datetime | None, datetime, list[str]]:
    """(the sender's time where it can be read, from when the clock runs, doubts)."""
    if at is None:
        return None, now, []
    told = read_time(at)
    if told is None:
        return None, now, ["time_unreadable"]
    if told > now + CLOCK_AHEAD:
        return told, now, ["time_in_future"]
    if told < now - _CLOCK_BEHIND:
        return told, now, ["time_long_past"]
    return told, min(told, now), []


def _degrees(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _near_roads(lon: float, lat: float) -> Located:
    here = city()
    if here.is_near_road(lon, lat):
        return Located(lon, lat, here.register.name_near(lon, lat))
    swapped = on_earth(lat, lon) and here.is_near_road(lat, lon)
    return Located(lon, lat, None, ["far_from_roads", *(["maybe_swapped"] if swapped else [])])
