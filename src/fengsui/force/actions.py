"""What is done to a unit: its state, and where it is.

A position is no journal entry and raises no version: units report every few seconds, and entries would bury what
people did.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from fengsui.base.actors import Actor
from fengsui.force.models import Position, Unit
from fengsui.force.refusals import NotASettableState
from fengsui.journal.record import act, record
from fengsui_engine.lifecycle import SETTABLE, UNIT, UnitHasMovedOn, UnitState, unit_verb


def settable(state: str) -> UnitState:
    """The state of that name, if people may set it.

    Raises:
        NotASettableState: there is none of that name, or only an assignment leads to it.
    """
    if state not in SETTABLE:
        raise NotASettableState(state=state[:32])
    return UnitState(state)


def set_unit_state(*, unit: Unit, wanted: UnitState, by: Actor, now: datetime) -> Unit:
    """Bring a unit on or off duty, or out of service and back. The state it already has is no act.

    Raises:
        UnitHasMovedOn: no such step by hand, for one because it is on an assignment.
    """
    return unit if unit.state == wanted else _set_unit_state(unit=unit, wanted=wanted, by=by, now=now)


@act()
def _set_unit_state(*, unit: Unit, wanted: UnitState, by: Actor, now: datetime) -> Unit:
    fresh: Unit = Unit.objects.select_for_update().get(pk=unit.pk)
    verb = unit_verb(UnitState(fresh.state), wanted)
    if verb is None:
        raise UnitHasMovedOn(unit=fresh.callsign, state=fresh.state, wanted=wanted.value)
    was = fresh.state
    step(fresh, verb, now=now)
    if wanted is UnitState.OFF_DUTY:
        Position.objects.filter(unit=fresh).delete()  # no movement history of anyone but on-duty units
    facts = {"was": was, "state": fresh.state, "how": by.how}
    record("unit.state_set", centre=fresh.centre_code, about=[fresh], by=by, facts=facts, now=now)
    return fresh


def step(unit: Unit, verb: str, *, now: datetime) -> None:
    """One step of the unit's table, inside somebody else's act."""
    state = UNIT[UnitState(unit.state)].get(verb)
    if state is None:
        raise UnitHasMovedOn(unit=unit.callsign, state=unit.state, wanted=verb)
    unit.state, unit.state_since, unit.version = state.value, now, unit.version + 1
    unit.save(update_fields=["state", "state_since", "version"])


def touch(unit: Unit) -> None:
    """Raise the version: something told with the unit's row changed, though not its state."""
    unit.version += 1
    unit.save(update_fields=["version"])


@act()
def move_units(moves: Sequence[tuple[Unit, float, float]], *, at: datetime) -> list[Position]:
    """Put units where they were seen; only those on duty are kept. The positions written."""
    on_duty = set(Unit.objects.on_duty().filter(pk__in=[unit.pk for unit, _, _ in moves]).values_list("pk", flat=True))
    seen = [Position(unit=unit, lon=lon, lat=lat, at=at) for unit, lon, lat in moves if unit.pk in on_duty]
    Position.objects.bulk_create(
        seen, update_conflicts=True, unique_fields=["unit"], update_fields=["lon", "lat", "at"], batch_size=200
    )
    for listener in tuple(_listeners):
        transaction.on_commit(partial(listener, seen), robust=True)
    return seen


def on_moved(listener: Callable[[list[Position]], None]) -> Callable[[], None]:
    """Call `listener(positions)` after each commit that moved units, in the thread that committed.

    Returns:
        A function that ends it.
    """
    _listeners.append(listener)
    return partial(_listeners.remove, listener)


_listeners: list[Callable[[list[Position]], None]] = []
