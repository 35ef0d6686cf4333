"""The nearest available unit by road time goes first: the default policy.

Seconds alone decide. Kind is shown and not filtered (response plans come later), and distance only breaks nothing:
equal times are ordered by the place in the input, so callers hand units over sorted by call sign.
"""

import numpy as np
from numpy.typing import NDArray

POLICY_VERSION = "nearest_first/1"
UNREACHED = np.iinfo(np.int64).max


def nearest_first(travel_ms: NDArray[np.int64], is_available: NDArray[np.bool_], *, k: int) -> NDArray[np.int64]:
    """Positions of the k units to propose, best first.

    Args:
        travel_ms: (n_units,) milliseconds by road to the incident; UNREACHED where there is no way.
        is_available: (n_units,) whether the unit can be sent now.
        k: how many at most.

    Returns:
        (≤ k,) int64 positions into the input, by time, ties by position.
    """
    candidates = np.flatnonzero(is_available & (travel_ms < UNREACHED))
    order = np.argsort(travel_ms[candidates], kind="stable")
    return candidates[order[:k]]
