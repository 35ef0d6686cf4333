"""Facts about incidents: the incident, the reports it came from, the units on it, and the sealed words of people.

The tables of states are in `fengsui_engine/lifecycle.py`. Nothing here holds a name, a number or a word of a person
in the clear: those are `Particulars`, encrypted with a key per incident and gone when they expire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from fengsui.accounts.who_may import only_own
from fengsui.base.areas import code_range
from fengsui.base.ids import new_id
from fengsui.force.models import Unit
from fengsui_engine.lifecycle import ACTIVE, OPEN, AssignmentStatus, IncidentState

if TYPE_CHECKING:
    from fengsui.base.actors import Actor

_ACTIVE = sorted(status.value for status in ACTIVE)
_OPEN = sorted(state.value for state in OPEN)


class IncidentType(models.Model):
    """fire, medical, crime, …: data with labels and the priority it starts with."""

    code = models.CharField(max_length=16, primary_key=True)
    labels = models.JSONField(help_text="{zh, en}")
    priority = models.PositiveSmallIntegerField(default=3)
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class Disposition(models.Model):
    """How an incident ended: data with labels."""

    code = models.CharField(max_length=24, primary_key=True)
    labels = models.JSONField(help_text="{zh, en}")
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class DayCounter(models.Model):
    """The last running number of a centre's day."""

    centre_code = models.CharField(max_length=32)
    day = models.DateField(help_text="in the centre's zone")
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["centre_code", "day"], name="one_counter_a_centre_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.centre_code} {self.day}: {self.last}"


class IncidentQuerySet(models.QuerySet["Incident"]):
    def in_area(self, area: str) -> IncidentQuerySet:
        """Those of every centre of the area: who has the area may read them."""
        first, end = code_range(area)
        return self.filter(centre_code__gte=first, centre_code__lt=end)

    def of_centre(self, centre: str) -> IncidentQuerySet:
        """The centre's own, not those of a centre below it: that one has its own board and journal."""
        return self.filter(centre_code=centre)

    def seen_by(self, actor: Actor) -> IncidentQuerySet:
        """The incidents that `actor` may read: its area's, a crew those its unit is or was sent to."""
        seen = self.in_area(actor.area)
        if not only_own(actor, "read_lists"):
            return seen
        return seen.filter(pk__in=Assignment.objects.filter(unit__callsign=actor.unit).values("incident"))

    def open(self) -> IncidentQuerySet:
        return self.filter(state__in=_OPEN)

    def in_state(self, state: str) -> IncidentQuerySet:
        """Those in `state`; `open` is every open one, `all` every one."""
        if state == "open":
            return self.open()
        return self if state == "all" else self.filter(state=state)


class Incident(models.Model):
    """One event that somebody follows until it is closed."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=48, unique=True)
    centre_code = models.CharField(max_length=32, db_index=True)
    type = models.ForeignKey(IncidentType, on_delete=models.PROTECT)
    priority = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, default=IncidentState.WAITING.value)
    version = models.PositiveIntegerField(default=1)
    facets = models.JSONField(help_text="version at which state, place, type, priority, units last changed")
    any_cleared = models.BooleanField(default=False, help_text="a unit has cleared since this last waited")
    place = models.JSONField(null=True, help_text="{zh, en}: register name or nearest street")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    doubts = models.JSONField(default=list, help_text="codes: what about the place or the time is doubtful")
    origin = models.CharField(max_length=16)
    called_at = models.DateTimeField(help_text="from when the clock runs: the call's time where it is credible")
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    disposition = models.ForeignKey(Disposition, null=True, on_delete=models.PROTECT)

    objects: ClassVar = IncidentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in IncidentState]), name="incident_state_is_known"
            ),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="incident_priority_is_1_to_4"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="incident_pin_is_whole_and_on_the_earth",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, ended_at__isnull=True) | (~Q(state__in=_OPEN) & Q(ended_at__isnull=False)),
                name="incident_ended_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["centre_code", "state"], name="incident_by_centre_and_state"),
            models.Index(fields=["ended_at"], name="incident_by_end"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def journal_ref(self) -> tuple[str, str]:
        return "incident", str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN


class Report(models.Model):
    """One incoming signal. The same (source, source event id) is the same report: it gets the same receipt."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="reports")
    centre_code = models.CharField(max_length=32)
    source = models.CharField(max_length=64)
    source_event_id = models.CharField(max_length=200)
    receipt = models.CharField(max_length=48, unique=True)
    origin = models.CharField(max_length=16)
    at = models.DateTimeField(null=True, help_text="the sender's time, where it could be read")
    received_at = models.DateTimeField()
    is_test = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["centre_code", "source", "source_event_id"], name="one_report_a_source_and_event"
            ),
            models.CheckConstraint(
                condition=Q(is_test=True) | Q(incident__isnull=False), name="report_has_its_incident"
            ),
        ]

    def __str__(self) -> str:
        return self.receipt


class Particulars(models.Model):
    """Names, numbers, words and places as typed: sealed with the incident's key, gone when they expire."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="particulars")
    about = models.CharField(max_length=8, help_text="report, note or place")
    about_id = models.CharField(max_length=48)
    sealed = models.BinaryField()
    written_at = models.DateTimeField()
    expires_at = models.DateTimeField(
        null=True, db_index=True, help_text="set when the incident ends, by its retention rule"
    )

    def __str__(self) -> str:
        return f"sealed words of {self.incident_id}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def active(self) -> AssignmentQuerySet:
        return self.filter(status__in=_ACTIVE)

    def seen_by(self, actor: Actor) -> AssignmentQuerySet:
        first, end = code_range(actor.area)
        seen = self.filter(incident__centre_code__gte=first, incident__centre_code__lt=end)
        return seen.filter(unit__callsign=actor.unit) if only_own(actor, "read_lists") else seen


class Assignment(models.Model):
    """A unit on an incident. The database allows one active assignment a unit, whoever presses first."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments")
    status = models.CharField(max_length=16, default=AssignmentStatus.ORDERED.value)
    travel_ms = models.PositiveIntegerField(
        null=True, help_text="by road when ordered; null where it could not be told"
    )
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=48, help_text="the id of the actor who sent it")
    accepted_at = models.DateTimeField(null=True)
    en_route_at = models.DateTimeField(null=True)
    on_scene_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="cleared, declined or recalled")

    objects: ClassVar = AssignmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(status__in=_ACTIVE), name="one_active_assignment_a_unit"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in AssignmentStatus]), name="assignment_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=_ACTIVE, ended_at__isnull=True)
                | (~Q(status__in=_ACTIVE) & Q(ended_at__isnull=False)),
                name="assignment_ended_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} on {self.incident_id}"

    @property
    def journal_ref(self) -> tuple[str, str]:
        return "assignment", str(self.pk)


class StatusKey(models.Model):
    """A status act by its sender's key: the same key again gives the same answer and changes nothing."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE)
    key = models.CharField(max_length=64)
    answer = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["assignment", "key"], name="one_answer_a_status_key")]

    def __str__(self) -> str:
        return self.key
