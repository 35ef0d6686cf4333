"""The incident on one scale of time: who had it when, one lane a unit.

Pure numbers: an incident's row and its re-openings come in, lanes in pixels come out; the template only draws them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple

from fengsui.web.voice import moment

LEFT, SCALE = 84.0, 1000.0  # the scale begins at LEFT; what lies beyond it is broken off
TOP, LANE, ROOM = 26.0, 34.0, 12.0
_BEYOND, _STUB = 12.0, 120.0
_LEAST_MINUTES = 6
_MOST_MINUTES = 24 * 60  # a time corrected into another century must not draw a tick for each of its hours
_STEPS = ((10, 1), (20, 2), (60, 5), (180, 15))

Row = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """A stretch of a lane. `kind` is a state; `x` to `end` in pixels."""

    kind: str
    x: float
    end: float

    @property
    def width(self) -> float:
        return round(max(self.end - self.x, 1.5), 1)


@dataclass(frozen=True)
class Tick:
    x: float
    minute: int
    is_limit: bool


@dataclass
class Lane:
    """One unit's stretch on the incident, or the time that nobody had it (`unit` None)."""

    unit: str | None
    y: float = 0.0
    bars: list[Bar] = field(default_factory=list)
    arrived_s: float | None = None
    accept_s: float | None = None
    out_s: float | None = None
    drive_s: float | None = None
    alone_s: float = 0.0
    status: str = ""
    said_x: float = 0.0
    is_left: bool = False
    ended_s: float | None = None
    beyond: Bar | None = None


@dataclass(frozen=True)
class Chain:
    lanes: list[Lane]
    ticks: list[Tick]
    height: float
    broken_x: float | None


class Steps(NamedTuple):
    """Seconds since the call; what did not happen is None. What still runs ends now."""

    ordered: float
    accepted: float | None
    en_route: float | None
    on_scene: float | None
    ended: float


def chain(incident: Row, *, limit_s: float | None, now: datetime, reopened: list[datetime]) -> Chain:
    """The lanes of an incident.

    Args:
        incident: its row, as the contract writes it.
        limit_s: the ring that counts, seconds since the call; None where there is none.
        now: the end of what still runs.
        reopened: when it was opened again, in order.
    """
    start = moment(incident["clock_from"])
    end_s = _since(start, incident["ended_at"] or now)
    seconds = [_steps(start, one, end_s) for one in incident["assignments"]]
    told = [at for steps in seconds for at in (steps.accepted, steps.en_route, steps.on_scene) if at is not None]
    span_s = 60.0 * _minutes(told, end_s, limit_s)
    scale = _Scale(span_s)
    alone = _nobody(seconds, end_s, [_since(start, at) for at in reopened], scale)
    units = [_lane(one, steps, scale) for one, steps in zip(incident["assignments"], seconds, strict=True)]
    lanes = [lane for lane in (alone, *units) if lane.bars]
    for number, lane in enumerate(lanes):
        lane.y = TOP + ROOM + LANE * number
    is_broken = any(lane.beyond for lane in lanes)
    ticks = [
        Tick(round(scale.x(60.0 * m), 1), m, limit_s == 60 * m) for m in range(0, int(span_s // 60) + 1, scale.step)
    ]
    return Chain(lanes, ticks, TOP + LANE * len(lanes) + 4, round(LEFT + SCALE, 1) if is_broken else None)


class _Scale:
    def __init__(self, span_s: float) -> None:
        self.span_s = span_s
        self.step = next((step for most, step in _STEPS if span_s / 60 <= most), 60)

    def x(self, seconds: float) -> float:
        return round(LEFT + SCALE * min(max(seconds, 0.0), self.span_s) / self.span_s, 1)


def _minutes(told: list[float], end_s: float, limit_s: float | None) -> int:
    """How many minutes the scale must hold: every arrival, and the ring that counts."""
    most = max([*told, limit_s or 0.0, min(end_s, 60.0 * _LEAST_MINUTES)])
    return min(max(_LEAST_MINUTES, ceil(most / 60 + 0.5)), _MOST_MINUTES)


def _steps(start: datetime, one: Row, end_s: float) -> Steps:
    later = (one["accepted_at"], one["en_route_at"], one["on_scene_at"])
    accepted, en_route, on_scene = (None if at is None else _since(start, at) for at in later)
    ended = end_s if one["ended_at"] is None else _since(start, one["ended_at"])
    return Steps(_since(start, one["ordered_at"]), accepted, en_route, on_scene, ended)


def _lane(one: Row, steps: Steps, scale: _Scale) -> Lane:
    ordered, accepted, left, arrived, ended = steps
    lane = Lane(one["unit"], arrived_s=arrived, status=one["status"])
    times = [("ordered", ordered), ("accepted", accepted), ("en_route", left), ("on_scene", arrived)]
    told = [(kind, at) for kind, at in times if at is not None]
    # A corrected time may stand before the one ahead of it; bars never run backward.
    for (kind, at), (_, following) in zip(told, [*told[1:], ("", ended)], strict=True):
        if scale.x(following) > scale.x(at):
            lane.bars.append(Bar(kind, scale.x(at), scale.x(following)))
    if not lane.bars:
        lane.bars.append(Bar("ordered", scale.x(ordered), scale.x(ordered)))
    lane.accept_s = None if accepted is None else accepted - ordered
    lane.out_s = None if left is None or accepted is None else left - accepted
    lane.drive_s = None if arrived is None or left is None else arrived - left
    lane.ended_s = None if one["ended_at"] is None else ended
    if ended > scale.span_s:
        lane.beyond = Bar(told[-1][0], LEFT + SCALE + _BEYOND, LEFT + SCALE + _BEYOND + _STUB)
    anchor = scale.x(arrived if arrived is not None else told[-1][1])
    lane.is_left = anchor > LEFT + 0.55 * SCALE
    lane.said_x = anchor - 6 if lane.is_left else anchor + 6
    return lane


def _nobody(steps: list[Steps], end_s: float, reopened: list[float], scale: _Scale) -> Lane:
    """When it was open and no unit was on it, until the first one came; again after each re-opening."""
    lane = Lane(None)
    for begin in [0.0, *reopened]:
        until = min([one.ordered for one in steps if one.ordered >= begin], default=end_s)
        lane.alone_s += max(0.0, until - begin)
        if scale.x(until) > scale.x(begin):
            lane.bars.append(Bar("alone", scale.x(begin), scale.x(until)))
    if lane.bars:
        lane.said_x = lane.bars[-1].end + 6  # its own halo would cover a later stretch
    return lane


def _since(start: datetime, at: str | datetime) -> float:
    return (moment(at) - start).total_seconds()
