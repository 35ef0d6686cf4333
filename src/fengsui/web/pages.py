"""The pages: sign-in, desk, crew, incident. Each reads the request, asks one question and renders a whole page."""

from contextlib import suppress
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fengsui.accounts.models import Grant
from fengsui.accounts.seats import seats
from fengsui.accounts.sessions import NotSignedIn, WrongNameOrPassword, check_sign_in, sign_in, sign_out
from fengsui.accounts.who_may import Role, VerbNotAllowed, may, require
from fengsui.base import clock
from fengsui.base.actors import Actor
from fengsui.base.clock import from_microseconds
from fengsui.base.models import RetentionRule
from fengsui.base.refusals import NoSuchThing, told
from fengsui.incidents.models import Incident
from fengsui.incidents.particulars import RETENTION
from fengsui.incidents.rows import incident_rows
from fengsui.incidents.whole import whole_incident
from fengsui.journal.models import AccessLine
from fengsui.journal.stores import READER
from fengsui.web.incident.listed import CHOICES, choices, lines
from fengsui.web.incident.sheet import sheet
from fengsui.web.incident.words import purpose_word
from fengsui.web.shell import THEME_COOKIE, THEMES, city_page, ground, page_of
from fengsui.web.switches import demo_switch
from fengsui.web.voice import Voice, unit_names
from fengsui_engine.refusal import Refusal

_DESKS = {Role.CALL_TAKER, Role.DISPATCHER, Role.SHIFT_LEAD}
_A_YEAR_S = 365 * 24 * 3600
_LISTED = 100


def actor_of(request: HttpRequest, verb: str | None = None) -> Actor:
    """The page's actor, if its role has the verb."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise NotSignedIn()
    if verb is not None:
        require(actor, verb)
    return actor


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everyone's own first page: the desk, the crew's page, the list of incidents, or what an administrator finds."""
    actor = actor_of(request)
    if actor.role == Role.ADMINISTRATOR:
        return render(request, "web/administrator.html", {"page": page_of(request, theme="light")})
    if actor.role in _DESKS:
        return redirect("/desk")
    return redirect("/crew" if actor.role == Role.CREW else "/incidents")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Sign in by name and password; in the demo also by one click."""
    context: dict[str, Any] = {"refusal": None, "username": "", "next": _next(request)}
    if request.method == "POST":
        try:
            grant = check_sign_in(request.POST.get("username", "")[:64], request.POST.get("password", "")[:256])
        except WrongNameOrPassword as refusal:
            context |= {"refusal": told(refusal), "username": request.POST.get("username", "")[:64]}
        else:
            sign_in(request, grant)
            return redirect(_next(request))
    context |= {"page": page_of(request) | _ground_if_any(), "one_click": _one_click()}
    return render(request, "web/sign_in.html", context, status=401 if context["refusal"] else 200)


@require_safe
def map_ground(request: HttpRequest) -> HttpResponse:
    """What a map needs now: a page that was open while new roads came into service asks again."""
    response = JsonResponse(ground())
    response["Cache-Control"] = "no-store"
    return response


def _ground_if_any() -> dict[str, Any]:
    """The picture beside the form; one can sign in without a city too."""
    try:
        return ground()
    except Refusal:
        return {}


@require_POST
def one_click_sign_in(request: HttpRequest) -> HttpResponse:
    """The demo's one click: sign in as one of the accounts it offers, and no other."""
    offered = {str(one["grant"]) for one in _one_click()}
    wanted = request.POST.get("grant", "")
    if wanted not in offered:
        raise NoSuchThing()
    sign_in(request, Grant.objects.get(pk=UUID(wanted)))
    return redirect("/")


@require_POST
def sign_out_page(request: HttpRequest) -> HttpResponse:
    sign_out(request)
    return redirect("/sign-in")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    return _choose(request, settings.LANGUAGE_COOKIE_NAME, request.POST.get("language", ""), dict(settings.LANGUAGES))


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    return _choose(request, THEME_COOKIE, request.POST.get("theme", ""), THEMES)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The dispatcher's one screen."""
    actor = actor_of(request, "read_lists")
    if actor.role == Role.CREW:
        return redirect("/crew")
    return render(request, "web/desk.html", {"page": city_page(request)})


