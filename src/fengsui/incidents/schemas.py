"""What goes in and out at the incidents' addresses, for OpenAPI and for checking. Unknown fields are refused.

`at`, `lon`, `lat` and `place` of a report are taken as they come: they are doubted, never refused.
"""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

Words = Annotated[str, StringConstraints(max_length=4000)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Callsign = Annotated[str, StringConstraints(min_length=1, max_length=16)]
Version = Annotated[int, Field(ge=0, le=2**31)]
# Of the acts that refuse nobody for what changed meanwhile.
VersionSeen = Annotated[Version | None, Field(description="Taken, and not compared: a stale one stops nobody here.")]

StateAsked = Literal["open", "all", "waiting", "assigned", "on_scene", "closed", "cancelled"]


class Body(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)


class ContactIn(Body):
    name: Annotated[str, StringConstraints(max_length=200)] | None = None
    number: Annotated[str, StringConstraints(max_length=64)] | None = None


class ReportIn(Body):
    source_event_id: Short
    type: Short
    source: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    priority: Annotated[int, Field(ge=1, le=4)] | None = None
    at: Any = None
    lon: Any = None
    lat: Any = None
    place: Any = None
    words: Words | None = None
    contact: ContactIn | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    test: bool = False


class ReportOut(Schema):
    receipt: str
    incident: str | None
    number: str | None


class AssignmentIn(Body):
    unit: Callsign
    version: Version
    recommendation: Annotated[str, StringConstraints(max_length=8000)] | None = None


class AssignmentOut(Schema):
    id: str
    incident: str
    unit: str
    status: str
    version: int


class StatusIn(Body):
    status: Literal["accepted", "declined", "en_route", "on_scene", "cleared"]
    key: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    at: Annotated[str, StringConstraints(max_length=40)] | None = None


class RecallIn(Body):
    reason: Words | None = None
    version: VersionSeen = None


class ClosingIn(Body):
    disposition: Short
    version: Version


class CancellingIn(Body):
    version: Version
    reason: Words | None = None


class ReopeningIn(Body):
    version: Version


class RelocationIn(Body):
    version: Version
    lon: float | None = None
    lat: float | None = None
    place: Annotated[str, StringConstraints(max_length=500)] | None = None


class NoteIn(Body):
    words: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    version: VersionSeen = None


class CorrectionIn(Body):
    seq: Annotated[int, Field(ge=1)]
    at: Annotated[str, StringConstraints(max_length=40)]
    version: VersionSeen = None


class AssignmentRow(Schema):
    id: str
    unit: str
    status: str
    ms: int | None
    ordered_at: str
    accepted_at: str | None
    en_route_at: str | None
    on_scene_at: str | None
    ended_at: str | None


class IncidentRow(Schema):
    id: str
    number: str
    centre: str
    type: str
    priority: int
    state: str
    to_close: bool
    place: str | None
    place_en: str | None
    lon: float | None
    lat: float | None
    doubt: list[str] | None
    origin: str
    clock_from: str
    received_at: str
    ended_at: str | None
    disposition: str | None
    version: int
    assignments: list[AssignmentRow]


class IncidentList(Schema):
    items: list[IncidentRow]
    next: str | None


class ReportRow(Schema):
    source: str
    source_event_id: str
    receipt: str
    at: str | None
    received_at: str


class IncidentWhole(IncidentRow):
    place_words: str | None
    words: str | None
    contact: dict[str, Any] | None
    as_sent: dict[str, str] | None
    timeline: list[dict[str, Any]]
    reports: list[ReportRow]


class ProposalOut(Schema):
    unit: str
    kind: str
    seconds: float
    metres: float
    state: str
    position_age_s: int
    why: list[dict[str, Any]]


class NotProposedOut(Schema):
    unit: str
    kind: str
    reasons: list[dict[str, Any]]


class RecommendationOut(Schema):
    model_config = ConfigDict(populate_by_name=True)

    id: str
    roads: str
    at: str
    units: list[ProposalOut]
    not_: Annotated[list[NotProposedOut], Field(alias="not")]
    doubt: Annotated[list[str] | None, Field(description="Codes: why nobody is ranked. Null where somebody is.")]


class RouteOut(Schema):
    seconds: float
    metres: float
    geometry: dict[str, Any]


class DispositionRow(Schema):
    code: str
    zh: str
    en: str


class DispositionList(Schema):
    items: list[DispositionRow]
    next: str | None
