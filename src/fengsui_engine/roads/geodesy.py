"""How far apart are two places on the earth?"""

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth, metres. Source: Moritz, Geodetic Reference System 1980, R1."""
METRES_PER_DEGREE = 111_195.0
"""Length of a degree of latitude on a sphere of that radius, for planes and grids: good to 1 in a million."""

Floats = NDArray[np.float64]


def haversine_metres(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Great-circle distance between pairs of places.

    Args:
        lon_a, lat_a, lon_b, lat_b: (k,) degrees, WGS-84 taken as a sphere.

    Returns:
        (k,) metres; within 0.6 % of the ellipsoid.
    """
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_lat = np.sin((phi_b - phi_a) / 2)
    half_lon = np.sin(np.radians(lon_b - lon_a) / 2)
    chord = half_lat**2 + np.cos(phi_a) * np.cos(phi_b) * half_lon**2
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres


def metres_along(lon: Floats, lat: Floats) -> Floats:
    """How far each point of a line is from its first one, along the line.

    Args:
        lon, lat: (k,) degrees; at least one point.

    Returns:
        (k,) metres, from 0.
    """
    return np.concatenate(([0.0], np.cumsum(haversine_metres(lon[:-1], lat[:-1], lon[1:], lat[1:]))))


def plane_metres(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Metres between two places of one city, in a plane laid at the first: cheaper than on the sphere."""
    east = (lon_a - lon_b) * METRES_PER_DEGREE * np.cos(np.radians(lat_a))
    return float(np.hypot(east, (lat_a - lat_b) * METRES_PER_DEGREE))


def millimetres(metres: Floats) -> Floats:
    """Metres as whole millimetres, so that sums along a path are exact in any order."""
    whole: Floats = np.floor(metres * 1000 + 0.5)
    return whole


def whole_millimetres(metres: Floats) -> Floats:
    """Metres rounded to the millimetre."""
    return millimetres(metres) / 1000
