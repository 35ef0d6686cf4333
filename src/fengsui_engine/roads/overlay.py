"""What is closed or slow just now, laid over a road network that never changes?

    overlay = Overlay(roads)
    today = overlay.lay(closed=[17, 18], slowed=[40], speed=[0.5])   # a RoadNetwork: ask it anything
    later = overlay.lay()                                            # all open again; `today` stays as it was

The network that `lay` gives is never changed afterwards, so that a search, or a row of searches, sees one state of the
streets whatever other threads lay meanwhile. It shares all arrays with the network as built but the three that tell
times; those are taken from networks that nobody holds any more (so keep the network, not its arrays), and laying costs
as many stores as there are changes, not as there are streets.
"""

import threading
from dataclasses import dataclass
from weakref import finalize

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fengsui_engine.roads.geodesy import millimetres
from fengsui_engine.roads.network import RoadNetwork
from fengsui_engine.roads.refusals import EdgeOutsideNetwork, EdgeSlowedTwice, SpeedOutOfRange

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

NOTHING: Longs = np.empty(0, dtype=np.int64)
LEAST_SPEED, MOST_SPEED = 0.01, 10.0
"""Shares of the usual speed. Slower than the least is as good as closed: close it."""
MOST_FREE = 2
LONGEST_MS = 2**30
"""An edge that is slowed takes no longer than this, twelve days, so that sums stay small."""


class Overlay:
    """Closures and speeds over one road network; may be used from several threads."""

    def __init__(self, roads: RoadNetwork) -> None:
        self.roads = roads.as_built
        self.now: RoadNetwork = self.roads
        """What was laid last."""
        self._turn = threading.Lock()
        self._free: list[_Times] = []
        self._row_of: Ints | None = None

    def lay(self, *, closed: ArrayLike = (), slowed: ArrayLike = (), speed: ArrayLike = ()) -> RoadNetwork:
        """The network with exactly these changes; those laid before are gone.

        Args:
            closed: (c,) edges that nobody drives through. A place on one is still reached from both of its ends, and
                left by both, as far as the street is driven that way; so is the end of a closed cul-de-sac, for
                nobody drives through one.
            slowed: (s,) edges with another speed; none twice.
            speed: (s,) share of the usual speed, LEAST_SPEED to MOST_SPEED. A time becomes floor(ms / speed + 0.5).

        Returns:
            A network that answers as one built with these times and without the closed edges would. Its digest is that
            of the network as built.

        Raises:
            EdgeOutsideNetwork: there is no such edge.
            EdgeSlowedTwice: an edge is given two speeds.
            SpeedOutOfRange: a speed is none, or as many are not told as there are edges slowed.
        """
        closed_edges, slowed_edges = self._edges(closed), self._edges(slowed)
        edges, counts = np.unique(slowed_edges, return_counts=True)
        for edge in edges[counts > 1]:
            raise EdgeSlowedTwice(edge=int(edge))
        with self._turn:
            if not len(closed_edges) and not len(slowed_edges):
                self.now = self.roads
            else:
                self.now = self._laid(closed_edges, slowed_edges, _speeds(speed, len(slowed_edges)))
            return self.now

    def _edges(self, edges: ArrayLike) -> Longs:
        number = np.atleast_1d(np.asarray(edges, dtype=np.int64))
        for edge in number[(number < 0) | (number >= self.roads.n_street_edges)]:
            raise EdgeOutsideNetwork(edge=int(edge), n_edges=self.roads.n_street_edges)
        return number

    def _laid(self, closed: Longs, slowed: Longs, speed: Floats) -> RoadNetwork:
        times = self._free.pop() if self._free else _Times.of(self.roads)
        times.restore(self.roads)
        slowed, speed = self._with_copies(slowed, speed)
        ms = np.minimum(np.floor(self.roads.travel_ms[slowed] / speed + 0.5), LONGEST_MS).astype(np.int32)
        times.slow(slowed, self._rows(slowed), ms)
        closed = np.unique(closed)
        closed, _ = self._with_copies(closed, np.empty(len(closed)))
        shut = closed[~_leads_nowhere_else(self.roads, closed)]
        times.close(self.roads, shut, self._rows(shut))
        longest_ms = max(self.roads.longest_ms, int(ms.max(initial=0)))
        changed = ChangedRoads.over(self.roads, times, longest_ms, closed=closed)
        finalize(changed, _take_back, self._free, times).atexit = False
        return changed

    def _with_copies(self, edges: Longs, values: Floats) -> tuple[Longs, Floats]:
        """A street that turn bans copied changes with its copies."""
        if not len(self.roads.edge_copied):
            return edges, values
        order = np.argsort(edges, kind="stable")
        place = np.searchsorted(edges[order], self.roads.edge_copied)
        is_one = np.zeros(len(place), dtype=bool)
        inside = place < len(edges)
        is_one[inside] = edges[order][place[inside]] == self.roads.edge_copied[inside]
        copies = self.roads.n_street_edges + np.flatnonzero(is_one)
        return np.concatenate((edges, copies)), np.concatenate((values, values[order][place[is_one]]))

    def _rows(self, edges: Longs) -> Longs:
        """The rows of `into` that describe these edges."""
        if self._row_of is None:
            self._row_of = np.empty(self.roads.n_edges, dtype=np.int32)
            self._row_of[self.roads.into_edge] = np.arange(self.roads.n_edges, dtype=np.int32)
        return self._row_of[edges].astype(np.int64)


