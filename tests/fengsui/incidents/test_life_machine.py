"""Any sequence of real acts against a reference model in plain Python.

The model below knows the contract's sentences and nothing of the code. Hypothesis draws acts (many of them wrong: stale
versions, ended assignments, busy units, repeats), the real verbs do them on the real database, and after each step:

* what the model says was refused is refused with that code, changes no row and writes no entry;
* what it says was done is done, with one entry; states, to-close marks and active units are the model's;
* no unit has two active assignments, none is stranded on a closed incident, a unit is committed while it has one;
* a row that differs from the one before has a higher version, and no version ever falls.

At the end the whole journal is verified from the file.

`MUTANTS` are ways to break the product; in the long run each must turn the machine red.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from control_room import NOON, UNITS, empty, entries, furnish, number
from fengsui.base.actors import Actor
from fengsui.force.actions import set_unit_state
from fengsui.force.models import Unit
from fengsui.incidents import amend, dispatch, receive, resolve, respond, versions
from fengsui.incidents.models import Assignment, Incident, Report
from fengsui.incidents.rows import incident_rows
from fengsui.journal.verify import DATABASE, verify
from fengsui.live.rows import unit_items
from fengsui_engine.lifecycle import AssignmentStatus, UnitState
from fengsui_engine.refusal import Refusal

# --- the model: the contract's sentences, in plain Python ------------------------

ORDER = ["ordered", "accepted", "en_route", "on_scene", "cleared"]
ACTIVE = {"ordered", "accepted", "en_route", "on_scene"}
OPEN = {"waiting", "assigned", "on_scene"}
BY_HAND = {
    "off_duty": {"available", "out_of_service"},
    "available": {"off_duty", "out_of_service"},
    "out_of_service": {"available", "off_duty"},
    "committed": set(),
}


@dataclass
class Event:
    """An incident as the contract tells it."""

    id: Any
    version: int = 1
    state: str = "waiting"
    has_cleared: bool = False  # since it last was waiting
    # (version, what changed with it that matters to a decision)
    changes: list[tuple[int, frozenset[str]]] = field(
        default_factory=lambda: [(1, frozenset({"state", "place", "units"}))]
    )

    def changed_since(self, version: int) -> bool:
        return version > self.version or any(seen > version and what for seen, what in self.changes)


@dataclass
class Order:
    """An assignment."""

    id: Any
    event: Event
    unit: str
    status: str = "ordered"
    answers: dict[str, Any] = field(default_factory=dict)


class World:
    """Everything there is, and what the contract allows to happen to it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.orders: list[Order] = []
        self.units = {callsign: "available" for callsign, (_, centre, *_) in UNITS.items() if centre == "SQC"}
        self.reports: dict[str, Any] = {}

    def active(self, event: Event) -> list[Order]:
        return [order for order in self.orders if order.event is event and order.status in ACTIVE]

    def to_close(self, event: Event) -> bool:
        return event.state in OPEN and event.has_cleared and not self.active(event)

    def refuses_dispatch(self, event: Event, unit: str, version: int) -> str | None:
        if self.units[unit] != "available":
            return "unit_not_free"
        return self.refuses_decision(event, version, open_only=True)

    def refuses_decision(self, event: Event, version: int, *, open_only: bool) -> str | None:
        if (event.state in OPEN) is not open_only:
            return "incident_has_moved_on"
        return "changed_meanwhile" if event.changed_since(version) else None

    def refuses_status(self, order: Order, status: str) -> str | None:
        if order.status not in ACTIVE:
            return "assignment_has_moved_on"
        if status == "declined":
            return None if order.status != "on_scene" else "assignment_has_moved_on"
        return None if ORDER.index(status) > ORDER.index(order.status) else "assignment_has_moved_on"

    def leave(self, order: Order, status: str) -> set[str]:
        """A unit's assignment ends; what of its incident changed that matters."""
        order.status = status
        self.units[order.unit] = "available"
        event, changed = order.event, {"units"}
        event.has_cleared |= status == "cleared"
        if not self.active(event) and status != "cleared" and not event.has_cleared:
            event.state = "waiting"
            changed.add("state")
        return changed

    def finish(self, event: Event, state: str, status: str) -> set[str]:
        changed = {"state"}
        for order in self.active(event):
            order.status = status
            self.units[order.unit] = "available"
            changed.add("units")
        event.state = state
        return changed


# --- the machine: the same acts on both ------------------------------------------

