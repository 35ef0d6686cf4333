"""Which streets are open now?

`streets_now()` tells the city's road network with every closure in force laid over it, whichever centre closed it. It
is asked again before each question: the closures lie in the database, so all processes of a server see one state.
"""

import threading
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from fengsui.journal.stores import READER
from fengsui.places.city import City, city
from fengsui.places.closures.models import Closure
from fengsui_engine.roads import RoadNetwork


@dataclass(frozen=True, eq=False)
class StreetsNow:
    """The streets as they may be driven. They never change: one question may ask them several times."""

    here: City
    stamp: tuple[object, ...]
    roads: RoadNetwork
    closures: str | None
    """Digest of the ids in force, for whoever must say which streets an answer rests on; None where all are open."""


_lock = threading.Lock()
_laid: StreetsNow | None = None


def streets_now() -> StreetsNow:
    """The streets as they may be driven now."""
    global _laid
    here, stamp = city(), Closure.objects.using(READER).stamp()
    laid = _laid
    if laid is None or not _is_of(laid, here, stamp):
        with _lock:
            laid = _laid
            if laid is None or not _is_of(laid, here, stamp):  # unless somebody else has just laid them
                laid = _laid = _lay(here, stamp)
    return laid


def _is_of(laid: StreetsNow, here: City, stamp: tuple[object, ...]) -> bool:
    return laid.here is here and laid.stamp == stamp


def _lay(here: City, stamp: tuple[object, ...]) -> StreetsNow:
    in_force = list(Closure.objects.using(READER).in_force().order_by("pk").values_list("pk", "pieces"))
    closed = [here.attacher.attach_known(str(pk), pieces) for pk, pieces in in_force]
    here.attacher.forget_but({str(pk) for pk, _ in in_force})
    roads = here.overlay.lay(closed=np.unique(np.concatenate(closed)) if closed else ())
    ids = " ".join(str(pk) for pk, _ in in_force)
    return StreetsNow(here, stamp, roads, sha256(ids.encode()).hexdigest()[:16] if ids else None)
