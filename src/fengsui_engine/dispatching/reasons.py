"""Why a unit was ranked where it is, and why another is not there.

A reason is a code with facts, so that a page can say it in the reader's language. No ranking reads this file.
"""

from typing import Any

Reason = dict[str, Any]

STALE_AFTER_S = 120
"""A position older than this is said to be old."""
OFF_ROAD_M = 100
"""A unit farther from its road than this is said to be off it: the way to the road is in no travel time."""


def reasons_for(rank: int, *, ms: int, best_ms: int, position_age_s: int, off_metres: float) -> list[Reason]:
    """Why the unit at `rank` (0 is first) stands there. Never empty."""
    told = [{"code": "nearest"} if rank == 0 else _slower(ms - best_ms)]
    if position_age_s > STALE_AFTER_S:
        told.append({"code": "position_old", "seconds": position_age_s})
    if off_metres > OFF_ROAD_M:
        told.append({"code": "off_road", "metres": round(off_metres)})
    return told


def _slower(by_ms: int) -> Reason:
    if by_ms == 0:
        return {"code": "as_near"}
    seconds = round(by_ms / 1000)
    return {"code": "slower", "seconds": seconds} if seconds else {"code": "hardly_slower"}


def reasons_against(
    *,
    state: str,
    is_on_it: bool,
    has_position: bool,
    is_near_road: bool,
    is_reached: bool,
    is_beyond: bool,
    ms: int | None,
    last_ms: int | None,
) -> list[Reason]:
    """Why a unit is not proposed. Never empty: a unit that could be sent is only too far, or behind by its call sign.

    `is_on_it`: it has been sent to this very incident.
    `is_beyond`: the search stopped before it came to this unit, so whether there is a way was not asked.
    `ms` is its own time, `last_ms` that of the last unit proposed; None where there is none.
    """
    if is_on_it:
        return [{"code": "on_it"}]
    if state != "available":
        return [{"code": state}]
    if not has_position:
        return [{"code": "no_position"}]
    if not is_near_road:
        return [{"code": "far_from_roads"}]
    if not is_reached:
        return [{"code": "beyond" if is_beyond else "no_way"}]
    if ms == last_ms:
        return [{"code": "as_near_as_last"}]
    return [{"code": "farther", "seconds": None if ms is None else round(ms / 1000)}]
