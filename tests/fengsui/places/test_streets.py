"""Pieces of road are one street as people mean it."""

from pathlib import Path

from drawn_town import Drawing, ground


def test_two_streets_of_one_name_far_apart_are_two_and_pieces_of_one_are_one(tmp_path: Path) -> None:
    drawing = Drawing()
    for far in (0.0, 20.0):
        drawing.way([(far, 0.0), (far + 1, 0.0)], highway="residential", name="村路")
        drawing.way([(far + 2, 0.0), (far + 3, 0.0)], highway="residential", name="村路")
        drawing.way([(far + 1, 0.0), (far + 2, 0.0)], highway="residential")
    drawing.way([(3.0, 0.0), (20.0, 0.0)], highway="tertiary", name="县道")
    town = ground(drawing.write(tmp_path / "villages.osm.pbf"))
    register = town.register
    names = [register.names[n][0] for n in register.streets.name]
    assert sorted(names) == ["县道", "村路", "村路"]
    assert len([i for i in town.search.find("村路") if i.kind == "street"]) == 2