@require_safe
def crew(request: HttpRequest) -> HttpResponse:
    """The crew's page, for a phone."""
    actor = actor_of(request)
    if actor.role != Role.CREW:
        raise VerbNotAllowed(role=actor.role, verb="crew_page")
    return render(request, "web/crew.html", {"page": city_page(request)})


@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """Incidents of one's area, newest first, `?state=` open, closed, cancelled or all, `?before=` an id."""
    actor = actor_of(request, "read_lists")
    state = request.GET.get("state", "all")
    found = Incident.objects.using(READER).seen_by(actor).in_state(state if state in CHOICES else "all")
    with suppress(ValueError):
        found = found.filter(pk__lt=UUID(request.GET["before"])) if "before" in request.GET else found
    rows = incident_rows(found.order_by("-pk")[: _LISTED + 1])
    page = city_page(request, theme="light")
    voice = _voice(page, rows)
    context = {
        "page": page,
        "lines": lines(rows[:_LISTED], page=page, voice=voice, now=clock.now()),
        "choices": choices(state),
        "older": rows[_LISTED - 1]["id"] if len(rows) > _LISTED else None,
        "state": state if state in CHOICES else "all",
    }
    return render(request, "web/incidents.html", context)


@require_safe
def incident_page(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One incident whole: every act, who, when, how the time came to be. Opening it leaves an access line."""
    actor = actor_of(request, "read_incident")
    incident = Incident.objects.seen_by(actor).filter(pk=incident_id).first()
    if incident is None:
        raise NoSuchThing()
    page = city_page(request, theme="light")
    told = whole_incident(incident, by=actor, purpose="incident_page", now=clock.now())
    page["incident"] = {key: told[key] for key in ("id", "number", "state", "version", "lon", "lat", "type")}
    kept = sheet(
        told,
        page=page,
        voice=_voice(page, [told]),
        kept_until=incident.particulars.values_list("expires_at", flat=True).first(),
        kept_days=RetentionRule.objects.get(code=RETENTION).days,
        now=clock.now(),
    )
    access = _access_lines(incident, page) if may(actor, "read_access_lines") else None
    context = {"page": page, "incident": told, "sheet": kept, "access_lines": access}
    return render(request, "web/incident.html", context)


def _voice(page: dict[str, Any], rows: list[dict[str, Any]]) -> Voice:
    named = {one["unit"] for row in rows for one in row["assignments"]}
    named |= {one["source"].removeprefix("crew:") for row in rows for one in row.get("reports", [])}
    for entry in (entry for row in rows for entry in row.get("timeline", [])):
        named |= {unit for unit, *_ in (entry["facts"].get("recommendation") or {}).get("ranking", [])}
    return Voice(english=page["lang"] == "en", zone=ZoneInfo(page["centre"]["timezone"]), units=unit_names(named))


@require_POST
def demo_speed(request: HttpRequest) -> HttpResponse:
    """Faster, slower or paused: the generator only, never the server's clock."""
    actor_of(request, "set_demo_speed")
    if demo_switch.generator is None:
        raise NoSuchThing()
    speed, paused = request.POST.get("speed", ""), request.POST.get("paused", "")
    with transaction.atomic():
        demo_switch.generator.set(
            speed=int(speed) if speed in ("1", "10") else None,
            paused={"true": True, "false": False}.get(paused),
        )
    return HttpResponse(status=204)


def _access_lines(incident: Incident, page: dict[str, Any]) -> list[dict[str, Any]]:
    """Who read it, newest first."""
    found = list(AccessLine.objects.filter(kind="incident", about_id=str(incident.pk)).order_by("-pk")[:50])
    names = seats([line.actor for line in found])
    voice = _voice(page, [])
    return [
        {
            "at": f"{voice.day(from_microseconds(line.at))} {voice.time(from_microseconds(line.at))}",
            "name": names[line.actor],
            "role": line.role,
            "purpose": purpose_word(line.purpose),
        }
        for line in found
    ]


def _one_click() -> list[dict[str, Any]]:
    return [] if demo_switch.generator is None else demo_switch.generator.one_click()


def _choose(request: HttpRequest, cookie: str, value: str, known: Any) -> HttpResponse:
    response = redirect(_next(request)) if "next" in request.POST else HttpResponse(status=204)
    if value in known:
        response.set_cookie(cookie, value, max_age=_A_YEAR_S, samesite="Lax", httponly=cookie != THEME_COOKIE)
    return response


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: a path of this site. A bare word is none: `redirect` would look for a view so named."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    is_here = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_here else "/"
