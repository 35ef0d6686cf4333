"""The demo's ground: roads and map of an extract, or of the made-up city that comes with the product."""

from collections.abc import Callable
from pathlib import Path

from fengsui.places.basemap import build_basemap
from fengsui.places.city import map_path
from fengsui_engine.refusal import say
from fengsui_engine.roads import build_from_osm

Progress = Callable[..., None]

PACKED = Path(__file__).parent / "data"


def made_up_extract(seed: int, folder: Path, progress: Progress) -> Path:
    """The made-up city of a seed as an extract: packed with the product, or built into `folder`."""
    packed = PACKED / f"shuoquan-{seed}.osm.pbf"
    if packed.exists():
        return packed
    from fengsui.demo.city import build_city, write_extract

    built = folder / f"shuoquan-{seed}.osm.pbf"
    write_extract(build_city(seed, progress=lambda share, words: progress(words, share=share)), built)
    return built


def lay_ground(extract: Path, roads_path: Path, progress: Progress) -> None:
    """Build the road file and the map beside it. Both stand or neither: a half-built pair is built again."""
    progress(say("reading the roads of %(file)s"), file=extract.name)
    roads = build_from_osm(extract)
    drawing = say("drawing the map: %(junctions)s junctions, %(pieces)s road pieces")
    progress(drawing, junctions=roads.n_junctions, pieces=roads.n_street_edges)
    basemap = build_basemap(extract, roads, progress=lambda words: None)
    roads.save(roads_path)
    basemap.save(map_path(roads_path))
