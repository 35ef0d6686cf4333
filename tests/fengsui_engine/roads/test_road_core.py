"""The core is where every point reaches every other."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fengsui_engine.roads.core import strong_core


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_core_is_a_largest_strong_component(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 30))
    node = st.integers(0, n - 1)
    arcs = data.draw(st.lists(st.tuples(node, node), max_size=60))
    tail, head = (np.array(column, dtype=np.int64) for column in (zip(*arcs, strict=True) if arcs else ((), ())))
    is_core = strong_core(n, tail, head)
    graph = coo_array((np.ones(len(arcs)), (tail, head)), shape=(n, n)).tocsr()
    _, component = connected_components(graph, directed=True, connection="strong")
    (members,) = np.nonzero(is_core)
    assert len(set(component[members].tolist())) == 1
    assert len(members) == np.bincount(component).max()
    assert np.all(component[~is_core] != component[members[0]])


def test_a_very_long_street_does_not_exhaust_the_stack() -> None:
    n = 200_000
    forward = np.arange(n - 1)
    tail, head = np.concatenate((forward, forward + 1)), np.concatenate((forward + 1, forward))
    assert strong_core(n, tail, head).all()


def test_of_two_components_of_one_size_the_first_is_kept() -> None:
    tail, head = np.array([3, 4, 0, 1]), np.array([4, 3, 1, 0])
    assert strong_core(5, tail, head).tolist() == [True, True, False, False, False]
