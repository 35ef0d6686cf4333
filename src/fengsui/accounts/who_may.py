"""Who may do what: one table, the same in the docs.

A role holds in an area; whether an object lies in that area is the QuerySet's question (`seen_by`), not this table's.
"""

from collections.abc import Mapping
from enum import StrEnum

from fengsui.base.actors import Actor
from fengsui_engine.refusal import Refusal, say


class Role(StrEnum):
    CALL_TAKER = "call_taker"
    DISPATCHER = "dispatcher"
    SHIFT_LEAD = "shift_lead"
    CREW = "crew"
    PLANNER = "planner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


# `read_lists`: the board, the live stream, lists of incidents and units; no words of people.
# `read_incident`: one incident whole, with the words and the contact; leaves an access line.
# `own_…`: only what the crew's own unit is or was sent to.
_DESK = frozenset(
    {
        "read_lists",
        "read_incident",
        "recommend",
        "report",
        "note",
        "relocate",
        "dispatch",
        "set_status",
        "recall",
        "close",
        "cancel",
        "reopen",
        "correct",
        "read_units",
        "set_unit_state",
        "close_street",
        "search_places",
        "set_demo_speed",
    }
)
MAY: Mapping[str, frozenset[str]] = {
    Role.CALL_TAKER: frozenset(
        {"read_lists", "read_incident", "recommend", "report", "note", "relocate", "read_units", "search_places"}
    ),
    Role.DISPATCHER: _DESK,
    Role.SHIFT_LEAD: _DESK,
    Role.CREW: frozenset(
        {"read_lists_own", "read_incident_own", "set_status_own", "set_unit_state_own", "read_units_own"}
    ),
    Role.PLANNER: frozenset({"read_lists", "read_units", "search_places"}),
    Role.AUDITOR: frozenset({"read_lists", "read_incident", "recommend", "read_units", "read_access_lines"}),
    Role.ADMINISTRATOR: frozenset({"read_units", "manage_accounts", "manage_registers"}),
}


class VerbNotAllowed(Refusal):
    status = 403
    sentence = say("The role %(role)s may not do this (%(verb)s). Ask the shift lead, or sign in with another role.")


def may(actor: Actor, verb: str) -> bool:
    """Whether the actor's role has the verb, for everything in its area or at least for its own."""
    verbs = MAY.get(actor.role, frozenset())
    return verb in verbs or f"{verb}_own" in verbs


def only_own(actor: Actor, verb: str) -> bool:
    """Whether the actor has the verb only for what its own unit is or was sent to."""
    verbs = MAY.get(actor.role, frozenset())
    return verb not in verbs and f"{verb}_own" in verbs


def require(actor: Actor, verb: str) -> None:
    """Go on, or refuse.

    Raises:
        VerbNotAllowed: the table does not give the verb to the role.
    """
    if not may(actor, verb):
        raise VerbNotAllowed(role=actor.role, verb=verb)
