"""A tile as another program reads it."""

from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from drawn_town import tile_of

from fengsui.places.city import City
from fengsui.places.tile_geometry import world
from fengsui.places.tiles import encode_tile


def decoded(town: City, z: int, lon: float = 100.002, lat: float = 40.002) -> dict[str, Any]:
    x, y = tile_of(lon, lat, z)
    layers: dict[str, Any] = mapbox_vector_tile.decode(
        encode_tile(town.tiles, z, x, y), default_options={"y_coord_down": True}
    )
    return layers


def units(lon: float, lat: float, z: int) -> shapely.Point:
    at_world = world(np.array([[lon, lat]]))[0] * (1 << z)
    return shapely.Point((at_world - np.floor(at_world)) * 4096)


def shape(feature: dict[str, Any]) -> shapely.Geometry:
    return shapely.geometry.shape(feature["geometry"])
