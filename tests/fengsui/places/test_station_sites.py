"""Crews have a base: from the tags, or made up and well spread."""

from pathlib import Path

import numpy as np
import pytest
from drawn_town import Drawing

from fengsui.places.basemap import Basemap, build_basemap
from fengsui.places.stations import seed_stations, stations
from fengsui_engine.roads import RoadNetwork


def test_tagged_stations_are_found_with_their_kind(basemap: Basemap) -> None:
    told = {(s.kind, s.zh) for s in stations(basemap)}
    assert told == {("police", "和平派出所"), ("fire", "消防站 1"), ("medic", "南关医院")}


def stations_of(tmp_path: Path, tags: dict[str, str]) -> list[str]:
    """The kinds of the stations of an extract with one place of those tags."""
    drawing = Drawing()
    drawing.point(0.0, 0.0, **tags)
    extract = drawing.write(tmp_path / "one.osm.pbf")
    return [station.kind for station in stations(build_basemap(extract, None))]


@pytest.mark.parametrize(
    "tags",
    [
        {"amenity": "police", "name": "保卫处"},
        {"amenity": "police", "name": "出入境办证中心", "name__en": "PSB Office"},
        {"amenity": "police", "name": "金牛公安办证中心"},
        {"amenity": "police", "name": "市公安局户籍大厅"},
        {"amenity": "police", "name": "车管所"},
        {"amenity": "police", "name": "公安档案馆"},
        {"amenity": "police", "name": "Fourrière de Monaco"},
        {"amenity": "police", "name": "Strompolizei und Schiffahrtsaufsicht"},
        {"amenity": "fire_station", "name": "消防博物馆"},
        {"amenity": "fire_station", "name": "锦绣花园微型消防站"},
        {"amenity": "hospital", "name": "成华敬式牙科诊所"},
        {"amenity": "hospital", "name": "江苏省口腔医院"},
        {"amenity": "hospital", "name": "川大华西第四医院姑息医学科"},
        {"amenity": "hospital", "name": "电子科技大学医院"},
        {"amenity": "hospital", "name": "Riverside DENTAL Hospital"},
        {"amenity": "hospital", "name": "Institut Monégasque de Médecine du Sport", "emergency": "no"},
        {"amenity": "hospital", "name": "安康", "healthcare": "dentist"},
        {"amenity": "clinic", "name": "社区卫生服务中心"},
        {"amenity": "dentist", "name": "牙科"},
        {"amenity": "doctors", "name": "李医生"},
    ],
    ids=lambda tags: str(tags["name"]),
)
def test_no_crew_is_based_where_none_would_set_out_from(tmp_path: Path, tags: dict[str, str]) -> None:
    assert stations_of(tmp_path, tags) == []


@pytest.mark.parametrize(
    ("kind", "tags"),
    [
        ("police", {"amenity": "police"}),
        ("police", {"amenity": "police", "name": "保卫路派出所"}),
        ("police", {"amenity": "police", "name": "Traffic Police"}),
        ("fire", {"amenity": "fire_station", "name": "成都市公安消防局四中队"}),
        ("medic", {"emergency": "ambulance_station", "name": "口腔医院急救站"}),
        ("medic", {"amenity": "hospital", "name": "成都大学附属医院"}),
        ("medic", {"amenity": "hospital", "name": "青羊区妇幼保健院"}),
        ("medic", {"amenity": "hospital", "name": "Landesklinikum Krems", "emergency": "yes"}),
    ],
    ids=str,
)
def test_a_crew_is_based_where_one_sets_out_from(tmp_path: Path, kind: str, tags: dict[str, str]) -> None:
    assert stations_of(tmp_path, tags) == [kind]


def test_the_same_seed_gives_the_same_stations(roads: RoadNetwork) -> None:
    first, again = (seed_stations(roads, 4, np.random.default_rng(7)) for _ in range(2))
    assert first == again
    assert all(s.is_seeded for s in first)


def test_made_up_stations_stand_at_junctions_of_their_own(roads: RoadNetwork) -> None:
    made = seed_stations(roads, 5, np.random.default_rng(1))
    places = {(s.lon, s.lat) for s in made}
    assert len(places) == 5
    assert places <= set(zip(np.asarray(roads.lon).tolist(), np.asarray(roads.lat).tolist(), strict=True))


def test_no_more_are_made_than_there_are_junctions(roads: RoadNetwork) -> None:
    assert len(seed_stations(roads, 10_000, np.random.default_rng(1))) <= roads.n_nodes
    assert seed_stations(roads, 0, np.random.default_rng(1)) == []


def test_kinds_take_turns(roads: RoadNetwork) -> None:
    assert [s.kind for s in seed_stations(roads, 4, np.random.default_rng(1), kinds=("police", "fire"))] == [
        "police",
        "fire",
    ] * 2


def test_made_up_stations_cover_a_real_city_better_than_chance(real_data: Path) -> None:
    from fengsui_engine.roads import build_from_osm

    roads = build_from_osm(real_data / "monaco_osrm.osm.pbf")
    at = np.column_stack([np.asarray(roads.lon) * np.cos(np.radians(43.7)), np.asarray(roads.lat)])

    def mean_off(rows: np.ndarray) -> float:
        return float(np.min(np.hypot(*(at[:, None, :] - rows[None]).transpose(2, 0, 1)), axis=1).mean())

    made = seed_stations(roads, 12, np.random.default_rng(3))
    seeded = mean_off(np.array([[s.lon * np.cos(np.radians(43.7)), s.lat] for s in made]))
    chance = [mean_off(at[np.random.default_rng(s).choice(len(at), 12, replace=False)]) for s in range(10)]
    assert seeded < min(chance)
    assert seeded == pytest.approx(seeded)
