"""Do the tables of states say what the contract says? The contract's sentences are copied here by hand, as tables of
their own, so that neither can change without the other.
"""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui_engine.lifecycle import (
    ACTIVE,
    ASSIGNMENT,
    INCIDENT,
    OPEN,
    UNIT,
    AssignmentHasMovedOn,
    AssignmentStatus,
    IncidentHasMovedOn,
    IncidentState,
    UnitState,
    assignment_after,
    incident_after,
    is_to_close,
    unit_verb,
    verb_to,
    waits_again,
)

# "waiting → assigned → on_scene → closed, or cancelled. Closing and cancelling are possible from any open state […];
#  reopening (closed or cancelled, not merged) leads to waiting; […] the last active unit recalled or declined: waiting"
INCIDENT_BY_CONTRACT = {
    ("waiting", "dispatch"): "assigned",
    ("assigned", "dispatch"): "assigned",
    ("on_scene", "dispatch"): "on_scene",
    ("assigned", "arrive"): "on_scene",
    ("on_scene", "arrive"): "on_scene",
    ("assigned", "lose_last_unit"): "waiting",
    ("on_scene", "lose_last_unit"): "waiting",
    ("waiting", "close"): "closed",
    ("assigned", "close"): "closed",
    ("on_scene", "close"): "closed",
    ("waiting", "cancel"): "cancelled",
    ("assigned", "cancel"): "cancelled",
    ("on_scene", "cancel"): "cancelled",
    ("closed", "reopen"): "waiting",
    ("cancelled", "reopen"): "waiting",
}
# "ordered → accepted → en_route → on_scene → cleared, or declined, recalled; steps may be skipped forward, never
#  backward." Somebody who is there cannot decline any more; it clears, or is recalled.
STEPS = ["ordered", "accepted", "en_route", "on_scene", "cleared"]
ENDED = {"cleared", "declined", "recalled"}
# "unit: off_duty, available, committed, out_of_service"; only sending commits, and only the end of an assignment frees.
UNIT_BY_CONTRACT = {
    "off_duty": {"available", "out_of_service"},
    "available": {"committed", "off_duty", "out_of_service"},
    "committed": {"available"},
    "out_of_service": {"available", "off_duty"},
}


def steps_of(table):  # type: ignore[no-untyped-def]
    return {(state.value, verb): after.value for state, row in table.items() for verb, after in row.items()}


def test_the_states_are_the_contract_s() -> None:
    assert [state.value for state in IncidentState] == ["waiting", "assigned", "on_scene", "closed", "cancelled"]
    assert {status.value for status in AssignmentStatus} == {*STEPS, *ENDED}
    assert {state.value for state in UnitState} == set(UNIT_BY_CONTRACT)
    assert {state.value for state in OPEN} == {"waiting", "assigned", "on_scene"}
    assert {status.value for status in ACTIVE} == {"ordered", "accepted", "en_route", "on_scene"}


def test_an_incident_takes_the_contract_s_steps_and_no_other() -> None:
    assert steps_of(INCIDENT) == INCIDENT_BY_CONTRACT


@pytest.mark.parametrize(("status", "after"), list(itertools.product(STEPS, STEPS)))
def test_an_assignment_goes_forward_by_any_number_of_steps_and_never_back(status: str, after: str) -> None:
    is_forward = STEPS.index(after) > STEPS.index(status)
    assert (after in {one.value for one in ASSIGNMENT[AssignmentStatus(status)].values()}) is is_forward


@pytest.mark.parametrize("status", STEPS[:-1])
def test_an_active_assignment_can_be_recalled_and_until_it_is_there_declined(status: str) -> None:
    after = {one.value for one in ASSIGNMENT[AssignmentStatus(status)].values()}
    assert "recalled" in after
    assert ("declined" in after) is (status != "on_scene")


