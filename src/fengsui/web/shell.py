"""What every page is told: who is here, in which language, for which centre, and every word its modules say."""

from typing import Any

import numpy as np
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fengsui.accounts.seats import said
from fengsui.accounts.who_may import MAY
from fengsui.base.actors import Actor
from fengsui.base.models import Area
from fengsui.force.models import Station, UnitKind
from fengsui.incidents.models import Disposition, IncidentType
from fengsui.places.city import City, city
from fengsui.places.tags import PLACE_CLASSES
from fengsui.web.switches import demo_switch
from fengsui.web.targets import TARGETS
from fengsui.web.words import WORDS
from fengsui.web.words_streets import closure_reasons

THEMES = ("dark", "light")
THEME_COOKIE = "fengsui_theme"


def page_of(request: HttpRequest, *, theme: str = "dark") -> dict[str, Any]:
    """The block of a page that needs no city: language, theme, who is signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    page: dict[str, Any] = {
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
        "theme": chosen if chosen in THEMES else theme,
        "csrf": get_token(request),
        "words": {key: _(sentence) for key, sentence in WORDS.items()},
        "demo": demo_switch.state() if settings.DEMO else None,
    }
    return page if actor is None else page | _who(request, actor)


def city_page(request: HttpRequest, *, theme: str = "dark") -> dict[str, Any]:
    """The block of a page with a map and a live stream."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return (
        page_of(request, theme=theme)
        | ground()
        | {
            "board": f"/api/v1/board?centre={actor.centre}",
            "live": f"/api/v1/live?centre={actor.centre}",
            "places": "/places/search?q=",
            "closed": "/api/v1/incidents?state=closed&limit=8",
            "types": [_labelled(one) for one in IncidentType.objects.order_by("order", "code")],
            "dispositions": [_labelled(one) for one in Disposition.objects.order_by("order", "code")],
            "kinds": [_labelled(one) for one in UnitKind.objects.order_by("order", "code")],
            "priorities": [1, 2, 3, 4],
            "closure_reasons": closure_reasons(),
            "targets": TARGETS,
        }
    )


def ground() -> dict[str, Any]:
    """What a map needs: tiles, extent, where the stations are. Nothing of it is about anybody."""
    here = city()
    return {
        "tiles": f"/map/{here.digest}/{{z}}/{{x}}/{{y}}.mvt",
        "bounds": bounds(here),
        "centre_at": centre_at(here),
        "stations": [
            {"name": station.name, "kind": station.kind, "lon": station.lon, "lat": station.lat}
            for station in Station.objects.filter(valid_to=None).order_by("pk")
        ],
    }


def bounds(here: City) -> list[float]:
    """West, south, east, north of the roads."""
    roads = here.roads
    return [float(roads.lon.min()), float(roads.lat.min()), float(roads.lon.max()), float(roads.lat.max())]


def centre_at(here: City) -> list[float]:
    """Where a map opens: the city's place node, else the middle junction."""
    places, roads = here.basemap.places, here.roads
    for i, number in enumerate(places.kind):
        if PLACE_CLASSES[number] == "city":
            return [float(places.lon[i]), float(places.lat[i])]
    return [float(np.median(roads.lon)), float(np.median(roads.lat))]


def _who(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    centre = Area.objects.get(code=actor.centre)
    return {
        "role": actor.role,
        "user": {"id": actor.id, "name": said(request.user.label)},  # type: ignore[union-attr]
        "centre": {"code": centre.code, "timezone": centre.timezone, **centre.name},
        "unit": actor.unit,
        "may": sorted(MAY[actor.role]),
    }


def _labelled(one: IncidentType | Disposition | UnitKind) -> dict[str, Any]:
    extra = {"priority": one.priority} if isinstance(one, IncidentType) else {}
    return {"code": one.code, **one.labels, **extra}
