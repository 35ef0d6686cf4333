"""What happens to every request: the content policy, the language, who is signed in."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from fengsui.accounts.sessions import Visitor, session_grant
from fengsui.base.refusals import MethodNotAllowed, language_of
from fengsui.web.errors import page_for, refusal_page

Handler = Callable[[HttpRequest], HttpResponse]

# Nothing from outside, nothing inline: fonts, map, workers and images are this server's own.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class ContentPolicy:
    """Strict content policy and its companions on every answer."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handler(request)
        response.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), payment=(), geolocation=(self)")
        return response


class Language:
    """The language a person chose, else the first of the browser's that Fengsui speaks, else Chinese."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.known = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in self.known else language_of(request.headers.get("Accept-Language", ""))
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.handler(request)
            response.headers.setdefault("Content-Language", language)
            return response


class SignedIn:
    """Put the session's account and actor on the request of a page. The API finds its own."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            grant = session_grant(request.session)
            request.user = Visitor() if grant is None else grant.account  # type: ignore[assignment]
            request.actor = None if grant is None else grant.actor()  # type: ignore[attr-defined]
        return self.handler(request)


class RefusalsAsPages:
    """A refusal on a page becomes a page that says what happened and what to do; on the API, the error object."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handler(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        told = refusal_page(request, MethodNotAllowed(method=request.method))
        told.headers["Allow"] = response.headers.get("Allow", "")
        return told

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return page_for(request, error)
