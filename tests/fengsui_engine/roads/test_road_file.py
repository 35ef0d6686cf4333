"""A road file is whole, or it is refused."""

from pathlib import Path

import numpy as np
import pytest

from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import RoadNetwork, RoadsInconsistent, Told
from fengsui_engine.roads.network import ARRAYS


@pytest.fixture(scope="module")
def kept(drawn_city: RoadNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "city.roads"
    drawn_city.save(path)
    return path


def refused(path: Path) -> str:
    with pytest.raises(Refusal) as refusal:
        RoadNetwork.open(path)
    assert path.name in str(refusal.value)
    return refusal.value.code


def test_what_is_kept_is_what_is_opened(kept: Path, drawn_city: RoadNetwork) -> None:
    opened = RoadNetwork.open(kept)
    for name in ARRAYS:
        assert np.array_equal(getattr(opened, name), getattr(drawn_city, name))
        assert not getattr(opened, name).flags.writeable
    told = ("names", "source", "dropped_nodes", "digest", "metres_total")
    assert [getattr(opened, name) for name in told] == [getattr(drawn_city, name) for name in told]


def test_one_city_is_one_file_byte_by_byte(kept: Path, drawn_city: RoadNetwork, tmp_path: Path) -> None:
    drawn_city.save(tmp_path / "again.roads")
    assert (tmp_path / "again.roads").read_bytes() == kept.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.roads"]


def test_a_file_cut_short_anywhere_is_refused(kept: Path, tmp_path: Path) -> None:
    whole, cut = kept.read_bytes(), tmp_path / "cut.roads"
    for size in [0, 1, 15, 16, 40, 55, 56, 57, 300, *range(1000, len(whole), 997), len(whole) - 1]:
        cut.write_bytes(whole[:size])
        assert refused(cut) == "road_file_unreadable", size


def test_a_changed_byte_anywhere_is_refused(kept: Path, tmp_path: Path) -> None:
    whole, changed = kept.read_bytes(), tmp_path / "changed.roads"
    for place in range(0, len(whole), 41):
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        refused(changed)


def test_another_kind_of_file_and_another_version_are_refused_by_name(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.roads"
    other.write_bytes(b"PK\x03\x04" * 1000)
    assert refused(other) == "road_file_unreadable"
    whole = kept.read_bytes()
    other.write_bytes(whole[:16] + (99).to_bytes(4, "little") + whole[20:])
    assert refused(other) == "road_file_of_another_version"
    assert refused(tmp_path / "none.roads") == "road_file_not_found"


def test_arrays_that_contradict_each_other_are_no_network(drawn_city: RoadNetwork) -> None:
    arrays = {name: np.array(getattr(drawn_city, name)) for name in ARRAYS}
    told = vars(Told(names=drawn_city.names, source="x")) | {"digest": ""}
    RoadNetwork(**arrays, **told)
    wrong = {
        "head": arrays["head"] + drawn_city.n_nodes,
        "tail": arrays["tail"][:-1],
        "first_out": arrays["first_out"][::-1].copy(),
        "travel_ms": arrays["travel_ms"].astype(np.int64),
        "metres": -arrays["metres"],
        "twin": arrays["twin"] + drawn_city.n_edges,
        "grid_first": arrays["grid_first"][:-1],
        "shape_lon": arrays["shape_lon"] * np.nan,
    }
    for name, array in wrong.items():
        with pytest.raises(RoadsInconsistent):
            RoadNetwork(**{**arrays, name: array}, **told)


def test_a_changed_city_has_another_digest(drawn_city: RoadNetwork, tmp_path: Path) -> None:
    assert len(drawn_city.digest) == 64
    assert RoadNetwork.open(_saved(drawn_city, tmp_path / "a.roads")).digest == drawn_city.digest


def _saved(roads: RoadNetwork, path: Path) -> Path:
    roads.save(path)
    return path
