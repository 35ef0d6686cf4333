"""Who reaches what within a limit, many to many?

    within = matrix(roads, posts, limit_ms=300_000, threads=2)
    junctions, ms = within.row(0)                                        # of the first post
    near = matrix(roads, posts, targets=houses, limit_ms=300_000)        # the same between places

One bounded search a place, and only what is reached is kept: rows of ascending numbers, as sparse matrices have them
(`scipy.sparse.csr_array((m.ms, m.to, m.first))`). Two threads give the same arrays as one.
"""

import mmap
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.buckets import Buckets, buckets_of
from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.reach import checked_limit, nowhere
from fengsui_engine.roads.refusals import CountOutOfRange
from fengsui_engine.roads.snap import Snapped
from fengsui_engine.roads.targets import entries_of

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bits = NDArray[np.uint64]
Heads = NDArray[np.uint32]

ROWS_A_BLOCK = 16
"""What one thread does at a time: few enough that what waits to be appended is small."""
ROOM = 2**14
"""Entries that a thread has room for at first."""
SPARE, MOST_AT_ONCE = 1.03, 2
"""What is not done yet is guessed from what is, and a little more; but the first rows may be the longest, so that no
more is asked of the system than so many times what is there."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Times between places, as far as the limit reaches; k rows."""

    first: Longs
    """(k+1,) row i is first[i] … first[i+1]-1."""
    to: Ints
    """(entries,) junctions, or targets; ascending within a row."""
    ms: Ints
    """(entries,) milliseconds."""

    def __len__(self) -> int:
        return len(self.to)

    def row(self, source: int) -> tuple[Ints, Ints]:
        """What one source reaches, and how soon."""
        entries = slice(self.first[source], self.first[source + 1])
        return self.to[entries], self.ms[entries]


def matrix(
    roads: RoadNetwork, sources: Snapped, *, limit_ms: int, targets: Snapped | None = None, threads: int = 1
) -> Matrix:
    """Times from each of many places to all junctions, or all targets, within a limit.

    Args:
        roads: the road network.
        sources: (k,) where crews start; the row of one that is not near a road is empty.
        limit_ms: milliseconds; what is farther is left out.
        targets: places to reach instead of all junctions; one that is not near a road is never reached.
        threads: how many search at once.

    Returns:
        k rows. The arrays grow in place, so that memory stays near what they take.

    Raises:
        LimitOutOfRange: the limit is below 0 or above LONGEST_LIMIT_MS.
        CountOutOfRange: there is no thread.

    Source:
        As `reach`; for ascending order without sorting, one bit a junction.
    """
    if threads < 1:
        raise CountOutOfRange(what="threads", count=threads)
    search = _Search(roads, sources, checked_limit(limit_ms), targets)
    lanes = [search.lane() for _ in range(max(1, min(threads, search.n_blocks)))]
    with ThreadPoolExecutor(len(lanes)) as pool:  # this thread has a lane too: the pool starts one thread less
        others = [pool.submit(search.run, lane) for lane in lanes[1:]]
        search.run(lanes[0])
        for other in others:
            other.result()
    return search.rows.finished()


class _Growing:
    """An array that is appended to, in pages of its own: the system moves those without copying them."""

    def __init__(self, n_rows: int) -> None:
        self.n_rows, self.size = n_rows, 0
        self.pages = _pages(mmap.PAGESIZE)
        self.entries: Ints = np.frombuffer(self.pages, dtype=np.int32)

    def append(self, entries: Ints, n_done: int) -> None:
        """More entries; with them so many rows are done."""
        end = self.size + len(entries)
        if end > len(self.entries):
            guess = int(end / n_done * self.n_rows * SPARE)
            self._make_room(min(max(end, guess), MOST_AT_ONCE * end))
        self.entries[self.size : end] = entries
        self.size = end

    def finished(self) -> Ints:
        """The array, no longer than what was appended."""
        self._make_room(max(self.size, 1))
        return self.entries[: self.size]

    def _make_room(self, n_entries: int) -> None:
        del self.entries  # an array upon them would hold the pages where they are
        n_bytes = n_entries * np.dtype(np.int32).itemsize
        try:
            self.pages.resize(n_bytes)
        except SystemError:  # a system that cannot move pages
            older, self.pages = self.pages, _pages(n_bytes)
            self.pages[: min(len(older), n_bytes)] = older[:n_bytes]
        if hasattr(mmap, "MADV_HUGEPAGE"):  # a page less to be fetched for every 2 MB, not for every 4 kB
            with suppress(OSError):
                self.pages.madvise(mmap.MADV_HUGEPAGE)
        self.entries = np.frombuffer(self.pages, dtype=np.int32)


