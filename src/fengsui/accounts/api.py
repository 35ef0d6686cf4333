"""Who read what: the access lines, for those whom the table lets read them."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fengsui.accounts.seats import seats
from fengsui.accounts.sessions import actor_of
from fengsui.base.areas import code_range
from fengsui.base.clock import from_microseconds, rfc3339
from fengsui.base.paging import address_of_next
from fengsui.journal.models import AccessLine

router = Router(tags=["access"])


class By(Schema):
    id: str
    role: str
    name: str


class About(Schema):
    kind: str
    id: str


class AccessLineRow(Schema):
    id: int
    at: str
    by: By
    about: About
    purpose: str


class AccessLineList(Schema):
    items: list[AccessLineRow]
    next: str | None


@router.get("/access-lines", response=AccessLineList)
def list_access_lines(
    request: HttpRequest,
    incident: str | None = None,
    limit: Annotated[int, Field(ge=1, le=500)] = 100,
    before: int | None = None,
) -> dict[str, Any]:
    """Reads of personal data in one's area, newest first: who, which, when, for what purpose."""
    actor = actor_of(request, "read_access_lines")
    first, end = code_range(actor.area)
    lines = AccessLine.objects.filter(centre__gte=first, centre__lt=end)
    if incident is not None:
        lines = lines.filter(kind="incident", about_id=incident)
    if before is not None:
        lines = lines.filter(pk__lt=before)
    found = list(lines.order_by("-pk")[: limit + 1])
    names = seats([line.actor for line in found])
    items = [
        {
            "id": line.pk,
            "at": rfc3339(from_microseconds(line.at)),
            "by": {"id": line.actor, "role": line.role, "name": names[line.actor]},
            "about": {"kind": line.kind, "id": line.about_id},
            "purpose": line.purpose,
        }
        for line in found[:limit]
    ]
    following = None
    if len(found) > limit:
        following = address_of_next(request, incident=incident, limit=limit, before=found[limit - 1].pk)
    return {"items": items, "next": following}
