"""How does a new road file come into service while the city runs?

A timer looks at the two files. When they have changed, a thread of its own loads and checks them, and only a whole city
takes the place of the one that is served: whoever has begun a question ends it on the old one. Then the change is
written down, once for all processes, and every closure in force is looked for on the new streets. A pair that cannot be
used is told on stderr and left alone; the city runs on as it was.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections

from fengsui.base import clock
from fengsui.base.actors import system
from fengsui.base.models import Area
from fengsui.base.sqlite.fair_lock import as_job
from fengsui.journal.record import act, record
from fengsui.places.city import City, city, load_city, swap
from fengsui.places.closures.actions import reattach_closures
from fengsui.places.ground import map_path
from fengsui.places.models import RoadFile
from fengsui_engine.refusal import Refusal

_log = logging.getLogger(__name__)
Look = tuple[tuple[int, int, int], ...]


def take_into_service(here: City, *, now: datetime) -> None:
    """Note that this city's roads are in service from now on, tell every centre, and look for the closures there.

    What is in service already is not noted again; the first file of all is noted and told nobody, for nothing changed.
    """
    _note(here, now=now)
    reattach_closures(here, now=now)


@act()
def _note(here: City, *, now: datetime) -> None:
    was: RoadFile | None = RoadFile.objects.select_for_update().in_service().first()
    roads = here.roads
    if was is not None and was.digest == roads.digest:
        return
    RoadFile.objects.in_service().update(valid_to=now)
    new = RoadFile.objects.create(
        digest=roads.digest,
        source=roads.source[:255],
        junctions=roads.n_junctions,
        edges=roads.n_street_edges,
        metres=roads.metres_total,
        valid_from=now,
    )
    if was is None:
        return
    facts = {"was": was.digest, "roads": new.digest, "junctions": new.junctions, "edges": new.edges}
    for centre in Area.objects.centres().order_by("code").values_list("code", flat=True):
        record("roads.in_service", centre=centre, about=[new], by=system(centre), facts=facts, now=now)


class GroundWatch:
    """Sees when roads and map were replaced, and serves the new ones. The first look takes those that are there."""

    def __init__(self, roads_path: Path) -> None:
        self.roads_path = roads_path
        self._seen = _look(roads_path)
        self._loading: threading.Thread | None = None
        self._is_begun = False

    def look(self, now: datetime) -> None:
        """To be called now and then; loads in a thread of its own, and not twice at once."""
        found = _look(self.roads_path)
        if self._loading is not None and self._loading.is_alive():
            return
        if not self._is_begun:
            self._begin(self._take_those_there)
        elif found != self._seen:
            self._begin(self._take_new)
        self._seen, self._is_begun = found, True

    def wait(self, timeout_s: float) -> None:
        """Until what was begun is done."""
        if self._loading is not None:
            self._loading.join(timeout_s)

    def _begin(self, job: Callable[[], None]) -> None:
        self._loading = threading.Thread(target=_as_a_job, args=(job,), name="new-roads", daemon=True)
        self._loading.start()

    def _take_those_there(self) -> None:
        take_into_service(city(), now=clock.now())

    def _take_new(self) -> None:
        new = load_city(self.roads_path)
        swap(new)
        take_into_service(new, now=clock.now())


def _as_a_job(job: Callable[[], None]) -> None:
    try:
        with as_job():
            job()
    except (Refusal, OSError) as refusal:
        _log.error("the road file was not taken into service: %s", refusal)
    except Exception:  # the outermost loop of a worker
        _log.exception("the road file was not taken into service")
    finally:
        connections.close_all()


def _look(roads_path: Path) -> Look:
    """What the two files look like from outside; nothing where they are not."""
    found = []
    for path in (roads_path, map_path(roads_path)):
        try:
            told = path.stat()
        except OSError:
            return ()
        found.append((told.st_ino, told.st_size, told.st_mtime_ns))
    return tuple(found)


def watch() -> GroundWatch:
    """A watch over the files that this installation serves."""
    return GroundWatch(Path(settings.FENGSUI_ROADS))
