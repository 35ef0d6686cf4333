"""Where does the valley run, and how does its grid bend with it?

Step 1 of the recipe: the river is the axis. Everything is planned in straight (u, v) coordinates, u along the river
and v across it, and warped into the plane, so that straight lines become streets that bend with the river and meet it
squarely. Metres everywhere; the plane becomes longitude and latitude only when the extract is written.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

HALF_LENGTH_M = 46_000.0
"""The valley reaches this far up and down the river from the city."""

# The northern sand sea of the Badain Jaran: no settlement, road or rail within some 50 km. South of it are the dune
# lakes (lat < 40.3), north the Guaizi depression (lat > 41.3), west the Hei river's oases and the sites beside it
# (lon < 101.2), which the made-up city must not touch.
ORIGIN_LON, ORIGIN_LAT = 101.90, 40.66


@dataclass(frozen=True)
class Waves:
    """Smooth noise: a sum of plane waves, about -1 to 1, the same at the same place for the same seed."""

    ku: Floats
    kv: Floats
    phase: Floats

    @classmethod
    def drawn(cls, rng: np.random.Generator, wavelength_m: float, n: int = 7) -> "Waves":
        """Waves of about `wavelength_m`, in all directions."""
        turn = rng.uniform(0, math.tau, n)
        k = math.tau / (wavelength_m * rng.uniform(0.7, 1.5, n))
        return cls(k * np.cos(turn), k * np.sin(turn), rng.uniform(0, math.tau, n))

    def at(self, u: ArrayLike, v: ArrayLike) -> Floats:
        """The noise at (u, v)."""
        u, v = np.asarray(u, float), np.asarray(v, float)
        waves = np.sin(u[..., None] * self.ku + v[..., None] * self.kv + self.phase)
        noise: Floats = waves.sum(axis=-1) * math.sqrt(2 / len(self.ku)) / 1.6
        return noise


@dataclass(frozen=True)
class Valley:
    """The bent coordinate system of one seed."""

    amplitude: Floats
    wavelength: Floats
    phase: Floats
    noise_u: Waves
    noise_v: Waves
    turn: float
    """Radians by which the whole valley is turned on the globe."""

    def bends(self, u: ArrayLike) -> Floats:
        """R(u), the short bends that the city's streets follow: metres north of the straight axis."""
        u = np.asarray(u, float)
        waves = self.amplitude[:2] * np.sin(math.tau * u[..., None] / self.wavelength[:2] + self.phase[:2])
        return np.asarray(waves.sum(axis=-1))

    def drift(self, u: ArrayLike) -> Floats:
        """The valley's own long swing, which starts well outside the city."""
        u = np.asarray(u, float)
        far = 1 - np.exp(-((u / 16_000) ** 4))
        return np.asarray(far * self.amplitude[2] * np.sin(math.tau * u / self.wavelength[2] + self.phase[2]))

    def to_plane(self, uv: ArrayLike) -> Floats:
        """(n, 2) planned coordinates to (n, 2) metres east and north."""
        u, v = np.asarray(uv, float).T
        slope = (self.bends(u + 5) - self.bends(u - 5)) / 10
        x = u - 0.8 * slope * v * np.exp(-((v / 1500) ** 2)) + 75 * self.noise_u.at(u, v)
        y = v + self.bends(u) * np.exp(-((v / 2700) ** 2)) + self.drift(u) + 75 * self.noise_v.at(u, v)
        return np.column_stack([x, y])

    def to_plan(self, xy: ArrayLike) -> Floats:
        """The inverse of `to_plane`, by repeated correction (the warp is gentle: 12 rounds are within a decimetre)."""
        xy = np.asarray(xy, float)
        uv = xy.copy()
        for _ in range(12):
            uv = uv + (xy - self.to_plane(uv))
        return uv

    def curve(self, uv: ArrayLike, step_m: float = 45.0) -> shapely.LineString:
        """A line through planned points, made dense and then warped."""
        return shapely.LineString(self.to_plane(dense(np.asarray(uv, float), step_m))).simplify(0.35)

    def area(self, uv: ArrayLike, step_m: float = 60.0) -> shapely.Polygon:
        """The warped polygon with these planned corners (not closed)."""
        corners = np.asarray(uv, float)
        return shapely.Polygon(self.to_plane(dense(np.vstack([corners, corners[:1]]), step_m)))

    def box(self, u0: float, v0: float, u1: float, v1: float) -> shapely.Polygon:
        """The warped rectangle."""
        return self.area([(u0, v0), (u1, v0), (u1, v1), (u0, v1)])

    def to_globe(self, xy: ArrayLike) -> Floats:
        """(n, 2) metres to (n, 2) longitude, latitude in degrees, seven digits (what an extract keeps)."""
        x, y = np.asarray(xy, float).reshape(-1, 2).T
        east = x * math.cos(self.turn) - y * math.sin(self.turn)
        north = x * math.sin(self.turn) + y * math.cos(self.turn)
        lat = ORIGIN_LAT + north / 111_040.0
        lon = ORIGIN_LON + east / (111_320.0 * np.cos(np.radians(ORIGIN_LAT + north / 222_080.0)))
        return np.asarray(np.round(np.column_stack([lon, lat]), 7), dtype=np.float64)


def draw_valley(rng: np.random.Generator) -> Valley:
    """The valley of one seed: two short bends of the river, one long one away from the city."""
    return Valley(
        amplitude=np.array([rng.uniform(470, 570), rng.uniform(100, 150), rng.uniform(900, 1500)]),
        wavelength=np.array([rng.uniform(9_800, 11_200), rng.uniform(4_400, 5_000), rng.uniform(34_000, 44_000)]),
        phase=rng.uniform(0, math.tau, 3),
        noise_u=Waves.drawn(rng, 3_600),
        noise_v=Waves.drawn(rng, 3_600),
        turn=math.radians(rng.uniform(-9, 9)),
    )


def dense(points: Floats, step_m: float) -> Floats:
    """The same broken line with a point at least every `step_m`."""
    parts = []
    for a, b in pairwise(points):
        n = max(1, math.ceil(float(np.hypot(*(b - a))) / step_m))
        parts.append(a + (b - a) * np.arange(n)[:, None] / n)
    return np.vstack([*parts, points[-1:]])


def rounded(points: Floats, rounds: int = 3) -> Floats:
    """Chaikin's corner cutting of a closed ring (last point not repeated)."""
    for _ in range(rounds):
        after = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after], axis=1).reshape(-1, 2)
    return points