def _pages(n_bytes: int) -> mmap.mmap:
    """Memory of this process alone; what is not written takes none."""
    if sys.platform == "win32":
        return mmap.mmap(-1, n_bytes)
    return mmap.mmap(-1, n_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


class _Block(NamedTuple):
    """Rows that are done."""

    lengths: Longs
    to: Ints
    ms: Ints


class _Rows:
    """All rows; blocks come from several threads and are put in order."""

    def __init__(self, n_rows: int) -> None:
        self.first, self.n_done = np.zeros(n_rows + 1, dtype=np.int64), 0
        self.to, self.ms = _Growing(n_rows), _Growing(n_rows)
        self._early: dict[int, _Block] = {}
        self._turn = threading.Lock()

    def add(self, row: int, block: _Block) -> None:
        """Rows from `row` on. What comes before its turn is kept as a copy, because the lane goes on."""
        with self._turn:
            if row != self.n_done:
                self._early[row] = _Block(block.lengths, block.to.copy(), block.ms.copy())
                return
            self._append(block)
            while self.n_done in self._early:
                self._append(self._early.pop(self.n_done))

    def _append(self, block: _Block) -> None:
        begin, self.n_done = self.n_done, self.n_done + len(block.lengths)
        self.first[begin + 1 : self.n_done + 1] = self.first[begin] + np.cumsum(block.lengths)
        self.to.append(block.to, self.n_done)
        self.ms.append(block.ms, self.n_done)

    def finished(self) -> Matrix:
        return Matrix(self.first, self.to.finished(), self.ms.finished())


class _Search:
    """Blocks of rows, searched by one or several threads, each in a lane of its own."""

    def __init__(self, roads: RoadNetwork, sources: Snapped, limit_ms: int, targets: Snapped | None) -> None:
        self.roads, self.sources, self.limit_ms = roads, sources, limit_ms
        self.n_targets = 0 if targets is None else len(targets)
        self.targets = None if targets is None else entries_of(roads, targets)
        starts = range(0, len(sources), ROWS_A_BLOCK)
        self.n_blocks, self.starts = len(starts), iter(starts)
        self.rows = _Rows(len(sources))
        self.buckets = buckets_of(roads)

    def lane(self) -> "_Lane":
        return _Lane(self.roads, self.buckets.another(), self.n_targets)

    def run(self, lane: "_Lane") -> None:
        """Take one block after the other until none is left; when one fails, nobody need do the others."""
        try:
            for start in self.starts:  # threads take turns at it: each block is taken once
                self.rows.add(start, self._block(self.sources[start : start + ROWS_A_BLOCK], lane))
        except BaseException:
            for _ in self.starts:
                pass
            raise

    def _block(self, sources: Snapped, lane: "_Lane") -> _Block:
        """Search until every row has found room."""
        from fengsui_engine.roads.kernels.parts import NO_ROOM
        from fengsui_engine.roads.kernels.spread import pairs_within, rows_within

        roads, first, row = self.roads, np.zeros(len(sources) + 1, dtype=np.int64), 0
        search: Callable[..., int] = rows_within if self.targets is None else pairs_within
        network = (
            roads.first_out, roads.onward, roads.tail, roads.head, roads.travel_ms, roads.metres, roads.twin,
            roads.node_copied, roads.n_junctions,
        )  # fmt: skip
        targets, of_targets = (self.targets, lane.of_targets) if self.targets is not None else ((), ())
        while row < len(sources):
            row = search(
                *network, sources.edge, sources.fraction, row, self.limit_ms + 1, *targets,
                *lane.workspace(), *of_targets, first, *lane.answers,
            )  # fmt: skip
            if row < 0:
                row = NO_ROOM - row
                lane.buckets.make_room(2 * len(lane.buckets.queue))
            elif row < len(sources):
                lane.make_room()
        to, ms = (column[: first[-1]] for column in lane.answers)
        return _Block(np.diff(first), to, ms)


class _Lane:
    """What one thread writes."""

    def __init__(self, roads: RoadNetwork, buckets: Buckets, n_targets: int) -> None:
        self.buckets, self.reached = buckets, nowhere(roads.n_nodes)
        self.of_targets = nowhere(n_targets)
        self.answers = np.empty((2, ROOM), dtype=np.int32)

    def workspace(self) -> tuple[int | Ints | Bits | Heads, ...]:
        """In the order of the kernels."""
        return self.buckets.shift, *self.reached, self.buckets.bucket, self.buckets.queue

    def make_room(self) -> None:
        """For longer rows; what is there stays."""
        longer = np.empty((2, 2 * self.answers.shape[1]), dtype=np.int32)
        longer[:, : self.answers.shape[1]] = self.answers
        self.answers = longer
