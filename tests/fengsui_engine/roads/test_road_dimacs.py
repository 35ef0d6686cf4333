"""DIMACS graphs come in arc by arc."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import RoadNetwork, at_nodes, build_from_dimacs, nearest
from fengsui_engine.roads.refusals import RoadsInconsistent

GRAPH = """c a small one
p sp 3 6
a 1 2 10
a 2 1 10
a 1 2 7
a 2 3 1
a 3 3 5
a 3 1 2
"""
COORDINATES = """c where
p aux sp co 3
v 1 100000000 0
v 2 100010000 0
v 3 100010000 10000
"""


def build(tmp_path: Path, graph: str = GRAPH, coordinates: str = COORDINATES, unit_ms: float = 3.6) -> RoadNetwork:
    (tmp_path / "x.gr").write_text(graph, encoding="ascii")
    (tmp_path / "x.co.gz").write_bytes(gzip.compress(coordinates.encode()))
    return build_from_dimacs(tmp_path / "x.gr", tmp_path / "x.co.gz", unit_ms=unit_ms)


def test_nothing_is_contracted_and_of_parallel_arcs_the_smaller_stays(tmp_path: Path) -> None:
    roads = build(tmp_path)
    arcs = list(zip(roads.tail.tolist(), roads.head.tolist(), roads.travel_ms.tolist(), strict=True))
    assert arcs == [(0, 1, 25), (1, 0, 36), (1, 2, 4), (2, 0, 7), (2, 2, 18)]
    assert (roads.n_nodes, roads.dropped_nodes, roads.source) == (3, 0, "x.gr")
    assert roads.twin.tolist() == [1, 0, -1, -1, -1]
    assert roads.metres[0] == pytest.approx(0.01 * np.radians(1) * 6_371_008.8, abs=0.001)


def test_an_arc_across_an_ocean_is_refused(tmp_path: Path) -> None:
    """Millimetres of one edge are 32-bit numbers; a length that overflowed would eat into the time."""
    with pytest.raises(RoadsInconsistent):
        build(tmp_path, coordinates=COORDINATES.replace("v 3 100010000", "v 3 -100010000"))


def test_times_are_rounded_half_up(tmp_path: Path) -> None:
    assert build(tmp_path, unit_ms=0.5).travel_ms.tolist() == [4, 5, 1, 1, 3]


def test_units_of_a_dimacs_graph_are_found_by_node(tmp_path: Path) -> None:
    roads = build(tmp_path)
    got = nearest(roads, at_nodes(roads, [0]), at_nodes(roads, [0, 1, 2]), 3)
    assert (got.unit.tolist(), got.ms.tolist()) == ([0, 2, 1], [0, 7, 11])


@pytest.mark.parametrize(
    ("graph", "coordinates"),
    [
        (GRAPH.replace("p sp 3 6", "p sp 3 7"), COORDINATES),  # cut short
        (GRAPH.replace("p sp 3 6\n", ""), COORDINATES),
        (GRAPH.replace("a 3 1 2", "a 3 4 2"), COORDINATES),
        (GRAPH.replace("a 3 1 2", "a 3 1 -2"), COORDINATES),
        (GRAPH.replace("a 3 1 2", "a 3 1 x"), COORDINATES),
        (GRAPH.replace("a 3 1 2", "a 3 1 99999999999"), COORDINATES),
        (GRAPH, COORDINATES.replace("v 3", "v 2")),
        (GRAPH, COORDINATES.replace("co 3", "co 4")),
        (GRAPH, COORDINATES.replace("v 3 100010000 10000", "v 3 100010000 100000000")),
        ("p sp 3 0\n", COORDINATES),
        ("", COORDINATES),
    ],
)
def test_a_damaged_graph_is_refused(tmp_path: Path, graph: str, coordinates: str) -> None:
    with pytest.raises(Refusal) as refusal:
        build(tmp_path, graph, coordinates)
    assert refusal.value.code == "graph_unreadable"


def test_a_cut_short_gzip_is_refused(tmp_path: Path) -> None:
    build(tmp_path)
    (tmp_path / "x.co.gz").write_bytes(gzip.compress(COORDINATES.encode())[:-9])
    with pytest.raises(Refusal) as refusal:
        build_from_dimacs(tmp_path / "x.gr", tmp_path / "x.co.gz", unit_ms=3.6)
    assert refusal.value.code == "graph_unreadable"


def test_the_distances_of_pmed1_add_up__beasley_1985(real_data: Path, tmp_path: Path) -> None:
    lines = (real_data / "pmed" / "pmed1.txt").read_text(encoding="ascii").split("\n")
    n = int(lines[0].split()[0])
    cost: dict[tuple[int, int], int] = {}
    for line in filter(str.strip, lines[1:]):  # of an edge told twice, the last counts
        a, b, ms = map(int, line.split())
        cost[min(a, b), max(a, b)] = ms
    arcs = [f"a {x} {y} {ms}" for (a, b), ms in cost.items() for x, y in ((a, b), (b, a))]
    graph = "\n".join([f"p sp {n} {len(arcs)}", *arcs])
    places = "\n".join([f"p aux sp co {n}", *(f"v {i} {100_000_000 + i} {i * i}" for i in range(1, n + 1))])
    roads = build(tmp_path, graph, places, unit_ms=1)
    everyone = at_nodes(roads, range(n))
    total = sum(int(nearest(roads, everyone[i], everyone, n).ms.sum()) for i in range(n))
    assert total == 1_412_252
