"""A shift: any acts in any order through the real verbs, refusals taken as they come. Something for streams to tell."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from hypothesis import strategies as st

from control_room import NOON, Prefecture, report
from fengsui.base.actors import Actor
from fengsui.force.actions import move_units, set_unit_state
from fengsui.force.models import Unit
from fengsui.incidents import amend, resolve, respond
from fengsui.incidents.dispatch import dispatch_unit
from fengsui.incidents.models import Assignment, Incident
from fengsui.places.closures.actions import close_street, expire_closures, lift_closure
from fengsui.places.closures.models import Closure
from fengsui_engine.lifecycle import AssignmentStatus, UnitState
from fengsui_engine.refusal import Refusal

Step = tuple[str, int, int]
STATUSES = [AssignmentStatus(status) for status in ("accepted", "en_route", "on_scene", "cleared", "declined")]
SETTABLE = [UnitState(state) for state in ("available", "off_duty", "out_of_service")]


class Shift:
    """Does steps; `after_each` is called when a step is over, refused or done."""

    def __init__(self, prefecture: Prefecture, after_each: Callable[[], None] = lambda: None) -> None:
        self.by: Actor = prefecture.actor("dispatcher")
        self.now: datetime = NOON
        self.after_each = after_each

    def work(self, steps: Sequence[Step]) -> None:
        for what, which, how in steps:
            self.now += timedelta(seconds=30)
            with suppress(Refusal, IndexError):  # an index: there is nothing yet to do it to
                getattr(self, what)(which, how)
            self.after_each()

    def report(self, which: int, how: int) -> None:
        pin = {"lon": 100.009, "lat": 0.0} if how % 2 else {}
        report("fire", by=self.by, now=self.now, words="canary-words", **pin)

    def dispatch(self, which: int, how: int) -> None:
        unit = list(Unit.objects.filter(centre_code="SQC").order_by("callsign"))[how % 3]
        one = self._incident(which)
        dispatch_unit(incident=one, unit=unit, version=one.version, by=self.by, now=self.now)

    def status(self, which: int, how: int) -> None:
        respond.set_status(
            assignment=self._assignment(which),
            status=STATUSES[how % len(STATUSES)],
            key=f"{which}-{how}",
            at=None,
            by=self.by,
            now=self.now,
        )

    def recall(self, which: int, how: int) -> None:
        respond.recall(assignment=self._assignment(which), reason="canary-words", by=self.by, now=self.now)

    def close(self, which: int, how: int) -> None:
        one = self._incident(which)
        resolve.close_incident(incident=one, disposition="settled", version=one.version, by=self.by, now=self.now)

    def cancel(self, which: int, how: int) -> None:
        one = self._incident(which)
        resolve.cancel_incident(incident=one, reason=None, version=one.version, by=self.by, now=self.now)

    def reopen(self, which: int, how: int) -> None:
        one = list(Incident.objects.exclude(ended_at=None).order_by("pk"))[which % 3]
        resolve.reopen_incident(incident=one, version=one.version, by=self.by, now=self.now)

    def relocate(self, which: int, how: int) -> None:
        one = self._incident(which)
        place = {"lon": 100.0, "lat": 0.001 * (how % 5), "place": None} if how % 4 else {"lon": None, "lat": None}
        place |= {"place": "canary-words"}
        amend.relocate(incident=one, version=one.version, by=self.by, now=self.now, **place)

    def note(self, which: int, how: int) -> None:
        amend.add_note(incident=self._incident(which), words="canary-words", by=self.by, now=self.now)

    def unit_state(self, which: int, how: int) -> None:
        unit = list(Unit.objects.order_by("callsign"))[which % 4]
        set_unit_state(unit=unit, wanted=SETTABLE[how % 3], by=self.by, now=self.now)

    def move(self, which: int, how: int) -> None:
        with transaction.atomic():
            units = list(Unit.objects.order_by("callsign"))
            move_units([(units[which % 4], 100.0 + 0.001 * how, 0.001 * which)], at=self.now)

    def close_street(self, which: int, how: int) -> None:
        until = self.now + timedelta(minutes=how) if how % 2 else None
        ends = (
            {"start": (100.009, 0.005), "end": (100.009, 0.0)}
            if which % 2
            else {"start": (100.0, 0.0), "end": (100.009, 0.0)}
        )
        close_street(**ends, one_way=which > 3, until=until, reason="works", by=self.by, now=self.now)

    def lift(self, which: int, how: int) -> None:
        lift_closure(closure=list(Closure.objects.order_by("-pk"))[which % 3], by=self.by, now=self.now)

    def expire(self, which: int, how: int) -> None:
        expire_closures(now=self.now)

    def _incident(self, which: int) -> Incident:
        one: Incident = list(Incident.objects.order_by("-pk"))[which % 4]
        return one

    def _assignment(self, which: int) -> Assignment:
        one: Assignment = list(Assignment.objects.select_related("incident", "unit").order_by("-pk"))[which % 4]
        return one


ACTS = ["report", "dispatch", "dispatch", "status", "status", "status", "recall", "close", "cancel", "reopen"]
ACTS += ["relocate", "note", "unit_state", "move", "close_street", "lift", "expire"]
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.integers(0, 7)), min_size=4, max_size=30)
