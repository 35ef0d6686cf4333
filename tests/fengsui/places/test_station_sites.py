"""Crews have a base: from the tags, or made up and well spread."""

from pathlib import Path

import numpy as np
import pytest

from fengsui.places.basemap import Basemap
from fengsui.places.stations import seed_stations, stations
from fengsui_engine.roads import RoadNetwork


def test_tagged_stations_are_found_with_their_kind(basemap: Basemap) -> None:
    told = {(s.kind, s.zh) for s in stations(basemap)}
    assert told == {("police", "和平派出所"), ("fire", "消防站 1"), ("medic", "南关医院")}


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
