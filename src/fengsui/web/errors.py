"""Every refusal as an answer: a page for a person, the error object for a program; never a stack trace."""

import logging

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from fengsui.accounts.sessions import FromAnotherPage, NotSignedIn
from fengsui.base.refusals import NoSuchThing, SomethingBroke, StorageBusy, StorageFull, told
from fengsui.web.shell import page_of
from fengsui_engine.refusal import Refusal

_log = logging.getLogger(__name__)


def as_json(refusal: Refusal) -> JsonResponse:
    """The error object, its sentence in the reader's language."""
    unescaped = {"ensure_ascii": False}
    response = JsonResponse(told(refusal), status=refusal.status, json_dumps_params=unescaped)
    response["Cache-Control"] = "no-store"
    return response


def page_for(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The answer for an exception that a view let through; None leaves it to Django."""
    if isinstance(error, NotSignedIn) and not _is_program(request):
        return redirect(f"/sign-in?next={request.path}")
    if isinstance(error, OperationalError):
        return refusal_page(request, storage_refusal(error))
    return refusal_page(request, error) if isinstance(error, Refusal) else None


def storage_refusal(error: OperationalError) -> Refusal:
    """What the database could not do, as a person hears it."""
    return StorageFull() if "full" in str(error) else StorageBusy()


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What happened and what to do, with a stable code in grey; JSON where a program asked."""
    if _is_program(request):
        return as_json(refusal)
    context = {"page": page_of(request), "refusal": told(refusal)}
    return render(request, "web/refusal.html", context, status=refusal.status)


def _is_program(request: HttpRequest) -> bool:
    """A browser that opens a page says that it wants one; a script of ours, the map and other programs do not."""
    accepted = request.headers.get("Accept", "text/html")
    return request.path.startswith("/api/") or "text/html" not in accepted


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or whose page was too old."""
    return refusal_page(request, FromAnotherPage())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal_page(request, NoSuchThing())


def broke(request: HttpRequest) -> HttpResponse:
    return refusal_page(request, SomethingBroke())
