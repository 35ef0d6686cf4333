"""A made-up prefecture, drawn from a seed, as an OSM extract.

One module for each step of the recipe: `axis` (the river bends the grid), `skeleton` (the city's plan), `valley`
(towns, villages, roads between them), `noding` (where lines meet), `blocks` (large blocks cut small), `network`
(cleaned to streets), `motorway`, `names`, `ground` (land use and water), `stations` (places and services), `extract`
(the file).
The recipe's buildings, courtyards of compounds and single fields are not drawn yet.

It lies in an empty part of a desert and is called what no city is called, so that nobody takes it for a real one.
"""

from fengsui.demo.city.city import City, build_city
from fengsui.demo.city.extract import write_extract

__all__ = ["City", "build_city", "write_extract"]
