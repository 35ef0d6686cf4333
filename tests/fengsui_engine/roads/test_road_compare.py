"""A new road file held against the old one: what changed is counted, what looks wrong is named."""

from pathlib import Path

import numpy as np
import pytest
from cities import PLACES, WAYS, write_osm

from fengsui_engine.roads import RoadNetwork, build_from_osm
from fengsui_engine.roads.compare import Differences, compare_roads


def compared(old: RoadNetwork, new: RoadNetwork, seed: int = 1) -> Differences:
    return compare_roads(old, new, rng=np.random.default_rng(seed))


def redrawn(folder: Path, changed: dict[int, dict[str, str] | None], shift: float = 0.0) -> RoadNetwork:
    """The drawn city with other tags on some ways, or without them, or elsewhere."""
    ways = [(n, nodes, changed.get(n, tags)) for n, nodes, tags in WAYS]
    places = {n: (lon + shift, lat) for n, (lon, lat) in PLACES.items()}
    return build_from_osm(write_osm(folder / "new.osm", places, [w for w in ways if w[2] is not None]))  # type: ignore[misc]


def test_a_file_beside_itself_differs_in_nothing(drawn_city: RoadNetwork) -> None:
    found = compared(drawn_city, drawn_city)
    assert (found.kept, found.added, found.median_ratio) == (1.0, 0.0, 1.0)
    assert (found.same, found.faster, found.slower, found.lost, found.found) == (found.drives, 0, 0, 0, 0)
    assert found.worst == ()
    assert found.doubts == []


def test_a_street_that_is_gone_makes_some_drives_slower_and_the_worst_are_named(
    drawn_city: RoadNetwork, tmp_path: Path
) -> None:
    found = compared(drawn_city, redrawn(tmp_path, {103: None}))
    assert found.slower > 0
    assert (found.faster, found.lost) == (0, 0)
    assert found.metres.new < found.metres.old
    worst = found.worst[0]
    assert worst.old_ms is not None
    assert worst.new_ms is not None
    assert worst.new_ms > worst.old_ms


def test_a_city_whose_streets_all_became_slow_is_doubted(drawn_city: RoadNetwork, tmp_path: Path) -> None:
    slow = {n: tags | {"maxspeed": "10"} for n, _, tags in WAYS}
    found = compared(drawn_city, redrawn(tmp_path, slow))  # type: ignore[arg-type]
    assert [doubt.code for doubt in found.doubts] == ["drives_slower"]
    back = compared(redrawn(tmp_path, slow), drawn_city)  # type: ignore[arg-type]
    assert [doubt.code for doubt in back.doubts] == ["drives_faster"]


def test_another_city_is_doubted_and_every_drive_is_lost(drawn_city: RoadNetwork, tmp_path: Path) -> None:
    found = compared(drawn_city, redrawn(tmp_path, {}, shift=1.0))
    assert (found.kept, found.added) == (0.0, 1.0)
    assert found.lost == found.drives
    assert {doubt.code for doubt in found.doubts} == {"streets_gone", "drives_lost"}
    assert found.worst[0].new_ms is None


def test_a_city_cut_in_half_is_doubted(drawn_city: RoadNetwork, tmp_path: Path) -> None:
    found = compared(drawn_city, redrawn(tmp_path, {101: None, 104: None, 106: None}))
    assert {"streets_gone", "much_shorter"} <= {doubt.code for doubt in found.doubts}


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_draws_the_same_drives(drawn_city: RoadNetwork, tmp_path: Path, seed: int) -> None:
    new = redrawn(tmp_path, {102: None})
    assert compared(drawn_city, new, seed).worst == compared(drawn_city, new, seed).worst
