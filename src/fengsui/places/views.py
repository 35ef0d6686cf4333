"""The map's tiles and the search for places, over HTTP."""

import gzip
import math

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from fengsui.accounts.sessions import NotSignedIn
from fengsui.accounts.who_may import require
from fengsui.base.actors import Actor
from fengsui.places.city import City, city
from fengsui.places.tiles import encode_tile, is_tile
from fengsui_engine.refusal import Refusal, say

FOR_GOOD = "public, max-age=31536000, immutable"
PACKING = 6
LONGEST_NUMBER = 40


class NoSuchTile(Refusal):
    sentence = say("This map has no such tile. Reload the page to get the present map.")
    status = 404


@require_safe
def tile(request: HttpRequest, digest: str, z: int, x: int, y: int) -> HttpResponse:
    """One tile. Its address names the picture's digest, so a browser may keep it for good; 204 where it is empty."""
    here = city()
    if digest != here.digest or not is_tile(z, x, y):
        raise NoSuchTile()
    etag = f'"{digest}-{z}-{x}-{y}"'
    if etag in request.headers.get("If-None-Match", ""):
        return _for_good(HttpResponse(status=304), etag)
    packed = packed_tile(here, z, x, y)
    if not packed:
        empty = HttpResponse(status=204)
        del empty["Content-Type"]
        return _for_good(empty, etag)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return _for_good(_drawn(gzip.decompress(packed)), etag)
    response = _drawn(packed)
    response["Content-Encoding"] = "gzip"
    return _for_good(response, etag)


def packed_tile(here: City, z: int, x: int, y: int) -> bytes:
    """The tile as gzip, from the cache if it is there; empty where nothing is drawn."""
    key = (z, x, y)
    kept = here.cache.get(key)
    if kept is not None:
        return kept
    drawn = encode_tile(here.tiles, z, x, y)
    packed = gzip.compress(drawn, PACKING, mtime=0) if drawn else b""
    here.cache.put(key, packed)
    return packed


def _drawn(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type="application/vnd.mapbox-vector-tile")


def _for_good(response: HttpResponse, etag: str) -> HttpResponse:
    response["Cache-Control"] = FOR_GOOD
    response["ETag"] = etag
    response["Vary"] = "Accept-Encoding"
    return response


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`?q=…&lon=&lat=` → `{"items": [{"kind", "name": {"zh", "en"}, "lon", "lat"}]}`, best first, ten at most."""
    _require_reader(request)
    near = _number(request, "lon"), _number(request, "lat")
    items = city().search.find(request.GET.get("q", ""), lon=near[0], lat=near[1])
    response = JsonResponse({"items": [item.as_json() for item in items]})
    response["Cache-Control"] = "no-store"
    return response


def _require_reader(request: HttpRequest) -> None:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise NotSignedIn()
    require(actor, "search_places")


def _number(request: HttpRequest, name: str) -> float | None:
    """A number of the query; what cannot be read is as if it were not there, since it only orders the answers."""
    try:
        number = float(request.GET.get(name, "")[:LONGEST_NUMBER])
    except ValueError:
        return None
    return number if math.isfinite(number) else None
