"""Roads and map lie side by side, and a new pair takes their place whole, whenever the power goes."""

from pathlib import Path

import pytest
from cities import PLACES, WAYS, draw_city, write_osm

from fengsui.places.ground import (
    AnotherBuild,
    CityMissing,
    MapOfOtherRoads,
    beside,
    lay_ground,
    map_path,
    next_path,
    open_ground,
    put_in_place,
)
from fengsui_engine.roads import ExtractUnreadable


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The road file that a city is served from, with its map beside."""
    path = tmp_path / "city.roads"
    lay_ground(draw_city(tmp_path / "drawn.osm"), path, lambda *_, **__: None)
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An extract of another day, without West Street."""
    return write_osm(tmp_path / "other.osm", PLACES, [way for way in WAYS if way[0] != 102])


def lay(extract: Path, path: Path) -> str:
    return lay_ground(extract, path, lambda *_, **__: None).digest


def test_a_new_pair_takes_the_place_of_the_old(served: Path, other: Path) -> None:
    with beside(served) as waiting:
        digest = lay(other, waiting)
        put_in_place(served)
    roads, basemap = open_ground(served)
    assert roads.digest == basemap.roads_digest == digest
    assert sorted(path.name for path in served.parent.glob("city*")) == ["city.map", "city.roads"]


def test_what_is_not_put_in_place_leaves_nothing_behind(served: Path, other: Path, tmp_path: Path) -> None:
    before = served.read_bytes(), map_path(served).read_bytes()
    with beside(served) as waiting:
        lay(other, waiting)
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"\x00\x00\x00\x0dgarbage")
    with pytest.raises(ExtractUnreadable), beside(served) as waiting:
        lay(broken, waiting)
    assert (served.read_bytes(), map_path(served).read_bytes()) == before
    assert not next_path(served).exists()


def test_a_power_cut_between_the_two_moves_is_ended_by_whoever_opens_the_pair(served: Path, other: Path) -> None:
    waiting = next_path(served)
    digest = lay(other, waiting)
    map_path(waiting).replace(map_path(served))  # the first move; the second never came
    roads, basemap = open_ground(served)
    assert roads.digest == basemap.roads_digest == digest
    assert not waiting.exists()
    assert open_ground(served)[0].digest == digest


def test_a_build_that_fails_after_a_power_cut_between_the_moves_leaves_the_new_city(
    served: Path, other: Path, tmp_path: Path
) -> None:
    waiting = next_path(served)
    digest = lay(other, waiting)
    map_path(waiting).replace(map_path(served))
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"\x00\x00\x00\x0dgarbage")
    with pytest.raises(ExtractUnreadable), beside(served) as path:
        lay(broken, path)
    assert open_ground(served)[0].digest == digest


def test_a_move_that_is_broken_off_inside_is_ended(served: Path, other: Path) -> None:
    def broken_off() -> None:
        with beside(served) as waiting:
            lay(other, waiting)
            map_path(waiting).replace(map_path(served))
            raise KeyboardInterrupt

    before = open_ground(served)[0].digest
    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert open_ground(served)[0].digest != before


def test_a_power_cut_before_the_first_move_leaves_the_old_city(served: Path, other: Path) -> None:
    old = open_ground(served)[0].digest
    lay(other, next_path(served))
    assert open_ground(served)[0].digest == old


def test_a_map_of_other_roads_is_refused_where_nothing_waits(served: Path, other: Path) -> None:
    lay(other, served.with_name("other.roads"))
    served.with_name("other.map").replace(map_path(served))
    with pytest.raises(MapOfOtherRoads):
        open_ground(served)


def test_two_builds_at_once_are_refused(served: Path) -> None:
    with beside(served), pytest.raises(AnotherBuild), beside(served):
        pass


def test_a_folder_without_a_city_is_told(tmp_path: Path) -> None:
    with pytest.raises(CityMissing):
        open_ground(tmp_path / "city.roads")
