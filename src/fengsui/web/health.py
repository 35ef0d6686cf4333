"""`/healthz`: ready only while the database answers, the roads are there and the timers tick."""

from django.db import DatabaseError, connections
from django.http import HttpRequest, JsonResponse

from fengsui.base.timers import timers
from fengsui.journal.stores import READER
from fengsui.places.city import city
from fengsui.places.ground import CityMissing
from fengsui.web.warmth import warmth


def healthz(request: HttpRequest) -> JsonResponse:
    """200 `{"ready": true, "kernels": "warming"|"warm"}`, or 503 with what is missing."""
    missing = [
        what
        for what, is_there in (("database", _database), ("roads", _roads), ("timers", timers.are_ticking))
        if not is_there()
    ]
    answer = {"ready": not missing, "kernels": "warm" if warmth.is_warm else "warming"}
    return JsonResponse(answer | ({"missing": missing} if missing else {}), status=503 if missing else 200)


def _database() -> bool:
    try:
        with connections[READER].cursor() as cursor:
            cursor.execute("SELECT 1 FROM journal_head LIMIT 1")
    except DatabaseError:
        return False
    return True


def _roads() -> bool:
    try:
        return city().roads.n_nodes > 0
    except CityMissing:
        return False
