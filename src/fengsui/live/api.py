"""The board's and the units' addresses. A unit's row says which incident it is on, so they stand above both apps."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Schema
from pydantic import Field

from fengsui.accounts.sessions import actor_of
from fengsui.accounts.who_may import may
from fengsui.base import clock
from fengsui.base.paging import address_of_next
from fengsui.force.actions import set_unit_state, settable
from fengsui.force.models import Unit
from fengsui.incidents.schemas import Body, IncidentRow, Short
from fengsui.live.board import board, centre_for
from fengsui.live.frames import EVENTS
from fengsui.live.rows import unit_items
from fengsui.places.closures.api import ClosureRow
from fengsui_engine.refusal import Refusal, say

router = Router(tags=["board"])
Row = dict[str, Any]


class NoStreamHere(Refusal):
    status = 503
    sentence = say("This server sends no live stream. Load the board again from time to time, or use Fengsui's own.")


class UnitRow(Schema):
    callsign: str
    name: dict[str, str]
    kind: str
    state: str
    state_since: str
    station: dict[str, str] | None
    lon: float | None
    lat: float | None
    position_at: str | None
    centre: str
    incident: str | None
    status: str | None
    version: int


class UnitList(Schema):
    items: list[UnitRow]
    next: str | None


class BoardOut(Schema):
    last: int
    incidents: list[IncidentRow]
    units: list[UnitRow]
    closures: list[ClosureRow]


class UnitStateIn(Body):
    state: Short


@router.get("/board", response=BoardOut)
def read_board(request: HttpRequest, centre: str | None = None) -> Row:
    """Open incidents, units and closures of a centre, and the journal's number they stand at, from one snapshot."""
    actor = actor_of(request, "read_lists")
    return board(centre_for(actor, centre), reader=actor)


def _stream_described() -> Row:
    """The stream as OpenAPI tells it, its events read from the table of those that are sent."""
    events = "\n".join(f"- `{event}`: {said}" for event, said in EVENTS.items())
    return {
        "description": f"Follow a centre live, as server-sent events. Start from the board's `last`.\n\n{events}",
        "responses": {
            200: {"description": "The stream", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
        },
    }


@router.get("/live", openapi_extra=_stream_described())
def follow_live(
    request: HttpRequest,
    centre: str | None = None,
    after: Annotated[int | None, Field(ge=0, description="The last number that you have")] = None,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", description="The same, as a browser sends it; it goes first")
    ] = None,
) -> Row:
    """Follow a centre live. Answered by `stream.live` in the event loop; here only where a server has none."""
    centre_for(actor_of(request, "read_lists"), centre)
    raise NoStreamHere()


@router.get("/units", response=UnitList)
def list_units(request: HttpRequest, limit: Annotated[int, Field(ge=1, le=500)] = 500, after: str = "") -> Row:
    """Units of one's area by call sign. Who keeps the register and sees no cases is not told what a unit is on."""
    actor = actor_of(request, "read_units")
    rows = unit_items(Unit.objects.seen_by(actor).filter(callsign__gt=after).order_by("callsign")[: limit + 1])
    if not may(actor, "read_lists"):
        rows = [row | {"incident": None, "status": None} for row in rows]
    following = None
    if len(rows) > limit:
        following = address_of_next(request, limit=limit, after=rows[limit - 1]["callsign"])
    return {"items": rows[:limit], "next": following}


@router.post("/units/{callsign}/state", response=UnitRow)
def set_state(request: HttpRequest, callsign: str, body: UnitStateIn) -> Row:
    """Bring a unit on or off duty, out of service or back."""
    actor = actor_of(request, "set_unit_state")
    unit = Unit.objects.seen_by(actor).called(callsign)
    set_unit_state(unit=unit, wanted=settable(body.state), by=actor, now=clock.now())
    return unit_items(Unit.objects.filter(pk=unit.pk))[0]
