"""A shape is where it is: within a pixel, inside the tile, with its area and its holes."""

from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from drawn_tiles import decoded, shape, units
from drawn_town import Drawing, at, tile_of
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.places.basemap import build_basemap
from fengsui.places.city import City, assemble
from fengsui.places.roadlines import edge_lines
from fengsui.places.tile_geometry import world
from fengsui.places.tiles import BUFFER, LEAST_ZOOM, MOST_ZOOM, encode_tile
from fengsui_engine.roads import build_from_osm

PIXEL = 4096 / 512


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A main road that winds for 40 km beside a river, so that tiles cut both."""
    drawing = Drawing()
    along = np.linspace(0.0, 150.0, 2000)
    road = [(float(a), float(np.sin(a * 2.0) * 0.8)) for a in along]
    drawing.way(road, highway="primary", name="谷道", name__en="Valley Road")
    drawing.way([(a, row - 3.0) for a, row in road], waterway="river", name="谷河")
    drawing.way([(-50.0, -60.0), (200.0, -60.0), (200.0, 60.0), (-50.0, 60.0), (-50.0, -60.0)], landuse="farmland")
    path = drawing.write(tmp_path_factory.mktemp("valley") / "valley.osm.pbf")
    roads = build_from_osm(path)
    return assemble(roads, build_basemap(path, roads))


@pytest.mark.parametrize("z", range(LEAST_ZOOM, MOST_ZOOM + 1))
def test_everything_drawn_lies_in_the_tile_and_its_buffer(valley: City, z: int) -> None:
    frame = shapely.box(-BUFFER - 1, -BUFFER - 1, 4096 + BUFFER + 1, 4096 + BUFFER + 1)
    for layer in decoded(valley, z, *at(75, 0)).values():
        assert all(frame.covers(shape(f)) for f in layer["features"])


@settings(max_examples=100, deadline=None)
@given(share=st.floats(0, 1), z=st.integers(10, MOST_ZOOM))
def test_a_point_on_a_road_is_on_the_map_within_a_pixel(valley: City, share: float, z: int) -> None:
    (line,) = edge_lines(valley.roads, valley.basemap).shapes
    point = shapely.line_interpolate_point(line, share, normalized=True)
    drawn = decoded(valley, z, point.x, point.y)["road"]["features"]
    off = min(shape(f).distance(units(point.x, point.y, z)) for f in drawn)
    assert off <= PIXEL


@pytest.mark.parametrize("z", [10, 12, 14])
def test_what_is_drawn_is_no_more_than_the_road(valley: City, z: int) -> None:
    (line,) = edge_lines(valley.roads, valley.basemap).shapes
    x, y = tile_of(*at(75, 0), z)
    on_tile = shapely.transform(line, lambda c: (world(c) * (1 << z) - [x, y]) * 4096)
    for feature in decoded(valley, z, *at(75, 0))["road"]["features"]:
        assert (
            shapely.hausdorff_distance(shape(feature), shapely.intersection(on_tile, shape(feature).buffer(PIXEL)))
            < 2 * PIXEL
        )


def test_water_keeps_its_area(town: City) -> None:
    (water,) = decoded(town, 14)["water"]["features"]
    corners = [units(*at(c, r), 14).coords[0] for c, r in ((1.2, 0.2), (1.8, 0.2), (1.8, 0.8), (1.2, 0.8))]
    assert shape(water).area == pytest.approx(shapely.Polygon(corners).area, rel=0.01)


def test_a_pond_keeps_its_island(tmp_path: Path, town: City) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 3.0), (0.0, 0.0)], natural="water")

    basemap = build_basemap(drawing.write(tmp_path / "pond.osm.pbf"), None)
    island = shapely.box(*at(1, 1), *at(2, 2))
    with_island = shapely.orient_polygons(shapely.difference(basemap.water.shapes[0], island))
    for drawn_either_way in (with_island, shapely.reverse(with_island)):
        basemap.water.shapes[0] = drawn_either_way
        (water,) = decoded(assemble(town.roads, basemap), 14)["water"]["features"]
        assert len(shape(water).interiors) == 1
        assert not shape(water).contains(units(*at(1.5, 1.5), 14))


def test_a_point_is_in_one_tile_only(town: City) -> None:
    z, found = 14, 0
    x0, y0 = tile_of(*at(1.6, 1.7), z)
    for x in range(x0 - 1, x0 + 2):
        for y in range(y0 - 1, y0 + 2):
            layers = mapbox_vector_tile.decode(encode_tile(town.tiles, z, x, y))
            found += sum(
                f["properties"]["class"] == "hospital" for f in layers.get("landmark", {"features": []})["features"]
            )
    assert found == 1
