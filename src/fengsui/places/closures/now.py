"""Which streets are open now?

`streets_now()` is the city's road network with every closure in force laid over it, whichever centre closed it. It is
asked again before each question: the closures lie in the database, so all processes of a server see one state.
"""

import threading
from dataclasses import dataclass

import numpy as np

from fengsui.journal.stores import READER
from fengsui.places.city import City, city
from fengsui.places.closures.models import Closure
from fengsui_engine.roads import RoadNetwork


@dataclass(frozen=True, eq=False)
class _Laid:
    """What was laid over which city, for which state of the closures."""

    here: City
    stamp: tuple[object, ...]
    roads: RoadNetwork


_lock = threading.Lock()
_laid: _Laid | None = None


def streets_now() -> RoadNetwork:
    """The road network as it may be driven now; it never changes, so one question may ask it several times."""
    global _laid
    here, stamp = city(), Closure.objects.using(READER).stamp()
    laid = _laid
    if laid is None or laid.here is not here or laid.stamp != stamp:
        with _lock:
            laid = _laid = _Laid(here, stamp, _lay(here))
    return laid.roads


def _lay(here: City) -> RoadNetwork:
    in_force = Closure.objects.using(READER).in_force().order_by("pk").values_list("pieces", flat=True)
    closed = [here.attacher.attach(pieces)[0] for pieces in in_force]
    return here.overlay.lay(closed=np.unique(np.concatenate(closed)) if closed else ())
