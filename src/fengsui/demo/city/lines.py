"""What is a planned line before it becomes streets?

A line has a rank (its class), a tag (lines with one tag get exactly one name) and may be soft: a soft line stays only
where it bounds something built.
"""

from dataclasses import dataclass
from enum import IntEnum

import shapely


class Rank(IntEnum):
    """Classes of road, strongest first. The name in lower case is the value of OSM's `highway`."""

    MOTORWAY = 0
    MOTORWAY_LINK = 1
    TRUNK = 2
    PRIMARY = 3
    SECONDARY = 4
    TERTIARY = 5
    UNCLASSIFIED = 6
    RESIDENTIAL = 7
    SERVICE = 8


@dataclass(frozen=True)
class Line:
    """One planned line in the plane."""

    shape: shapely.LineString
    rank: Rank
    tag: str = ""
    soft: bool = False


def line_parts(shape: shapely.Geometry, longer_than_m: float = 1.0) -> list[shapely.LineString]:
    """The line strings in any geometry, in order."""
    parts = shapely.get_parts(shape)
    return [part for part in parts if isinstance(part, shapely.LineString) and part.length > longer_than_m]


def clipped(lines: list[Line], area: shapely.Polygon) -> list[Line]:
    """What of the lines lies inside `area`."""
    shapely.prepare(area)
    return [
        Line(part, line.rank, line.tag, line.soft)
        for line in lines
        for part in line_parts(shapely.intersection(line.shape, area))
    ]


def outside(lines: list[Line], area: shapely.Polygon) -> list[Line]:
    """What of the lines lies outside `area`."""
    return [
        Line(part, line.rank, line.tag, line.soft)
        for line in lines
        for part in line_parts(shapely.difference(line.shape, area))
    ]
