"""A made-up prefecture, drawn from a seed, as an OSM extract.

One module for each step of the recipe: `axis` (the river bends the grid), `skeleton` (the city's plan), `valley`
(towns, villages, roads between them), `noding` (where lines meet), `blocks` (large blocks cut small), `network`
(cleaned to streets), `ground` (land use and water), `compounds` (lanes), `motorway`, `names`, `stations` (places and
services), `fields`, `lots` (what may be built on, and for what), `fills` (how buildings stand on a lot), `fabric` (all
of them), `gates`, `extract` (the file).
Taken from the recipe of a tried generator: the river as axis, the skeleton in its bent coordinates, noding with snap
rounding, recursive cuts whose ends meet across the street, noise for the fringe, strokes for names. Ours: all soft
lines are noded together and stay only beside something built; small blocks at the edge of towns left out at random;
free ground is found by counting how often outlines go round a cell, so that nothing needs to be cut out first; fields
share their corners; the bytes do not depend on the processor's vector units (tried with and without).
Not drawn yet: walls of compounds, dual carriageways inside the city, hills.

It lies in an empty part of a desert and is called what no city is called, so that nobody takes it for a real one.
"""

from fengsui.demo.city.city import City, build_city
from fengsui.demo.city.extract import write_extract

__all__ = ["City", "build_city", "write_extract"]
