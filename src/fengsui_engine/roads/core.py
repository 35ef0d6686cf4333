"""Which part of the streets hangs together, so that every point reaches every other?

A search that starts in a fragment finds nobody, and a unit in a one-way pocket never gets out: both come from the edge
of an extract or from a mapping slip. The largest strongly connected component is kept.
"""

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]


def strong_core(n_nodes: int, tail: Longs, head: Longs) -> NDArray[np.bool_]:
    """The nodes of the largest strongly connected component; of two equal ones, that of the lowest node.

    Args:
        n_nodes: number of nodes.
        tail, head: (m,) directed edges.

    Returns:
        (n_nodes,) whether a node belongs to it.

    Source:
        Tarjan (1972), with a stack of its own instead of recursion: a city is deeper than Python's.
    """
    component = _components(n_nodes, tail, head)
    sizes = np.bincount(component)
    best = np.flatnonzero(sizes == sizes.max())
    first_member = np.flatnonzero(np.isin(component, best))[0]
    is_core: NDArray[np.bool_] = component == component[first_member]
    return is_core


def _components(n_nodes: int, tail: Longs, head: Longs) -> Longs:
    """The number of each node's component."""
    first = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=n_nodes)))).tolist()
    out = head[np.argsort(tail, kind="stable")].tolist()
    unseen = -1
    found, low, component = [unseen] * n_nodes, [0] * n_nodes, [unseen] * n_nodes
    next_edge, open_nodes, n_found, n_components = first[:-1], [], 0, 0
    for root in range(n_nodes):
        if found[root] != unseen:
            continue
        path = [root]
        while path:
            node = path[-1]
            if found[node] == unseen:
                found[node] = low[node] = n_found
                n_found += 1
                open_nodes.append(node)
            stop = first[node + 1]
            deeper = unseen
            edge = next_edge[node]
            while edge < stop:
                other = out[edge]
                edge += 1
                if found[other] == unseen:
                    deeper = other
                    break
                if component[other] == unseen and found[other] < low[node]:
                    low[node] = found[other]
            next_edge[node] = edge
            if deeper != unseen:
                path.append(deeper)
                continue
            path.pop()
            if path and low[node] < low[path[-1]]:
                low[path[-1]] = low[node]
            if low[node] == found[node]:
                while component[node] == unseen:
                    component[open_nodes.pop()] = n_components
                n_components += 1
    return np.array(component, dtype=np.int64)
