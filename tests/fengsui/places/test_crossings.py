"""A crossing is where named streets meet, once, and has the names of all of them."""

from pathlib import Path

from drawn_town import COLUMNS, ROWS, Drawing, at, ground

from fengsui.places.city import City


def test_every_pair_of_streets_that_meet_is_a_crossing(town: City) -> None:
    names = {frozenset((a[0], b[0])) for a in ROWS for b in COLUMNS}
    crossings = town.register.crossings
    met = {
        frozenset((town.register.names[a][0], town.register.names[b][0]))
        for a, b in zip(crossings.first, crossings.second, strict=True)
    }
    assert met == names


def test_where_three_streets_meet_the_crossing_has_the_names_of_all(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (1.0, 0.0)], highway="primary", name="太平北路", name__en="Taiping North Road")
    drawing.way([(1.0, 0.0), (2.0, 0.0)], highway="primary", name="太平南路", name__en="Taiping South Road")
    drawing.way([(1.0, 0.0), (1.0, 1.0)], highway="primary", name="中山东路", name__en="Zhongshan East Road")
    town = ground(drawing.write(tmp_path / "square.osm.pbf"))
    name = town.register.name_near(*at(1, 0)) or {}
    assert set(name["zh"].removesuffix("路口").replace("、", "与").split("与")) == {"太平北路", "太平南路", "中山东路"}
    assert set(name["en"].replace(" and ", ", ").split(", ")) == {
        "Taiping North Road",
        "Taiping South Road",
        "Zhongshan East Road",
    }
    for query in ("太平北路与中山东路", "太平南路与太平北路", name["zh"], name["en"]):
        assert [(i.kind, i.name) for i in town.search.find(query)] == [("crossing", name)]


def test_the_four_corners_of_two_dual_carriageways_are_one_crossing(tmp_path: Path) -> None:
    drawing, gap = Drawing(), 0.08
    for shift, forward in ((0.0, True), (gap, False)):
        east = [(-1.0, shift), (0.0, shift), (gap, shift), (1.0, shift)]
        north = [(gap - shift, -1.0), (gap - shift, 0.0), (gap - shift, gap), (gap - shift, 1.0)]
        drawing.way(east if forward else east[::-1], highway="primary", oneway="yes", name="东西路")
        drawing.way(north if forward else north[::-1], highway="primary", oneway="yes", name="南北路")
    for end in (
        [(-1.0, 0.0), (-1.0, gap)],
        [(1.0, 0.0), (1.0, gap)],
        [(0.0, -1.0), (gap, -1.0)],
        [(0.0, 1.0), (gap, 1.0)],
    ):
        drawing.way(end, highway="primary")
    register = ground(drawing.write(tmp_path / "dual.osm.pbf")).register
    assert len(register.crossings.first) == 1
