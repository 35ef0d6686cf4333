"""Which of many things belong together, if some pairs of them do?"""

import numpy as np
from numpy.typing import NDArray


def groups(n: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the smallest member of the group that each belongs to, pairs (a, b) being together."""
    leader = list(range(n))

    def lead(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        one, other = lead(i), lead(j)
        leader[max(one, other)] = min(one, other)
    return np.array([lead(i) for i in range(n)], dtype=np.int64)


def dense(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the same groups, numbered from 0 without a gap."""
    _, dense = np.unique(values, return_inverse=True)
    return dense.ravel().astype(np.int64)
