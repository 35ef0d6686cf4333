"""`/api/v1/`: the routers of the apps under one roof, and one place where a refusal becomes an answer."""

import logging
import re
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from fengsui.accounts.api import router as accounts
from fengsui.accounts.sessions import api_actor
from fengsui.base.canonical import NotJson, strict_loads
from fengsui.base.refusals import (
    BodyTooLarge,
    FieldNotUnderstood,
    NoSuchThing,
    NotTheRightKind,
    SomethingBroke,
)
from fengsui.incidents.api import router as incidents
from fengsui.live.api import router as live
from fengsui.places.closures.api import router as closures
from fengsui.web.errors import as_json, storage_refusal
from fengsui_engine.refusal import Refusal

_log = logging.getLogger(__name__)


class StrictParser(Parser):
    """Bodies are JSON that every reader would read alike."""

    def parse_body(self, request: HttpRequest) -> Any:
        kind = request.content_type or ""
        if kind != "application/json":
            raise NotTheRightKind(kind=kind[:80] or "nothing")
        return strict_loads(request.body)


api = NinjaAPI(
    title="Fengsui",
    version="1",
    auth=api_actor,
    parser=StrictParser(),
    docs_url=None,
    urls_namespace="api",
    description="A city's public-safety service: reports, incidents, units, and the live board.",
)
api.add_router("", incidents)
api.add_router("", live)
api.add_router("", closures)
api.add_router("", accounts)


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return as_json(refusal)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja wraps whatever its parser raised: what is told is the cause."""
    cause = error.__cause__
    if isinstance(cause, RequestDataTooBig):
        return as_json(BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    return as_json(cause if isinstance(cause, Refusal) else NotJson(reason="not_json_text"))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return as_json(BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


@api.exception_handler(TooManyFieldsSent)
def _too_many(request: HttpRequest, _error: TooManyFieldsSent) -> HttpResponse:
    return as_json(FieldNotUnderstood(field="query", why="less_than_equal"))


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if request.method == "POST" and not request.body:  # Ninja parses nothing where nothing was sent
        return as_json(NotJson(reason="not_json_text"))
    first = error.errors[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    known = {"known": _known(first)} if first["type"] == "literal_error" else {}
    return as_json(FieldNotUnderstood(field=place[:100] or "body", why=str(first["type"]), **known))


def _known(error: Any) -> str:
    """The values that would have been taken; the checker tells them as `'open', 'all' or 'waiting'`."""
    return ", ".join(re.findall(r"'([^']+)'", error["ctx"]["expected"]))


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return as_json(NoSuchThing())


@api.exception_handler(OperationalError)
def _storage(request: HttpRequest, error: OperationalError) -> HttpResponse:
    return as_json(storage_refusal(error))


@api.exception_handler(Exception)
def _broke(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.error("%s %s broke", request.method, request.path, exc_info=error)
    return as_json(SomethingBroke())
