"""The closures' addresses: read the request, call one verb, shape the reply."""

from typing import Annotated, Any

import numpy as np
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field, StringConstraints

from fengsui.accounts.sessions import actor_of
from fengsui.base import clock
from fengsui.base.actors import Actor
from fengsui.base.clock import read_time
from fengsui.base.ids import read_id
from fengsui.base.paging import address_of_next
from fengsui.base.refusals import NoSuchThing, TimeNotReadable
from fengsui.journal.stores import READER
from fengsui.places.city import city
from fengsui.places.closures.actions import close_street, lift_closure
from fengsui.places.closures.models import MOST_REASON, Closure
from fengsui.places.closures.now import streets_now
from fengsui.places.closures.path import path_between
from fengsui.places.closures.rows import closure_row, closure_rows, line_string, names

router = Router(tags=["closures"])
Row = dict[str, Any]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=True)]
LonLat = tuple[Degrees, Degrees]


class PathIn(Schema):
    """Two points; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")

    from_: LonLat = Field(alias="from", description="[longitude, latitude]")
    to: LonLat
    one_way: bool = Field(False, description="only from the first to the second", strict=True)


class ClosureIn(PathIn):
    until: Annotated[str, StringConstraints(max_length=40)] | None = None
    reason: Annotated[str, StringConstraints(max_length=MOST_REASON)] | None = None


class StreetOut(Schema):
    zh: str
    en: str


class LineOut(Schema):
    type: str
    coordinates: list[list[float]]


class PathOut(Schema):
    metres: float
    geometry: LineOut
    streets: list[StreetOut]
    edges: int = Field(description="directed edges that the closure would close")
    already: int = Field(description="of these, closed by another closure")


class ClosureRow(Schema):
    id: str
    centre: str
    version: int
    state: str
    metres: float
    geometry: LineOut
    streets: list[StreetOut]
    one_way: bool
    closed_at: str
    until: str | None
    reason: str | None
    attached: bool = Field(description="false: not, or not whole, on the road file that is served")


class ClosureList(Schema):
    items: list[ClosureRow]
    next: str | None


@router.post("/closures/path", response=PathOut)
def read_path(request: HttpRequest, body: PathIn) -> Row:
    """The streets between two points, as a closure would close them; nothing is closed."""
    actor_of(request, "close_street")
    here = city()
    path = path_between(here, body.from_, body.to, one_way=body.one_way)
    now = streets_now().roads
    # a new road file may come into service between the two lines: its edges have other numbers
    already = int(np.isin(path.edges, now.closed).sum()) if now.as_built is here.roads else 0
    told = {"metres": path.metres, "geometry": line_string(path.line), "streets": names(path.streets)}
    return told | {"edges": len(path.edges), "already": already}


@router.post("/closures", response={201: ClosureRow})
def create_closure(request: HttpRequest, body: ClosureIn) -> Status[Row]:
    """Close the streets between two points, from junction to junction."""
    actor = actor_of(request, "close_street")
    until = None if body.until is None else read_time(body.until)
    if body.until is not None and until is None:
        raise TimeNotReadable(at=body.until)
    made = close_street(
        start=body.from_,
        end=body.to,
        one_way=body.one_way,
        until=until,
        reason=printable(body.reason or ""),
        by=actor,
        now=clock.now(),
    )
    return Status(201, closure_row(made))


@router.get("/closures", response=ClosureList)
def list_closures(
    request: HttpRequest, limit: Annotated[int, Field(ge=1, le=500)] = 100, before: str | None = None
) -> Row:
    """Closures in force in one's area, newest first."""
    actor = actor_of(request, "read_lists")
    found = Closure.objects.using(READER).seen_by(actor).in_force()
    if before is not None:
        found = found.filter(pk__lt=read_id(before))
    rows = closure_rows(found.order_by("-pk")[: limit + 1])
    following = None
    if len(rows) > limit:
        following = address_of_next(request, limit=limit, before=rows[limit - 1]["id"])
    return {"items": rows[:limit], "next": following}


@router.delete("/closures/{closure_id}", response=ClosureRow)
def delete_closure(request: HttpRequest, closure_id: str) -> Row:
    """Open the street again. A closure that was lifted already is told as it is."""
    actor = actor_of(request, "close_street")
    return closure_row(lift_closure(closure=_closure(closure_id, actor), by=actor, now=clock.now()))


def printable(words: str) -> str:
    """Words without what no screen shows."""
    return "".join(letter for letter in words if letter.isprintable()).strip()


def _closure(closure_id: str, actor: Actor) -> Closure:
    found: Closure | None = Closure.objects.seen_by(actor).filter(pk=read_id(closure_id)).first()
    if found is None:
        raise NoSuchThing()
    return found
