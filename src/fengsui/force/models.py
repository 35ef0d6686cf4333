"""Facts about the force: kinds, stations, units, and where each unit is now.

A position is the latest one only, of a unit that is on duty; it goes when the unit goes off duty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from fengsui.accounts.who_may import only_own
from fengsui.base.areas import code_range
from fengsui.base.ids import new_id
from fengsui.force.refusals import NoSuchUnit
from fengsui_engine.lifecycle import UnitState

if TYPE_CHECKING:
    from fengsui.base.actors import Actor


class UnitKind(models.Model):
    """Patrol, medic, fire, …: data with labels."""

    code = models.CharField(max_length=16, primary_key=True)
    labels = models.JSONField(help_text="{zh, en}")
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.code


class Station(models.Model):
    """Where crews stand."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.JSONField(help_text="{zh, en}")
    kind = models.CharField(max_length=16)
    area_code = models.CharField(max_length=32, db_index=True)
    lon = models.FloatField()
    lat = models.FloatField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.name.get("en", self.id))


class UnitQuerySet(models.QuerySet["Unit"]):
    def in_area(self, area: str) -> UnitQuerySet:
        """Those of every centre of the area: who has the area may read them."""
        first, end = code_range(area)
        return self.filter(centre_code__gte=first, centre_code__lt=end)

    def of_centre(self, centre: str) -> UnitQuerySet:
        """The centre's own, not those of a centre below it: that one has its own board and journal."""
        return self.filter(centre_code=centre)

    def seen_by(self, actor: Actor) -> UnitQuerySet:
        """The units that `actor` may read: its area's, a crew its own."""
        seen = self.in_area(actor.area)
        return seen.filter(callsign=actor.unit) if only_own(actor, "read_units") else seen

    def called(self, callsign: str) -> Unit:
        """The one of that call sign. Raises NoSuchUnit if it is not among these."""
        unit = self.filter(callsign=callsign).first()
        if unit is None:
            raise NoSuchUnit(unit=callsign)
        return unit

    def on_duty(self) -> UnitQuerySet:
        """Free or on an incident. A vehicle in the workshop, whose crew may be at home, is nobody on duty."""
        return self.filter(state__in=(UnitState.AVAILABLE, UnitState.COMMITTED))


class Unit(models.Model):
    """A vehicle or a foot patrol that is sent as one. `callsign` is the ASCII form (SQ01), `name` what people see."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    callsign = models.CharField(max_length=16, unique=True)
    name = models.JSONField(help_text="{zh, en}")
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT)
    station = models.ForeignKey(Station, null=True, blank=True, on_delete=models.SET_NULL)
    centre_code = models.CharField(max_length=32, db_index=True)
    state = models.CharField(max_length=16, default=UnitState.OFF_DUTY.value)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = UnitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in UnitState]), name="unit_state_is_known"
            ),
            models.CheckConstraint(condition=Q(callsign__regex=r"^[A-Z0-9-]+$"), name="unit_callsign_is_ascii"),
        ]

    def __str__(self) -> str:
        return self.callsign

    @property
    def journal_ref(self) -> tuple[str, str]:
        return "unit", self.callsign


class Position(models.Model):
    """Where an on-duty unit was last seen."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, primary_key=True, related_name="position")
    lon = models.FloatField()
    lat = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90), name="position_is_on_the_earth"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lon:.5f},{self.lat:.5f}"
