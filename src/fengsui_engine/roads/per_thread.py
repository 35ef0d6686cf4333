"""What does one thread keep for a network, so that the next search need not make it again?"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from fengsui_engine.roads.network import RoadNetwork

Kept = TypeVar("Kept")


class PerThread(Generic[Kept]):
    """One thing for each thread and network, whatever is closed or slow on it; it goes when the network goes."""

    def __init__(self, make: Callable[[RoadNetwork], Kept]) -> None:
        self._make, self._of_thread = make, threading.local()

    def of(self, roads: RoadNetwork) -> Kept:
        """This thread's own; made from the network as built when it is first asked for."""
        built = roads.as_built
        kept: WeakKeyDictionary[RoadNetwork, Kept] | None = getattr(self._of_thread, "kept", None)
        if kept is None:
            kept = self._of_thread.kept = WeakKeyDictionary()
        found = kept.get(built)
        if found is None:
            found = kept[built] = self._make(built)
        return found
