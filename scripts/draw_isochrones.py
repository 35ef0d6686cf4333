"""Draw the picture of `docs/how-to/isochrones.md`: the made-up city with its 1-3-5 circle, as SVG on stdout.

python scripts/draw_isochrones.py src/fengsui/demo/data/shuoquan-1.osm.pbf LON LAT > isochrones.svg
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fengsui_engine.roads import Isochrone, RoadNetwork, build_from_osm, isochrones, snap_one

MINUTES = {5: "#cfe3f7", 3: "#93c2ec", 1: "#3f8fd6"}
WIDTH, HEIGHT, METRES_A_PIXEL = 1000, 640, 11.0


def main(extract: str, lon: str, lat: str) -> None:
    roads = build_from_osm(Path(extract))
    here = snap_one(roads, float(lon), float(lat))
    drawn = isochrones(roads, here, limits_ms=[60_000 * minutes for minutes in MINUTES])
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">')
    print('<rect width="100%" height="100%" fill="#fbfaf7"/>')
    for ring, colour in zip(drawn, MINUTES.values(), strict=True):
        print(f'<path fill="{colour}" fill-rule="evenodd" d="{outline(ring, here.lon[0], here.lat[0])}"/>')
    print(f'<path fill="none" stroke="#7d8894" stroke-width="0.8" d="{streets(roads, here.lon[0], here.lat[0])}"/>')
    print(f'<circle cx="{WIDTH / 2}" cy="{HEIGHT / 2}" r="7" fill="#c8321e" stroke="#fff" stroke-width="2"/>')
    for row, (ring, (minutes, colour)) in enumerate(zip(drawn[::-1], reversed(MINUTES.items()), strict=True)):
        y = HEIGHT - 90 + 28 * row
        print(f'<rect x="24" y="{y}" width="22" height="18" fill="{colour}" stroke="#7d8894"/>')
        print(f'<text x="56" y="{y + 15}" font-size="17">{minutes} min · {ring.km2:.2f} km²</text>')
    print("</svg>")


def outline(ring: Isochrone, lon: float, lat: float) -> str:
    return " ".join(f"M{line(part[:, 0], part[:, 1], lon, lat)}Z" for polygon in ring.polygons for part in polygon)


def streets(roads: RoadNetwork, lon: float, lat: float) -> str:
    return " ".join(shapes(roads, lon, lat))


def shapes(roads: RoadNetwork, lon: float, lat: float) -> Iterator[str]:
    for edge in range(roads.n_street_edges):
        if not 0 <= roads.twin[edge] < edge:
            part = slice(roads.shape_first[edge], roads.shape_first[edge + 1])
            x, y = roads.shape_lon[part], roads.shape_lat[part]
            if np.any((abs(x - lon) < 0.08) & (abs(y - lat) < 0.045)):
                yield f"M{line(x, y, lon, lat)}"


def line(x: np.ndarray, y: np.ndarray, lon: float, lat: float) -> str:
    per_lat = 111_195 / METRES_A_PIXEL
    across = WIDTH / 2 + (x - lon) * per_lat * np.cos(np.radians(lat))
    down = HEIGHT / 2 - (y - lat) * per_lat
    return "L".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, down, strict=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
