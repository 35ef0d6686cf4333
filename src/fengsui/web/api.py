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
    StorageBusy,
    StorageFull,
    told,
)
from fengsui.incidents.api import router as incidents
from fengsui.live.api import router as live
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
api.add_router("", accounts)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The error object, sentence in the reader's language."""
    response: HttpResponse = api.create_response(request, told(refusal), status=refusal.status)
    response["Cache-Control"] = "no-store"
    return response


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return answer(request, refusal)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja wraps whatever its parser raised: what is told is the cause."""
    cause = error.__cause__
    if isinstance(cause, RequestDataTooBig):
        return answer(request, BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    return answer(request, cause if isinstance(cause, Refusal) else NotJson(reason="not_json_text"))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return answer(request, BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


@api.exception_handler(TooManyFieldsSent)
def _too_many(request: HttpRequest, _error: TooManyFieldsSent) -> HttpResponse:
    return answer(request, FieldNotUnderstood(field="query", why="less_than_equal"))


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if request.method == "POST" and not request.body:  # Ninja parses nothing where nothing was sent
        return answer(request, NotJson(reason="not_json_text"))
    first = error.errors[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    known = {"known": _known(first)} if first["type"] == "literal_error" else {}
    return answer(request, FieldNotUnderstood(field=place[:100] or "body", why=str(first["type"]), **known))


def _known(error: Any) -> str:
    """The values that would have been taken; the checker tells them as `'open', 'all' or 'waiting'`."""
    return ", ".join(re.findall(r"'([^']+)'", error["ctx"]["expected"]))


@api.exception_handler(Http404)
def _nothing(request: HttpRequest, _error: Http404) -> HttpResponse:
    return answer(request, NoSuchThing())


@api.exception_handler(OperationalError)
def _storage(request: HttpRequest, error: OperationalError) -> HttpResponse:
    return answer(request, StorageFull() if "full" in str(error) else StorageBusy())


@api.exception_handler(Exception)
def _broke(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.error("%s %s broke", request.method, request.path, exc_info=error)
    return answer(request, SomethingBroke())
