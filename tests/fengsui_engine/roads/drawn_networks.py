"""Random road networks, small enough to be looked at and odd enough to find what breaks."""

from cities import network
from hypothesis import strategies as st

from fengsui_engine.roads import RoadNetwork

Spots = list[tuple[int, float]]
Drawing = tuple[list[tuple[float, float]], list[tuple[int, int, int, int | None]]]

times = st.one_of(st.integers(0, 5), st.integers(1, 60_000))
fractions = st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.floats(0, 1))


@st.composite
def drawings(draw: st.DrawFn, *, two_way_alike: bool = False) -> Drawing:
    """Junctions and streets: one-way ones, loops, parallel ones, fragments and times of zero among them."""
    n = draw(st.integers(1, 9))
    corner = st.integers(0, 20).map(lambda step: step / 2000)
    spots = draw(st.lists(st.tuples(corner.map(lambda x: 100 + x), corner), min_size=n, max_size=n))
    node = st.integers(0, n - 1)
    back = st.none() | times
    streets = draw(st.lists(st.tuples(node, node, times, back), min_size=1, max_size=18))
    return spots, [(a, b, t, t) for a, b, t, _ in streets] if two_way_alike else streets


def spots_on(roads: RoadNetwork, *, least: int = 1, most: int = 8) -> st.SearchStrategy[Spots]:
    return st.lists(st.tuples(st.integers(0, roads.n_edges - 1), fractions), min_size=least, max_size=most)


def road_networks() -> st.SearchStrategy[RoadNetwork]:
    return drawings().map(lambda drawing: network(*drawing))