@pytest.mark.parametrize("status", sorted(ENDED))
def test_an_assignment_that_has_ended_stays_ended(status: str) -> None:
    assert not ASSIGNMENT[AssignmentStatus(status)]
    for verb in ("accept", "start", "arrive", "clear", "decline", "recall"):
        with pytest.raises(AssignmentHasMovedOn) as refused:
            assignment_after(AssignmentStatus(status), verb)
        assert refused.value.facts == {"status": status, "verb": verb} or refused.value.facts == {"status": status}


def test_a_unit_takes_the_contract_s_steps_and_no_other() -> None:
    steps = {state.value: {after.value for after in row.values()} for state, row in UNIT.items()}
    assert steps == UNIT_BY_CONTRACT


@pytest.mark.parametrize("table", [INCIDENT, ASSIGNMENT, UNIT], ids=["incident", "assignment", "unit"])
def test_every_state_has_a_row_and_can_be_reached(table) -> None:  # type: ignore[no-untyped-def]
    first = next(iter(table))
    assert set(table) == set(type(first))
    reached, new = {first}, [first]
    while new:
        new = [after for state in new for after in table[state].values() if after not in reached]
        reached |= set(new)
    assert reached == set(table)


@pytest.mark.parametrize("table", [INCIDENT, UNIT], ids=["incident", "unit"])
def test_no_state_of_an_incident_or_a_unit_is_a_dead_end(table) -> None:  # type: ignore[no-untyped-def]
    assert all(table[state] for state in table)


@pytest.mark.parametrize("state", ["closed", "cancelled"])
@pytest.mark.parametrize("verb", ["dispatch", "arrive", "close", "cancel", "lose_last_unit", "no_such_verb"])
def test_an_incident_that_has_ended_only_opens_again(state: str, verb: str) -> None:
    with pytest.raises(IncidentHasMovedOn) as refused:
        incident_after(IncidentState(state), verb)
    assert (refused.value.code, refused.value.status) == ("incident_has_moved_on", 409)
    assert refused.value.facts["state"] == state


@pytest.mark.parametrize("status", ["accepted", "en_route", "on_scene", "cleared", "declined", "recalled"])
def test_each_status_is_reached_by_one_verb_from_wherever(status: str) -> None:
    verbs = {verb for row in ASSIGNMENT.values() for verb, after in row.items() if after.value == status}
    assert verbs == {verb_to(AssignmentStatus(status))}


@pytest.mark.parametrize(("state", "wanted"), list(itertools.product(UNIT_BY_CONTRACT, repeat=2)))
def test_by_hand_a_unit_is_neither_committed_nor_freed(state: str, wanted: str) -> None:
    verb = unit_verb(UnitState(state), UnitState(wanted))
    by_hand = wanted in UNIT_BY_CONTRACT[state] and "committed" not in (state, wanted)
    assert (verb is not None) is by_hand
    assert verb is None or UNIT[UnitState(state)][verb].value == wanted


def test_an_incident_waits_again_unless_somebody_has_been_there() -> None:
    assert waits_again(any_cleared=False) is True
    assert waits_again(any_cleared=True) is False


@given(st.lists(st.sampled_from(["accept", "start", "arrive", "clear", "decline", "recall"]), max_size=8))
def test_whatever_is_pressed_an_assignment_never_returns_to_where_it_was(verbs: list[str]) -> None:
    seen = [AssignmentStatus.ORDERED]
    for verb in verbs:
        if verb in ASSIGNMENT[seen[-1]]:
            seen.append(assignment_after(seen[-1], verb))
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("state", list(IncidentState))
@pytest.mark.parametrize("any_cleared", [False, True])
@pytest.mark.parametrize("n_active", [0, 1])
def test_an_open_incident_is_to_close_once_somebody_cleared_and_nobody_is_left(
    state: IncidentState, any_cleared: bool, n_active: int
) -> None:
    is_over = state in {IncidentState.CLOSED, IncidentState.CANCELLED}
    expected = not is_over and any_cleared and not n_active
    assert is_to_close(state, any_cleared=any_cleared, n_active=n_active) is expected
