"""The life of an incident, a unit and an assignment, as tables.

One row for each state, one place for each verb. The platform's verbs, the buttons on a page, the drawing in the docs,
the simulator and the tests all read these tables; nothing else says what may follow what.
"""

from collections.abc import Mapping
from enum import StrEnum

from fengsui_engine.refusal import Refusal, say


class IncidentState(StrEnum):
    """Where an incident stands. A missing place, or a doubt, is a field and not a state."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    ON_SCENE = "on_scene"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class UnitState(StrEnum):
    """Whether a unit can be sent."""

    OFF_DUTY = "off_duty"
    AVAILABLE = "available"
    COMMITTED = "committed"
    OUT_OF_SERVICE = "out_of_service"


class AssignmentStatus(StrEnum):
    """How far a unit has come on one incident. Not the unit's state: a unit lives through many assignments."""

    ORDERED = "ordered"
    ACCEPTED = "accepted"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLEARED = "cleared"
    DECLINED = "declined"
    RECALLED = "recalled"


_I, _U, _A = IncidentState, UnitState, AssignmentStatus

INCIDENT: Mapping[IncidentState, Mapping[str, IncidentState]] = {
    _I.WAITING: {"dispatch": _I.ASSIGNED, "close": _I.CLOSED, "cancel": _I.CANCELLED},
    _I.ASSIGNED: {
        "dispatch": _I.ASSIGNED,
        "arrive": _I.ON_SCENE,
        "lose_last_unit": _I.WAITING,
        "close": _I.CLOSED,
        "cancel": _I.CANCELLED,
    },
    _I.ON_SCENE: {
        "dispatch": _I.ON_SCENE,
        "arrive": _I.ON_SCENE,
        "lose_last_unit": _I.WAITING,
        "close": _I.CLOSED,
        "cancel": _I.CANCELLED,
    },
    _I.CLOSED: {"reopen": _I.WAITING},
    _I.CANCELLED: {"reopen": _I.WAITING},
}

UNIT: Mapping[UnitState, Mapping[str, UnitState]] = {
    _U.OFF_DUTY: {"come_on_duty": _U.AVAILABLE, "break_down": _U.OUT_OF_SERVICE},
    _U.AVAILABLE: {"commit": _U.COMMITTED, "go_off_duty": _U.OFF_DUTY, "break_down": _U.OUT_OF_SERVICE},
    _U.COMMITTED: {"release": _U.AVAILABLE},
    _U.OUT_OF_SERVICE: {"mend": _U.AVAILABLE, "go_off_duty": _U.OFF_DUTY},
}

# Steps may be skipped forward (a crew that speaks by radio reports "on scene" first), never taken backward.
ASSIGNMENT: Mapping[AssignmentStatus, Mapping[str, AssignmentStatus]] = {
    _A.ORDERED: {
        "accept": _A.ACCEPTED,
        "start": _A.EN_ROUTE,
        "arrive": _A.ON_SCENE,
        "clear": _A.CLEARED,
        "decline": _A.DECLINED,
        "recall": _A.RECALLED,
    },
    _A.ACCEPTED: {
        "start": _A.EN_ROUTE,
        "arrive": _A.ON_SCENE,
        "clear": _A.CLEARED,
        "decline": _A.DECLINED,
        "recall": _A.RECALLED,
    },
    _A.EN_ROUTE: {"arrive": _A.ON_SCENE, "clear": _A.CLEARED, "decline": _A.DECLINED, "recall": _A.RECALLED},
    _A.ON_SCENE: {"clear": _A.CLEARED, "recall": _A.RECALLED},
    _A.CLEARED: {},
    _A.DECLINED: {},
    _A.RECALLED: {},
}

OPEN = frozenset({_I.WAITING, _I.ASSIGNED, _I.ON_SCENE})
ACTIVE = frozenset({_A.ORDERED, _A.ACCEPTED, _A.EN_ROUTE, _A.ON_SCENE})
_WITH_ASSIGNMENTS = frozenset({"commit", "release"})  # a unit takes these steps with its assignment, never by hand
SETTABLE = frozenset(after for row in UNIT.values() for verb, after in row.items() if verb not in _WITH_ASSIGNMENTS)


class IncidentHasMovedOn(Refusal):
    status = 409
    sentence = say("This incident is %(state)s, so this cannot be done to it any more. Look at it as it is now.")


class AssignmentHasMovedOn(Refusal):
    status = 409
    sentence = say(
        "This assignment is already %(status)s; a status never goes backward. Correct a wrong time with a new entry."
    )


class UnitHasMovedOn(Refusal):
    status = 409
    sentence = say("%(unit)s is %(state)s, so it cannot become %(wanted)s. Recall it or clear its assignment first.")


def incident_after(state: IncidentState, verb: str) -> IncidentState:
    """The state that `verb` leads to.

    Raises:
        IncidentHasMovedOn: the table has no such step.
    """
    if verb not in INCIDENT[state]:
        raise IncidentHasMovedOn(state=state.value, verb=verb)
    return INCIDENT[state][verb]


def assignment_after(status: AssignmentStatus, verb: str) -> AssignmentStatus:
    """The status that `verb` leads to.

    Raises:
        AssignmentHasMovedOn: the table has no such step.
    """
    if verb not in ASSIGNMENT[status]:
        raise AssignmentHasMovedOn(status=status.value, verb=verb)
    return ASSIGNMENT[status][verb]


def verb_to(status: AssignmentStatus) -> str:
    """The verb that brings an assignment to `status`: `accept` for accepted, and so on."""
    return next(verb for row in ASSIGNMENT.values() for verb, after in row.items() if after is status)


def unit_verb(state: UnitState, wanted: UnitState) -> str | None:
    """The verb by which a person brings a unit from `state` to `wanted`, or None where there is none."""
    by_hand = {verb: after for verb, after in UNIT[state].items() if verb not in _WITH_ASSIGNMENTS}
    return next((verb for verb, after in by_hand.items() if after is wanted), None)


def waits_again(*, any_cleared: bool) -> bool:
    """Whether an incident that lost its last active unit by recall or refusal goes back to waiting.

    Not when a unit has cleared since it last waited: somebody has been there, so the work may be done and the
    incident is marked *to close* instead.
    """
    return not any_cleared


def is_to_close(state: IncidentState, *, any_cleared: bool, n_active: int) -> bool:
    """Whether an open incident only lacks its disposition: somebody has been there, and nobody is on it any more."""
    return state in OPEN and any_cleared and n_active == 0
