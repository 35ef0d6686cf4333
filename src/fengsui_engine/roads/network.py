"""What is a road network, once it is only numbers?

Nodes are junctions, numbered from 0. Edges are directed: a two-way street is two edges that are each other's
`twin`. Everything is a flat array, so that a network is mapped from one file in a moment, shared by processes, and
walked by kernels without a Python object in sight. Edges are sorted by the node they leave (`first_out`, `onward`),
and listed a second time by the node they enter (`first_in`, `into`), because most questions are asked backwards: who
reaches this incident first?

Where a network obeys turn bans, a junction that is entered from a street with a banned turn stands there once more: a
*copy*, which that street enters instead, and which lacks the way that is banned. Copies come last, nodes and edges
alike, so that whoever draws or counts streets stops before them (`n_junctions`, `n_street_edges`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from os import PathLike
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.array_file import digest_of
from fengsui_engine.roads.geodesy import millimetres
from fengsui_engine.roads.grid import StreetGrid, sort_into_cells
from fengsui_engine.roads.refusals import RoadsInconsistent

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


class StreetName(NamedTuple):
    """A street's name; both are empty for a street without one."""

    zh: str
    en: str


UNNAMED = StreetName("", "")
LONGEST_MM = 2**31
"""An edge is shorter: 2,147 km."""


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Streets as flat arrays; n nodes, m directed edges, s shape points. All arrays are read-only.

    `travel_ms` are whole milliseconds, rounded once; `metres` are whole millimetres. Times and lengths of one edge stay
    below 2³¹.
    """

    lon: Floats
    """(n,) degrees."""
    lat: Floats
    """(n,) degrees."""
    first_out: Ints
    """(n+1,) the edges that leave node v are first_out[v] … first_out[v+1]-1."""
    tail: Ints
    """(m,) node that the edge leaves."""
    head: Ints
    """(m,) node that the edge enters."""
    travel_ms: Ints
    """(m,) milliseconds."""
    metres: Floats
    """(m,) metres."""
    twin: Ints
    """(m,) the same street driven the other way, or -1."""
    way: Longs
    """(m,) OpenStreetMap way; of several, the first. 0 where there is none."""
    from_osm: Longs
    """(m,) identity of the node left, in the source."""
    to_osm: Longs
    """(m,) identity of the node entered, in the source."""
    name: Ints
    """(m,) index into `names`; 0 is a street without a name."""
    road_class: Bytes
    """(m,) index into ROAD_CLASSES."""
    shape_first: Ints
    """(m+1,) the shape of edge e is the points shape_first[e] … shape_first[e+1]-1, both ends included."""
    shape_lon: Floats
    """(s,) degrees."""
    shape_lat: Floats
    """(s,) degrees."""
    first_in: Ints
    """(n+1,) the edges that enter node v are rows first_in[v] … first_in[v+1]-1 of `into`."""
    into_edge: Ints
    """(m,) edge of each row of `into`."""
    into: Ints
    """(m, 3) that edge as searches read it: node left, milliseconds, millimetres. An edge that nobody may drive through
    leads back to the node it enters, so that it helps no search."""
    onward: Ints
    """(m, 2) edge e as searches along the streets read it: node entered, milliseconds. A closed one enters its tail."""
    node_copied: Ints
    """(…,) the junction that each of the last nodes is a copy of."""
    edge_copied: Ints
    """(…,) the edge that each of the last edges is a copy of."""
    grid_first: Ints
    """(cells+1,) see StreetGrid."""
    grid_point: Ints
    """(…,) see StreetGrid."""
    grid_frame: Floats
    """(4,) west, south, width and height of a cell; degrees."""
    grid_size: Ints
    """(2,) columns, rows."""
    names: tuple[StreetName, ...]
    source: str
    """Name of the file that it was built from."""
    dropped_nodes: int
    """Nodes (of the source, before compression) left out because they are not in the strongly connected core."""
    dropped: Mapping[str, int]
    """What else the source holds and the network does not, counted by why; see `fengsui_engine.roads.osm`."""
    obeys_turns: bool
    """Whether turn bans hold; crews on a call need not obey them."""
    digest: str
    """SHA-256 over all of the above."""

    def __post_init__(self) -> None:
        for name, (dtype, n_dimensions) in ARRAYS.items():
            array = getattr(self, name)
            if array.dtype != dtype or array.ndim != n_dimensions:
                raise RoadsInconsistent(detail=f"{name} is {array.ndim}-dimensional {array.dtype}")
            array.flags.writeable = False
        _check_sizes(self)
        _check_ranges(self)

    @property
    def n_nodes(self) -> int:
        """Number of nodes, copies included."""
        return len(self.lon)

    @property
    def n_junctions(self) -> int:
        """Number of junctions; nodes from here on are copies."""
        return len(self.lon) - len(self.node_copied)

    @property
    def n_edges(self) -> int:
        """Number of directed edges, copies included."""
        return len(self.head)

    @property
    def n_street_edges(self) -> int:
        """Number of directed edges of the streets; edges from here on are copies."""
        return len(self.head) - len(self.edge_copied)

    @property
    def street_ends(self) -> tuple[Ints, Ints]:
        """The junctions that each edge of the streets leaves and enters, whatever copy of it that may be."""
        head = self.head[: self.n_street_edges]
        is_copy = head >= self.n_junctions
        entered = head.copy()
        entered[is_copy] = self.node_copied[head[is_copy] - self.n_junctions]
        return self.tail[: self.n_street_edges], entered

    @property
    def metres_total(self) -> float:
        """Length of all directed edges together; a two-way street counts twice."""
        return round(float(np.sum(self.metres[: self.n_street_edges])), 3)

    @cached_property
    def longest_ms(self) -> int:
        """No edge takes longer."""
        return int(self.travel_ms.max())

    @cached_property
    def edge_of_point(self) -> Ints:
        """(s,) the edge that each shape point belongs to."""
        edges = np.repeat(np.arange(self.n_edges, dtype=np.int32), np.diff(self.shape_first))
        edges.flags.writeable = False
        return edges

    @property
    def closed(self) -> Longs:
        """(c,) edges that nobody drives through, copies included; see `Overlay`."""
        return np.empty(0, dtype=np.int64)

    @property
    def as_built(self) -> "RoadNetwork":
        """The network without closures and changed speeds; itself, if it has none."""
        return self

    def junction_of(self, node: int) -> int:
        """The junction that `node` is, or is a copy of."""
        return node if node < self.n_junctions else int(self.node_copied[node - self.n_junctions])

    def street_edge_of(self, edge: int) -> int:
        """The edge that `edge` is, or is a copy of."""
        return edge if edge < self.n_street_edges else int(self.edge_copied[edge - self.n_street_edges])

    def name_of(self, edge: int) -> StreetName:
        """The name of the street that `edge` is part of."""
        return self.names[int(self.name[edge])]

    def save(self, path: "str | PathLike[str]") -> None:
        """Write the network as one file; see `fengsui_engine.roads.file`."""
        from fengsui_engine.roads.file import write_roads

        write_roads(self, path)

    @classmethod
    def open(cls, path: "str | PathLike[str]") -> "RoadNetwork":
        """Map a road file into memory and check all of it; see `fengsui_engine.roads.file`."""
        from fengsui_engine.roads.file import read_roads

        return read_roads(path)


ARRAYS: dict[str, tuple[Any, int]] = {
    "lon": (np.float64, 1),
    "lat": (np.float64, 1),
    "first_out": (np.int32, 1),
    "tail": (np.int32, 1),
    "head": (np.int32, 1),
    "travel_ms": (np.int32, 1),
    "metres": (np.float64, 1),
    "twin": (np.int32, 1),
    "way": (np.int64, 1),
    "from_osm": (np.int64, 1),
    "to_osm": (np.int64, 1),
    "name": (np.int32, 1),
    "road_class": (np.uint8, 1),
    "shape_first": (np.int32, 1),
    "shape_lon": (np.float64, 1),
    "shape_lat": (np.float64, 1),
    "first_in": (np.int32, 1),
    "into_edge": (np.int32, 1),
    "into": (np.int32, 2),
    "onward": (np.int32, 2),
    "node_copied": (np.int32, 1),
    "edge_copied": (np.int32, 1),
    "grid_first": (np.int32, 1),
    "grid_point": (np.int32, 1),
    "grid_frame": (np.float64, 1),
    "grid_size": (np.int32, 1),
}
"""Name, kind and dimensions of every array of a network, in the order of the file."""


@dataclass(frozen=True)
class Edges:
    """Directed edges in any order, as a reader of some format finds them; see RoadNetwork for the fields."""

    tail: Ints
    head: Ints
    travel_ms: Ints
    metres: Floats
    twin: Ints
    way: Longs
    from_osm: Longs
    to_osm: Longs
    name: Ints
    road_class: Bytes
    copy_of: Ints
    """(m,) the edge that this is a copy of, or -1."""
    shape_first: Ints
    shape_lon: Floats
    shape_lat: Floats

    def in_order(self, order: Longs) -> Self:
        """The same edges, edge `order[i]` now being number i; twins and shapes follow."""
        new_number = np.full(len(order) + 1, -1, dtype=np.int32)  # one more, so that twin -1 stays -1
        new_number[order] = np.arange(len(order), dtype=np.int32)
        columns = {f.name: getattr(self, f.name)[order] for f in fields(self) if not f.name.startswith("shape")}
        for other in ("twin", "copy_of"):
            columns[other] = new_number[columns[other]]
        lengths = np.diff(self.shape_first)[order]
        first = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        points = np.repeat(self.shape_first[:-1][order] - first[:-1], lengths) + np.arange(first[-1])
        shape = {"shape_first": first, "shape_lon": self.shape_lon[points], "shape_lat": self.shape_lat[points]}
        return type(self)(**columns, **shape)


@dataclass(frozen=True)
class Told:
    """What a network tells beside its arrays, in the order of the digest and the file; see RoadNetwork."""

    names: tuple[StreetName, ...]
    source: str
    dropped_nodes: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    obeys_turns: bool = False


def assemble(lon: Floats, lat: Floats, edges: Edges, told: Told, *, node_copied: Ints | None = None) -> RoadNetwork:
    """A network from its junctions and streets: sorted, indexed both ways, laid into a grid, checked.

    Args:
        lon, lat: (n,) degrees.
        edges: in any order; the order among edges that leave one node is kept.
        told: names and source; names[0] is UNNAMED.
        node_copied: for each of the last nodes the junction that it is a copy of; exactly the edges that leave such a
            node are copies.

    Raises:
        RoadsInconsistent: the arrays contradict each other.
    """
    _insist_short(edges.metres)
    edges = edges.in_order(np.argsort(edges.tail, kind="stable"))
    columns = {f.name: getattr(edges, f.name) for f in fields(edges) if f.name != "copy_of"}
    n_street_edges = int(np.count_nonzero(edges.copy_of < 0))
    by_head = np.argsort(edges.head, kind="stable")
    into = np.column_stack((edges.tail, edges.travel_ms, millimetres(edges.metres).astype(np.int32)))[by_head]
    of_streets = slice(int(edges.shape_first[n_street_edges]))
    grid: StreetGrid = sort_into_cells(
        edges.shape_first[: n_street_edges + 1],
        edges.shape_lon[of_streets],
        edges.shape_lat[of_streets],
        edges.twin[:n_street_edges],
    )
    columns |= {
        "lon": lon,
        "lat": lat,
        "first_out": _first(edges.tail, len(lon)),
        "first_in": _first(edges.head, len(lon)),
        "into_edge": by_head.astype(np.int32),
        "into": np.ascontiguousarray(into),
        "onward": np.column_stack((edges.head, edges.travel_ms)),
        "node_copied": np.empty(0, dtype=np.int32) if node_copied is None else node_copied,
        "edge_copied": edges.copy_of[n_street_edges:],
        **grid._asdict(),
    }
    digest = digest_of({name: columns[name] for name in ARRAYS}, vars(told))
    return RoadNetwork(**columns, **vars(told), digest=digest)


def _insist_short(metres: Floats) -> None:
    if len(metres) and not metres.max() * 1000 < LONGEST_MM:
        raise RoadsInconsistent(detail=f"a street is {metres.max() / 1000:,.0f} km long")


def _first(node: Ints, n_nodes: int) -> Ints:
    """Where each node's edges begin, for edges sorted by `node`."""
    counts = np.bincount(node, minlength=n_nodes)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int32)


