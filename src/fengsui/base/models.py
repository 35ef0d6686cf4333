"""Facts that every app shares: the tree of areas, and how long records are kept."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fengsui.base.areas import code_range


class AreaLevel(models.Model):
    """What an area is called at its depth (prefecture, county, town, grid cell): data, not code."""

    code = models.CharField(max_length=24, primary_key=True)
    labels = models.JSONField(help_text="{zh, en}")

    def __str__(self) -> str:
        return self.code


class AreaQuerySet(models.QuerySet["Area"]):
    def within(self, area: str) -> "AreaQuerySet":
        """The area of that code and everything below it."""
        first, end = code_range(area)
        return self.filter(code__gte=first, code__lt=end)

    def centres(self) -> "AreaQuerySet":
        return self.filter(is_centre=True)


class Area(models.Model):
    """A place of responsibility. The code tells the descent: the parent's code, then this area's own characters."""

    code = models.CharField(max_length=32, primary_key=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    level = models.ForeignKey(AreaLevel, on_delete=models.PROTECT)
    name = models.JSONField(help_text="{zh, en}")
    is_centre = models.BooleanField(default=False, help_text="has a command centre, with a journal of its own")
    timezone = models.CharField(max_length=40, default="Asia/Shanghai", help_text="days and weeks are the centre's")

    objects: ClassVar = AreaQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9]+$"), name="area_code_is_letters_and_digits"),
        ]

    def __str__(self) -> str:
        return self.code


class RetentionRule(models.Model):
    """How long a kind of record is kept after its incident has ended: data, with the source of the figure."""

    code = models.CharField(max_length=32, primary_key=True)
    days = models.PositiveIntegerField()
    source = models.JSONField(help_text="{zh, en}: who says so")

    def __str__(self) -> str:
        return f"{self.code}: {self.days} days"
