"""Places have the names that people use, and are found by them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from drawn_town import COLUMNS, ROWS, Drawing, at, ground
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fengsui.demo.ground import PACKED
from fengsui.places.basemap import build_basemap
from fengsui.places.city import City
from fengsui.places.register import Kind, build_register
from fengsui.places.search import EXACT, INSIDE, NOT, PREFIX, Item, NameTable, Search, folded
from fengsui_engine.roads import build_from_osm


def found(town: City, query: str, **near: float) -> list[tuple[str, str]]:
    return [(item.kind, item.name["zh"]) for item in town.search.find(query, lon=near.get("lon"), lat=near.get("lat"))]


@pytest.mark.parametrize(
    "query",
    [
        "南环路与人民街",
        "人民街和南环路",
        "南环路 人民街",
        "南环路/人民街",
        "南环路 & 人民街",
        "south ring road and renmin street",
        "Renmin Street/South Ring Road",
        "RENMIN street & south ring ROAD",
        "南环路人民街口",
        "南环路人民街路口",
        "南环路与人民街交叉口",
        "人民街南环路",
    ],
)
def test_a_crossing_is_found_in_every_form_that_people_write(town: City, query: str) -> None:
    first = town.search.find(query)[0]
    assert first.kind == "crossing"
    assert {"南环路", "人民街"} == set(first.name["zh"].removesuffix("路口").split("与"))
    assert (first.lon, first.lat) == pytest.approx(at(1, 0), abs=1e-6)


def test_a_joining_character_inside_a_name_does_not_split_it(town: City) -> None:
    assert found(town, "和平街")[0] == ("street", "和平街")
    assert found(town, "和平街与北环路")[0][0] == "crossing"


def test_whole_names_come_before_beginnings_and_parts(town: City) -> None:
    assert found(town, "人民街")[0] == ("street", "人民街")
    assert found(town, "人民")[:2] == [("landmark", "人民公园"), ("street", "人民街")]
    assert ("landmark", "和平派出所") in found(town, "派出所")


def test_a_back_street_of_exactly_that_name_comes_before_an_avenue_that_only_begins_so(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (5.0, 0.0)], highway="primary", name="新街口大道")
    drawing.way([(5.0, 0.0), (5.0, 5.0)], highway="primary", name="老新街")
    drawing.way([(0.0, 0.0), (0.0, 0.5)], highway="service", name="新街")
    roads = build_from_osm(drawing.write(tmp_path / "new.osm.pbf"))
    search = Search(build_register(roads, build_basemap(tmp_path / "new.osm.pbf", roads)))
    lon, lat = at(5.0, 5.0)
    assert [i.name["zh"] for i in search.find("新街", lon=lon, lat=lat)][:3] == ["新街", "新街口大道", "老新街"]


def test_english_is_found_whatever_its_case_and_accents(town: City) -> None:
    assert found(town, "nanguan hosp")[0] == ("landmark", "南关医院")
    assert folded("Route de l'Hôpital") == folded("ROUTE DE L'HOPITAL")
    assert folded("ＮＡＮ　huan") == "nan huan"


def test_a_street_answers_with_a_point_on_it_near_its_middle_or_near_the_person(town: City) -> None:
    beside_a_crossing = 3e-4  # its middle and its end are crossings, which have names of their own
    (item,) = [i for i in town.search.find("南环路") if i.kind == "street"]
    assert (item.lon, item.lat) == pytest.approx(at(1, 0), abs=beside_a_crossing)
    lon, lat = at(2, -1)
    (item,) = [i for i in town.search.find("南环路", lon=lon, lat=lat) if i.kind == "street"]
    assert (item.lon, item.lat) == pytest.approx(at(2, 0), abs=beside_a_crossing)


@pytest.mark.parametrize(
    "near", [{}, dict(zip(("lon", "lat"), at(1, 0), strict=True))], ids=["alone", "near a crossing"]
)
def test_a_street_that_is_picked_is_not_called_a_crossing_of_it(town: City, near: dict[str, float]) -> None:
    for zh, *_ in (*ROWS, *COLUMNS):
        (item,) = [i for i in town.search.find(zh, **near) if i.kind == "street"]
        assert town.register.name_near(item.lon, item.lat) == item.name


def items_of(city: City) -> Iterator[Item]:
    """Everything that the search can answer, of very much a part drawn at random; streets of 100 m and more."""
    register, rng = city.register, np.random.default_rng(1)
    rows: dict[Kind, NDArray[np.int64]] = {
        "place": np.arange(len(register.places)),
        "landmark": np.arange(len(register.landmarks)),
        "crossing": np.arange(len(register.crossings.first)),
        "street": np.flatnonzero(register.streets.metres > 100),
    }
    for kind, of_kind in rows.items():
        for row in rng.permutation(of_kind)[:500]:
            yield city.search.item(kind, int(row))


def called_otherwise(city: City, items: Iterable[Item]) -> list[Item]:
    """Those whose point, as the search answers it, is called by another name."""
    return [item for item in items if city.register.name_near(round(item.lon, 7), round(item.lat, 7)) != item.name]


def test_what_is_picked_in_the_made_up_city_keeps_its_name() -> None:
    require_own_names([ground(PACKED / "shuoquan-1.osm.pbf")])


def test_what_is_picked_in_a_real_city_keeps_its_name(real_data: Path) -> None:
    names = ("monaco_osrm", "liechtenstein", "chengdu_centre", "nanjing_centre")
    require_own_names([ground(real_data / f"{name}.osm.pbf") for name in names])


def require_own_names(cities: list[City]) -> None:
    """All but one in a hundred streets: rings and short ones that other names reach from end to end."""
    n_streets, others = 0, []
    for city in cities:
        items = list(items_of(city))
        n_streets += sum(item.kind == "street" for item in items)
        others += called_otherwise(city, items)
    assert {item.kind for item in others} <= {"street"}
    assert len(others) <= 0.01 * n_streets, [item.name["zh"] for item in others]


def test_a_street_that_is_named_alone_shows_its_crossings_too(town: City) -> None:
    kinds = [kind for kind, _ in found(town, "人民街")]
    assert kinds.count("crossing") == 3


def test_nearer_comes_first_where_two_fit_as_well(town: City) -> None:
    for column, (zh, _) in enumerate(COLUMNS):
        lon, lat = at(column, 0.5)
        assert next(n for k, n in found(town, "街", lon=lon, lat=lat) if k == "street") == zh


def test_at_most_ten_are_answered(town: City) -> None:
    assert len(town.search.find("路")) <= 10


@given(st.text(max_size=120))
def test_any_words_are_answered_without_an_error(town: City, words: str) -> None:
    assert len(town.search.find(words, lon=float("nan"), lat=1e300)) <= 10


@given(
    st.lists(st.tuples(st.text("甲乙丙路ab ", max_size=5), st.text("abc ", max_size=5)), max_size=8),
    st.text("甲乙路ab ", min_size=1, max_size=3),
)
def test_the_table_agrees_with_looking_at_each_name(pairs: list[tuple[str, str]], part: str) -> None:
    part = folded(part)
    if not part:
        return

    def how(name: str) -> int:
        key = folded(name)
        if key == part:
            return EXACT
        return PREFIX if key.startswith(part) else INSIDE if part in key else NOT

    expected = [min(how(zh) if folded(zh) else NOT, how(en) if folded(en) else NOT) for zh, en in pairs]
    assert NameTable(pairs).match(part).tolist() == expected


def test_a_point_is_called_by_its_landmark_its_crossing_or_its_street(town: City) -> None:
    near = town.register.name_near
    assert near(*at(1.61, 1.7)) == {"zh": "南关医院", "en": "Nanguan Hospital"}
    assert (near(*at(1.02, 0.02)) or {})["en"] in (
        "South Ring Road and Renmin Street",
        "Renmin Street and South Ring Road",
    )
    assert near(*at(0.5, 0.02)) == {"zh": "南环路", "en": "South Ring Road"}


def test_a_point_is_called_a_crossing_only_at_it(town: City) -> None:
    metre = 1 / 260
    for metres, is_crossing in ((0, True), (15, True), (25, False), (39, False)):
        name = town.register.name_near(*at(1 + metres * metre, 0)) or {}
        assert ("与" in name["zh"]) == is_crossing, metres


@pytest.mark.parametrize(("lon", "lat"), [(101.0, 40.0), (float("nan"), 40.0), (float("inf"), 0.0), (-180.0, -90.0)])
def test_a_point_far_away_or_nowhere_has_no_name(town: City, lon: float, lat: float) -> None:
    assert town.register.name_near(lon, lat) is None


def test_an_unnamed_station_gives_its_point_no_empty_name(town: City) -> None:
    assert town.register.name_near(*at(0.5, 0.7)) != {"zh": "", "en": ""}


def test_roads_without_a_single_name_have_an_empty_register(tmp_path: Path) -> None:
    drawing = Drawing()
    drawing.way([(0.0, 0.0), (1.0, 0.0)], highway="residential")
    roads = build_from_osm(drawing.write(tmp_path / "plain.osm.pbf"))

    register = build_register(roads, build_basemap(tmp_path / "plain.osm.pbf", roads))
    assert Search(register).find("路") == []
    assert register.name_near(*at(0.5, 0)) is None


def test_degrees_and_metres_go_both_ways(town: City) -> None:
    plane = town.register.plane
    back = plane.degrees(plane.metres([100.01, 99.98], [40.01, 39.99]))
    assert np.allclose(back, [[100.01, 40.01], [99.98, 39.99]], atol=1e-9)
