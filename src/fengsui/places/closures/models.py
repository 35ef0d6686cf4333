"""Facts about a closure: which pieces of which ways, until when, and why.

Pieces are kept as the map's own identities (way, from, to), so that a closure outlives the road file it was made on;
the line is kept too, so that one that no longer fits can still be shown.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Count, Max, Q, Sum

from fengsui.base.areas import code_range
from fengsui.base.ids import new_id

if TYPE_CHECKING:
    from fengsui.base.actors import Actor

MOST_REASON = 200


class State(models.TextChoices):
    CLOSED = "closed"
    LIFTED = "lifted"


class ClosureQuerySet(models.QuerySet["Closure"]):
    def seen_by(self, actor: Actor) -> ClosureQuerySet:
        """The closures of the actor's area; a crew sees its centre's, for it drives there."""
        first, end = code_range(actor.area)
        return self.filter(centre_code__gte=first, centre_code__lt=end)

    def of_centre(self, centre: str) -> ClosureQuerySet:
        return self.filter(centre_code=centre)

    def in_force(self) -> ClosureQuerySet:
        """Those that close something; one whose time has passed does until the journal says so."""
        return self.filter(state=State.CLOSED)

    def due(self, now: datetime) -> ClosureQuerySet:
        return self.in_force().filter(until__lte=now)

    def stamp(self) -> tuple[object, ...]:
        """Another one after every change: a change raises a version, a new closure raises the count."""
        told = self.order_by().aggregate(n=Count("pk"), versions=Sum("version"), last=Max("closed_at"))
        return told["n"], told["versions"], told["last"]


class Closure(models.Model):
    """Pieces of streets that nobody drives through."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre_code = models.CharField(max_length=32, db_index=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.CLOSED)
    version = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    one_way = models.BooleanField(default=False)
    reason = models.CharField(max_length=MOST_REASON, blank=True, help_text="why the street is closed; no persons")
    metres = models.FloatField(help_text="of the path; a street closed both ways counts once")
    streets = models.JSONField(help_text="[{zh, en}] in the order of the path")
    line = models.JSONField(help_text="[[lon, lat]] of the path")
    pieces = models.JSONField(help_text="[[way, from, to, lon, lat, lon, lat]]: identities, and two points on the way")
    roads = models.CharField(max_length=64, help_text="digest of the road file it was put on last")
    missing = models.PositiveIntegerField(default=0, help_text="pieces that are not on that road file")

    objects: ClassVar = ClosureQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="closure_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, lifted_at__isnull=True)
                | Q(state=State.LIFTED, lifted_at__isnull=False),
                name="closure_lifted_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("closed_at")), name="closure_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def journal_ref(self) -> tuple[str, str]:
        return "closure", str(self.pk)