# Which version somebody saw: the present one, the oldest that still holds, the one just before it, one that never was.
sights = st.sampled_from(["present", "present", "oldest", "oldest", "outdated", "never"])
picks = st.integers(0, 100)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        empty()
        self.people = furnish(NOON)
        self.by, self.crew = self.people.actor("dispatcher"), self.people.actor("crew")
        self.world = World()
        self.now: datetime = NOON
        self.rows: dict[str, dict[str, Any]] = {}
        self.see_rows()

    @initialize()
    def two_calls(self) -> None:
        for event_id in (1, 2):
            self.report(event_id=event_id, has_pin=True, is_test=False)

    # --- reports ---

    @rule(event_id=st.integers(1, 6), has_pin=st.booleans(), is_test=st.sampled_from([False, False, False, True]))
    def report(self, event_id: int, has_pin: bool, is_test: bool) -> None:
        pin = {"lon": 100.009, "lat": 0.0} if has_pin else {}
        signal = receive.Signal("desk", f"e{event_id}", "fire", is_test=is_test, words="话", **pin)  # type: ignore[arg-type]
        known = self.world.reports.get(signal.source_event_id)
        taken, is_new = self.done(
            lambda: receive.receive_report(signal, centre="SQC", by=self.by, now=self.now), entries=int(known is None)
        )
        assert is_new is (known is None)
        assert known in (None, (taken.receipt, taken.incident_id))
        self.world.reports[signal.source_event_id] = (taken.receipt, taken.incident_id)
        if is_new and not is_test:
            self.world.events.append(Event(taken.incident_id))

    # --- units and assignments ---

    @rule(event=picks, unit=st.sampled_from(["SQ01", "SQ02", "SQ03"]), sight=sights)
    def dispatch(self, event: int, unit: str, sight: str) -> None:
        to, seen = self.event(event, sight)
        self.order_to(to, unit, seen)

    def order_to(self, to: Event, unit: str, seen: int) -> None:
        def send() -> Assignment:
            one = Unit.objects.get(callsign=unit)
            return dispatch.dispatch_unit(incident=self.row(to), unit=one, version=seen, by=self.by, now=self.now)

        assignment = self.attempt(send, self.world.refuses_dispatch(to, unit, seen))
        if assignment is None:
            return
        self.world.orders.append(Order(assignment.pk, to, unit))
        self.world.units[unit] = "committed"
        changed = {"units", "state"} if to.state == "waiting" else {"units"}
        to.state = "assigned" if to.state == "waiting" else to.state
        self.moved_on(to, changed)

    @rule(event=picks)
    def send_everybody(self, event: int) -> None:
        to, _ = self.event(event)
        for unit, state in list(self.world.units.items()):
            if state == "available" and to.state in OPEN:
                self.order_to(to, unit, to.version)

    @rule(event=picks, hows=st.lists(st.sampled_from(["cleared", "declined", "recalled"]), min_size=3, max_size=3))
    def everybody_leaves(self, event: int, hows: list[str]) -> None:
        """One after the other, each in its way: who is last decides what becomes of the incident."""
        self.send_everybody(event)
        one, _ = self.event(event)
        for order, how in zip(self.world.active(one), hows, strict=False):
            if how == "recalled" or (how == "declined" and order.status == "on_scene"):
                self.call_back(order)
            else:
                self.press(order, how, f"last {how}", self.by)

    @precondition(lambda self: self.world.orders)
    @rule(
        order=picks,
        status=st.sampled_from([*ORDER[1:], "declined"]),
        is_repeat=st.sampled_from([False, False, True]),
        is_crew=st.booleans(),
    )
    def tell_status(self, order: int, status: str, is_repeat: bool, is_crew: bool) -> None:
        one = self.order(order)
        keys = list(one.answers) if is_repeat else []
        self.press(one, status, (keys or [f"key {len(one.answers)}"])[0], self.crew if is_crew else self.by)

    def press(self, one: Order, status: str, key: str, by: Actor) -> None:
        def tell() -> dict[str, Any]:
            return respond.set_status(
                assignment=self.assignment(one),
                status=AssignmentStatus(status),
                key=key,
                at=None,
                by=by,
                now=self.now,
            )

        if key in one.answers:
            assert self.done(tell, entries=0) == one.answers[key]
            return
        answer = self.attempt(tell, self.world.refuses_status(one, status))
        if answer is None:
            return
        one.answers[key] = answer
        if status in ("cleared", "declined"):
            self.moved_on(one.event, self.world.leave(one, status))
            return
        one.status = status
        arrives = status == "on_scene" and one.event.state != "on_scene"
        one.event.state = "on_scene" if status == "on_scene" else one.event.state
        self.moved_on(one.event, {"state"} if arrives else set())

    @precondition(lambda self: self.world.orders)
    @rule(order=picks, n_steps=st.integers(1, 3))
    def go_on(self, order: int, n_steps: int) -> None:
        """A crew does its work, step by step."""
        one = self.order(order)
        for _ in range(n_steps):
            if one.status in ACTIVE:
                self.press(one, ORDER[ORDER.index(one.status) + 1], f"step {len(one.answers)}", self.crew)

    @precondition(lambda self: self.world.orders)
    @rule(order=picks)
    def recall(self, order: int) -> None:
        self.call_back(self.order(order))

    def call_back(self, one: Order) -> None:
        refused = None if one.status in ACTIVE else "assignment_has_moved_on"

        def recall() -> Assignment:
            return respond.recall(assignment=self.assignment(one), reason="改派", by=self.by, now=self.now)

        if self.attempt(recall, refused) is not None:
            self.moved_on(one.event, self.world.leave(one, "recalled"))

    @rule(
        unit=st.sampled_from(["SQ01", "SQ02", "SQ03"]),
        wanted=st.sampled_from(["available", "available", *sorted(BY_HAND)]),
    )
    def set_unit_state(self, unit: str, wanted: str) -> None:
        state = self.world.units[unit]
        one = Unit.objects.get(callsign=unit)

        def set_state() -> Unit:
            return set_unit_state(unit=one, wanted=UnitState(wanted), by=self.by, now=self.now)

        if wanted == state:
            self.done(set_state, entries=0)
        elif self.attempt(set_state, None if wanted in BY_HAND[state] else "unit_has_moved_on") is not None:
            self.world.units[unit] = wanted

    # --- ends ---

    @rule(event=picks, sight=sights, how=st.sampled_from(["settled", "cancelled", "no_such_thing"]))
    def end(self, event: int, sight: str, how: str) -> None:
        one, seen = self.event(event, sight)
        if how == "cancelled":
            self.cancel(one, seen)
        else:
            self.close(one, seen, how)

    def close(self, one: Event, seen: int, disposition: str) -> None:
        refused = "unknown_disposition" if disposition != "settled" else None
        refused = refused or self.world.refuses_decision(one, seen, open_only=True)
        closed = self.attempt(
            lambda: resolve.close_incident(
                incident=self.row(one), disposition=disposition, version=seen, by=self.by, now=self.now
            ),
            refused,
        )
        if closed is not None:
            self.moved_on(one, self.world.finish(one, "closed", "cleared"))

    def cancel(self, one: Event, seen: int) -> None:
        cancelled = self.attempt(
            lambda: resolve.cancel_incident(
                incident=self.row(one), reason="误报", version=seen, by=self.by, now=self.now
            ),
            self.world.refuses_decision(one, seen, open_only=True),
        )
        if cancelled is not None:
            self.moved_on(one, self.world.finish(one, "cancelled", "recalled"))

    @rule(event=picks, sight=sights)
    def reopen(self, event: int, sight: str) -> None:
        one, seen = self.event(event, sight, is_open=False)
        reopened = self.attempt(
            lambda: resolve.reopen_incident(incident=self.row(one), version=seen, by=self.by, now=self.now),
            self.world.refuses_decision(one, seen, open_only=False),
        )
        if reopened is not None:
            one.state, one.has_cleared = "waiting", False
            self.moved_on(one, {"state"})

    # --- amendments ---

    @rule(event=picks, sight=sights, lat=st.sampled_from([0.0, 0.0025, 0.005, 95.0]))
    def relocate(self, event: int, sight: str, lat: float) -> None:
        one, seen = self.event(event, sight)
        refused = self.world.refuses_decision(one, seen, open_only=True) or ("pin_not_readable" if lat > 90 else None)
        moved = self.attempt(
            lambda: amend.relocate(
                incident=self.row(one), lon=100.0, lat=lat, place="桥", version=seen, by=self.by, now=self.now
            ),
            refused,
        )
        if moved is not None:
            self.moved_on(one, {"place"})

    @rule(event=picks)
    def note(self, event: int) -> None:
        one, _ = self.event(event)
        self.attempt(lambda: amend.add_note(incident=self.row(one), words="话", by=self.by, now=self.now), None)
        self.moved_on(one, set())

    @rule(event=picks, seq=st.integers(1, 40))
    def correct(self, event: int, seq: int) -> None:
        one, _ = self.event(event)
        states_a_time = any(
            ("incident", str(one.id)) in entry.about and entry.what in ("incident.opened", "assignment.status_set")
            for entry in entries()
            if entry.seq == seq
        )
        corrected = self.attempt(
            lambda: amend.correct_time(incident=self.row(one), seq=seq, at=self.now, by=self.by, now=self.now),
            None if states_a_time else "no_such_time",
        )
        if corrected is not None:
            self.moved_on(one, set())

    # --- doing, and being refused ---

    def attempt(self, call: Callable[[], Any], refused: str | None) -> Any:
        """Do it; None where it was refused as the model says."""
        if refused is None:
            return self.done(call, entries=1)
        before = everything()
        assert code_of(call) == refused
        assert everything() == before, "a refused act changed something"
        return None

    def done(self, call: Callable[[], Any], *, entries: int) -> Any:
        before = number()
        self.now += timedelta(minutes=1)
        done = call()
        assert number() == before + entries
        return done

    def moved_on(self, event: Event, changed: Iterable[str]) -> None:
        """The incident has a new version; what matters of it that changed."""
        version = self.row(event).version
        assert version > event.version, "a change without a new version"
        event.version = version
        event.changes.append((version, frozenset(changed)))

    def event(self, pick: int, sight: str = "present", *, is_open: bool = True) -> tuple[Event, int]:
        """An incident, mostly an open one (or an ended one), and the version that somebody saw."""
        likely = [event for event in self.world.events if (event.state in OPEN) is is_open]
        one = chosen(pick, likely, self.world.events)
        oldest = max(version for version, what in one.changes if what)
        versions = {"present": one.version, "oldest": oldest, "outdated": oldest - 1, "never": one.version + 1}
        return one, versions[sight]

    def order(self, pick: int) -> Order:
        """An assignment, mostly an active one."""
        active = [order for order in self.world.orders if order.status in ACTIVE]
        return chosen(pick, active, self.world.orders)

    def row(self, event: Event) -> Incident:
        return Incident.objects.get(pk=event.id)

    def assignment(self, order: Order) -> Assignment:
        return Assignment.objects.select_related("incident", "unit").get(pk=order.id)

    # --- what holds after every step ---

    @invariant()
    def the_product_says_what_the_model_says(self) -> None:
        rows = {row["id"]: row for row in incident_rows(Incident.objects.all())}
        assert len(rows) == len(self.world.events)
        for event in self.world.events:
            row = rows[str(event.id)]
            assert (row["state"], row["version"]) == (event.state, event.version)
            assert row["to_close"] is self.world.to_close(event)
            active = {one["unit"] for one in row["assignments"] if one["status"] in ACTIVE}
            assert active == {order.unit for order in self.world.active(event)}
        statuses = dict(Assignment.objects.values_list("pk", "status"))
        assert statuses == {order.id: order.status for order in self.world.orders}
        assert Report.objects.count() == len(self.world.reports)

    @invariant()
    def no_unit_is_doubled_stranded_or_wrongly_committed(self) -> None:
        active = list(Assignment.objects.active().values_list("unit__callsign", "incident__state"))
        assert len({unit for unit, _ in active}) == len(active)
        assert all(state in OPEN for _, state in active)
        states = dict(Unit.objects.filter(centre_code="SQC").values_list("callsign", "state"))
        assert states == self.world.units
        assert {unit for unit, state in states.items() if state == "committed"} == {unit for unit, _ in active}

    @invariant()
    def versions_rise_with_every_change(self) -> None:
        before = self.rows
        self.see_rows()
        for key, row in self.rows.items():
            old = before.get(key, row)
            assert row["version"] > old["version"] or row == old, f"{key} changed and its version did not rise"

    def see_rows(self) -> None:
        rows = [*incident_rows(Incident.objects.all()), *unit_items(Unit.objects.order_by("callsign"))]
        self.rows = {
            row.get("id") or row["callsign"]: {k: v for k, v in row.items() if k not in ("lon", "lat", "position_at")}
            if "callsign" in row
            else row
            for row in rows
        }

    def teardown(self) -> None:
        """The record of it all is whole."""
        with tempfile.TemporaryDirectory() as folder:
            with closing(sqlite3.connect(Path(folder) / DATABASE)) as copy:
                connection.ensure_connection()
                connection.connection.backup(copy)
            verdict = verify(Path(folder))
        assert verdict.ok, verdict.broken
        assert verdict.entries == number()


