"""In which order does a search look at nodes?

In buckets of equal width, used in a ring: a bucket holds what is reached within 2^shift milliseconds, and the longest
edge is shorter than the ring. Source: Dial (1969); for the width Meyer and Sanders (2003).
"""

import numpy as np

from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.per_thread import PerThread

BUCKETS_AN_EDGE = 8
MOST_BUCKETS = 2**14
MODEST_QUEUE = 2**15


class Buckets:
    """What one thread queues nodes in; what a search leaves there, the next one clears."""

    def __init__(self, mean_ms: int, longest_ms: int, n_entries: int) -> None:
        self.mean_ms, self.longest_ms = mean_ms, -1
        self.reach_over(longest_ms)
        self.make_room(n_entries)

    @classmethod
    def over(cls, roads: RoadNetwork) -> "Buckets":
        """Buckets that suit a network; each edge mostly comes once."""
        return cls(int(np.mean(roads.travel_ms)), roads.longest_ms, roads.n_edges + 4)

    def another(self) -> "Buckets":
        """The same for another thread, with room for a bounded search at first: a large queue takes large pages."""
        return Buckets(self.mean_ms, self.longest_ms, min(len(self.queue), MODEST_QUEUE))

    def reach_over(self, longest_ms: int) -> None:
        """Hold streets of up to so many milliseconds, no more: a longer ring takes longer to empty."""
        if longest_ms == self.longest_ms:
            return
        self.longest_ms = longest_ms
        self.shift, n_buckets = _width(self.mean_ms, longest_ms)
        self.bucket = np.empty(n_buckets, dtype=np.uint32)

    def make_room(self, n_entries: int) -> None:
        """A queue for so many entries: an item each, and the entry below it in its bucket."""
        self.queue = np.empty(n_entries, dtype=np.uint64)


def _width(mean_ms: int, longest_ms: int) -> tuple[int, int]:
    """Width of a bucket as a power of two, and how many there are: narrow enough that few edges stay inside one."""
    shift = (mean_ms // BUCKETS_AN_EDGE).bit_length()
    while (longest_ms >> shift) + 2 > MOST_BUCKETS:
        shift += 1
    return shift, 1 << ((longest_ms >> shift) + 1).bit_length()


_kept = PerThread(Buckets.over)


def buckets_of(roads: RoadNetwork) -> Buckets:
    """This thread's buckets for this network, long enough for its slowest street."""
    buckets = _kept.of(roads)
    buckets.reach_over(roads.longest_ms)
    return buckets
