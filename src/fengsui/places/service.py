"""How does a new road file come into service while the city runs?

A timer looks at the two files. When they have changed, a thread of its own opens and checks them, and only a whole city
takes the place of the one that is served: whoever has begun a question ends it on the old one. Then the change is
written down, by the process that comes first, and every closure in force is looked for on the new streets; what could
not be written is tried again. A pair that cannot be used is told on stderr and left alone; the city runs on as it was.
"""

import logging
import threading
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections

from fengsui.base import clock
from fengsui.base.actors import system
from fengsui.base.models import Area
from fengsui.base.sqlite.fair_lock import as_job
from fengsui.journal.record import act, record
from fengsui.places.city import City, assemble, city, swap
from fengsui.places.closures.actions import reattach_closures
from fengsui.places.ground import map_path, open_ground
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
    """Sees when roads and map were replaced, serves the new ones, and has it noted which are served."""

    def __init__(self, roads_path: Path) -> None:
        self.roads_path = roads_path
        self._tried: Look | None = None
        """What the files looked like when they were opened last."""
        self._noted: str | None = None
        """Digest of the roads that are noted as in service."""
        self._working: threading.Thread | None = None

    def look(self, now: datetime) -> None:
        """To be called now and then; works in a thread of its own, and not twice at once."""
        if self._working is not None and self._working.is_alive():
            return
        if _look(self.roads_path) != self._tried or city().roads.digest != self._noted:
            self._working = threading.Thread(target=self._work, name="new-roads", daemon=True)
            self._working.start()

    def wait(self, timeout_s: float) -> None:
        """Until what was begun is done."""
        if self._working is not None:
            self._working.join(timeout_s)

    def _work(self) -> None:
        try:
            with as_job():
                self._serve()
                here = city()
                take_into_service(here, now=clock.now())
                self._noted = here.roads.digest
        except Exception:  # the outermost loop of a worker
            _log.exception("what roads are served could not be noted; it is tried again")
        finally:
            connections.close_all()

    def _serve(self) -> None:
        """Open the pair if it was not tried as it is now; serve it if it is another one, and whole."""
        found = _look(self.roads_path)
        if found == self._tried:
            return
        self._tried = found
        try:
            roads, basemap = open_ground(self.roads_path)
        except (Refusal, OSError) as refusal:
            _log.error("the road file was not taken into service: %s", refusal)
            return
        here = city()
        if (roads.digest, basemap.digest) != (here.roads.digest, here.basemap.digest):
            swap(assemble(roads, basemap))


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
