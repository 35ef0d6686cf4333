"""Pages for what went wrong: what happened, what to do, a stable code in grey, never a stack trace."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from fengsui.accounts.sessions import FromAnotherPage, NotSignedIn
from fengsui.base.refusals import NoSuchThing, SomethingBroke, told
from fengsui.web.shell import page_of
from fengsui_engine.refusal import Refusal

_log = logging.getLogger(__name__)


def page_for(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page for an exception that a view let through; None leaves it to Django."""
    if isinstance(error, NotSignedIn):
        return redirect(f"/sign-in?next={request.path}")
    return refusal_page(request, error) if isinstance(error, Refusal) else None


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(told(refusal), status=refusal.status)
    context = {"page": page_of(request), "refusal": told(refusal)}
    return render(request, "web/refusal.html", context, status=refusal.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or whose page was too old."""
    return refusal_page(request, FromAnotherPage())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal_page(request, NoSuchThing())


def broke(request: HttpRequest) -> HttpResponse:
    return refusal_page(request, SomethingBroke())