def _check_sizes(roads: RoadNetwork) -> None:
    n, m, s = roads.n_nodes, roads.n_edges, len(roads.shape_lon)
    expected = {"lat": n, "first_out": n + 1, "first_in": n + 1, "shape_first": m + 1, "shape_lat": s}
    per_edge = ["tail", "travel_ms", "metres", "twin", "way", "from_osm", "to_osm", "name", "road_class", "into_edge"]
    for name, length in (expected | dict.fromkeys([*per_edge, "into", "onward"], m)).items():
        if len(getattr(roads, name)) != length:
            raise RoadsInconsistent(detail=f"{name} has {len(getattr(roads, name))} entries, not {length}")
    if not n or not m:
        raise RoadsInconsistent(detail="there is no street")


def _check_ranges(roads: RoadNetwork) -> None:
    n, m, s = roads.n_nodes, roads.n_edges, len(roads.shape_lon)
    cells = int(np.prod(roads.grid_size))
    numbers = {"tail": n, "head": n, "name": len(roads.names), "into_edge": m, "grid_point": s}
    numbers |= {"node_copied": roads.n_junctions, "edge_copied": roads.n_street_edges}
    for name, limit in numbers.items():
        array = getattr(roads, name)
        if array.size and (array.min() < 0 or array.max() >= limit):
            raise RoadsInconsistent(detail=f"{name} holds a number outside 0 … {limit - 1}")
    for name, last in {"first_out": m, "first_in": m, "shape_first": s, "grid_first": len(roads.grid_point)}.items():
        array = getattr(roads, name)
        if array[0] != 0 or array[-1] != last or np.any(array[1:] < array[:-1]):
            raise RoadsInconsistent(detail=f"{name} does not run from 0 to {last}")
    if len(roads.grid_first) != cells + 1 or roads.into.shape[1:] != (3,) or roads.onward.shape[1:] != (2,):
        raise RoadsInconsistent(detail="the grid or the tables of edges have another shape")
    if roads.first_out[roads.n_junctions] != roads.n_street_edges:
        raise RoadsInconsistent(detail="a copied edge leaves a junction, or the other way round")
    if roads.travel_ms.min() < 0 or roads.metres.min() < 0 or roads.twin.min() < -1 or roads.twin.max() >= m:
        raise RoadsInconsistent(detail="a time, a length or a twin is out of range")
    _insist_short(roads.metres)
    if np.any(np.diff(roads.shape_first) < 2):
        raise RoadsInconsistent(detail="a street has fewer than two shape points")
    if not (np.isfinite(roads.shape_lon).all() and np.isfinite(roads.shape_lat).all()):
        raise RoadsInconsistent(detail="a place is not a number")
