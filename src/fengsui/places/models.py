"""Facts about the ground: which road file has been in service, from when to when."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from fengsui.base.ids import new_id


class RoadFileQuerySet(models.QuerySet["RoadFile"]):
    def in_service(self) -> RoadFileQuerySet:
        return self.filter(valid_to=None)


class RoadFile(models.Model):
    """A road file in service. The same file may be in service twice, at two times."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=255, help_text="name of the extract")
    junctions = models.PositiveIntegerField()
    edges = models.PositiveIntegerField()
    metres = models.FloatField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    objects: ClassVar = RoadFileQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(models.Value(1), condition=Q(valid_to=None), name="one_road_file_is_in_service"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="road_file_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.digest[:12]}"

    @property
    def journal_ref(self) -> tuple[str, str]:
        return "roads", self.digest[:16]