@dataclass
class _Times:
    """The arrays of a network that tell times and ways, to be written, and where they differ from those as built."""

    travel_ms: Ints
    into: Ints
    onward: Ints
    edges: Longs
    rows: Longs

    @classmethod
    def of(cls, roads: RoadNetwork) -> "_Times":
        nothing = np.empty(0, dtype=np.int64)
        return cls(roads.travel_ms.copy(), roads.into.copy(), roads.onward.copy(), nothing, nothing)

    def restore(self, roads: RoadNetwork) -> None:
        """As built again."""
        self.travel_ms[self.edges] = roads.travel_ms[self.edges]
        self.onward[self.edges] = roads.onward[self.edges]
        self.into[self.rows] = roads.into[self.rows]
        self.edges = self.rows = np.empty(0, dtype=np.int64)

    def slow(self, edges: Longs, rows: Longs, ms: Ints) -> None:
        self._note(edges, rows)
        self.travel_ms[edges] = self.onward[edges, 1] = self.into[rows, 1] = ms

    def close(self, roads: RoadNetwork, edges: Longs, rows: Longs) -> None:
        """Lead each edge back to where a search comes from: kernels need not ask whether it is open."""
        self._note(edges, rows)
        self.onward[edges, 0], self.into[rows, 0] = roads.tail[edges], roads.head[edges]

    def _note(self, edges: Longs, rows: Longs) -> None:
        self.edges, self.rows = np.concatenate((self.edges, edges)), np.concatenate((self.rows, rows))


class ChangedRoads(RoadNetwork):
    """A road network with closures and changed speeds. Nothing is checked again: it differs in times alone."""

    @classmethod
    def over(cls, roads: RoadNetwork, times: _Times, longest_ms: int, *, closed: Longs = NOTHING) -> "ChangedRoads":
        """Share every array of `roads` but those of `times`."""
        changed = object.__new__(cls)
        columns = {name: _only_read(getattr(times, name)) for name in ("travel_ms", "into", "onward")}
        told = {"longest_ms": longest_ms, "_closed": closed, "_as_built": roads}
        changed.__dict__.update(roads.__dict__ | columns | told)
        return changed

    @property
    def closed(self) -> Longs:
        """(c,) edges that nobody drives through, copies included."""
        closed: Longs = self.__dict__["_closed"]
        return closed

    @property
    def as_built(self) -> RoadNetwork:
        """The network that the changes were laid over."""
        built: RoadNetwork = self.__dict__["_as_built"]
        return built


def _take_back(free: list[_Times], times: _Times) -> None:
    """Nobody holds the network any more; a few sets of arrays are enough for whoever lays next.

    It knows the list alone: an overlay that waited here would hold the network that it laid last.
    """
    if len(free) < MOST_FREE:
        free.append(times)


def _leads_nowhere_else(roads: RoadNetwork, edges: Longs) -> NDArray[np.bool_]:
    """Whether an end of each edge is the end of a cul-de-sac: a junction that no other street leads to or from."""
    return np.array(
        [any(_is_end(roads, v, edge) for v in (roads.tail[edge], roads.head[edge])) for edge in edges], bool
    )


def _is_end(roads: RoadNetwork, v: int, edge: int) -> bool:
    leaving = range(roads.first_out[v], roads.first_out[v + 1])
    entering = roads.into_edge[roads.first_in[v] : roads.first_in[v + 1]]
    street = roads.street_edge_of(int(edge))
    own = {street, int(roads.twin[street])}
    met = (
        roads.street_edge_of(int(other)) for other in (*leaving, *entering) if roads.tail[other] != roads.head[other]
    )
    return roads.tail[edge] != roads.head[edge] and own.issuperset(met)


def by_length(roads: RoadNetwork) -> RoadNetwork:
    """The same streets with their millimetres for milliseconds: what is fastest there is the shortest way here."""
    built = roads.as_built
    times = _Times.of(built)
    mm = millimetres(built.metres).astype(np.int32)
    times.travel_ms[:] = times.onward[:, 1] = mm
    times.into[:, 1] = built.into[:, 2]
    return ChangedRoads.over(built, times, int(mm.max()))


def _only_read(array: Ints) -> Ints:
    view = array.view()
    view.flags.writeable = False
    return view


def _speeds(speed: ArrayLike, n: int) -> Floats:
    shares = np.atleast_1d(np.asarray(speed, dtype=np.float64))
    if len(shares) != n:
        raise SpeedOutOfRange(speed=None, least=LEAST_SPEED, most=MOST_SPEED)
    for share in shares[~((shares >= LEAST_SPEED) & (shares <= MOST_SPEED))]:
        raise SpeedOutOfRange(speed=None if np.isnan(share) else float(share), least=LEAST_SPEED, most=MOST_SPEED)
    return shares