def chosen(pick: int, likely: Sequence[Any], all_of_them: Sequence[Any]) -> Any:
    """One of the likely ones, and one time in five any."""
    among = likely if likely and pick % 5 != 4 else all_of_them
    return among[pick // 5 % len(among)]


TABLES = [model._meta.db_table for model in (Incident, Assignment, Unit, Report)] + [
    "incidents_particulars",
    "incidents_statuskey",
    "incidents_daycounter",
    "force_position",
    "journal_entry",
    "journal_head",
]


def code_of(call: Callable[[], Any]) -> str | None:
    """The code of the refusal; None where the act was done."""
    try:
        call()
    except Refusal as refused:
        return refused.code
    return None


def everything() -> list[Any]:
    with connection.cursor() as cursor:
        return [cursor.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in TABLES]


def at_most(n_examples: int, n_steps: int, **options: Any) -> settings:
    return settings(settings(), max_examples=n_examples, stateful_step_count=n_steps, **options)


MUTANT_RUN = at_most(300, 30, phases=[Phase.generate], database=None, report_multiple_bugs=False)


def test_whatever_is_done_the_product_is_as_the_contract_says(prefecture: Any) -> None:
    run_state_machine_as_test(Life, settings=at_most(25, 30))


@pytest.mark.long
def test_whatever_is_done_at_length_the_product_is_as_the_contract_says(prefecture: Any) -> None:
    run_state_machine_as_test(Life, settings=at_most(400, 60))


# --- ways to break it, each of which must be noticed -------------------------------

Break = Callable[[pytest.MonkeyPatch], None]


class Anything:
    """Equal to whatever it is compared with."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]


def _forgets_the_units(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(resolve, "end_active", lambda incident, after, *, now: [])


def _sends_whom_it_likes(patch: pytest.MonkeyPatch) -> None:
    class State:
        AVAILABLE = Anything()

    patch.setattr(dispatch, "UnitState", State)
    patch.setattr(dispatch, "step", lambda unit, verb, *, now: None)


def _looks_at_no_version(patch: pytest.MonkeyPatch) -> None:
    for module in (dispatch, resolve, amend):
        patch.setattr(module, "require_unchanged", lambda incident, version: None)


def _is_stopped_by_a_note(patch: pytest.MonkeyPatch) -> None:
    change = versions.change
    patch.setattr(amend, "change", lambda incident, *facets, **fields: change(incident, "state", *facets, **fields))


def _keeps_the_version_on_the_way(patch: pytest.MonkeyPatch) -> None:
    change = versions.change

    def quietly(incident: Incident, *facets: str, **fields: Any) -> None:
        if facets or fields:
            change(incident, *facets, **fields)

    patch.setattr(respond, "change", quietly)


def _always_waits_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(respond, "waits_again", lambda *, any_cleared: True)


def _never_waits_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(respond, "waits_again", lambda *, any_cleared: False)


def _touches_no_unit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(respond, "touch", lambda unit: None)


def _forgets_its_keys(patch: pytest.MonkeyPatch) -> None:
    create = respond.StatusKey.objects.create
    patch.setattr(respond.StatusKey.objects, "create", lambda **said: create(**said | {"key": f"not {said['key']}"}))


def _knows_no_report_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(receive, "_before", lambda signal, centre: None)


def _goes_backward(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(respond, "assignment_after", lambda status, verb: _A[verb])


_A = {
    "accept": AssignmentStatus.ACCEPTED,
    "start": AssignmentStatus.EN_ROUTE,
    "arrive": AssignmentStatus.ON_SCENE,
    "clear": AssignmentStatus.CLEARED,
    "decline": AssignmentStatus.DECLINED,
    "recall": AssignmentStatus.RECALLED,
}
MUTANTS: list[Break] = [
    _forgets_the_units,
    _sends_whom_it_likes,
    _looks_at_no_version,
    _is_stopped_by_a_note,
    _keeps_the_version_on_the_way,
    _always_waits_again,
    _never_waits_again,
    _touches_no_unit,
    _forgets_its_keys,
    _knows_no_report_again,
    _goes_backward,
]


@pytest.mark.long
def test_the_machine_notices_a_lost_index(prefecture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of availability is broken above, too; then the index stops it. Here neither does."""
    with transaction.atomic(), connection.cursor() as cursor:
        index = "one_active_assignment_a_unit"
        (made,) = cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [index]).fetchone()
        cursor.execute(f"DROP INDEX {index}")
    try:
        _sends_whom_it_likes(monkeypatch)
        monkeypatch.setattr(dispatch, "step", lambda unit, verb, *, now: _commit(unit))
        with pytest.raises(AssertionError):
            run_state_machine_as_test(Life, settings=MUTANT_RUN)
    finally:
        empty()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(made)


def _commit(unit: Unit) -> None:
    unit.state, unit.version = "committed", unit.version + 1
    unit.save(update_fields=["state", "version"])


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__.strip("_"))
def test_the_machine_notices_a_broken_product(prefecture: Any, monkeypatch: pytest.MonkeyPatch, mutant: Break) -> None:
    mutant(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017 (whatever is noticed first)
        run_state_machine_as_test(Life, settings=MUTANT_RUN)
