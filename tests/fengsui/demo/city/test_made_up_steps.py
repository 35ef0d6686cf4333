"""Single steps of the recipe, on small cases."""

import numpy as np
import pytest
import shapely

from fengsui.demo.city.axis import draw_valley
from fengsui.demo.city.blocks import cut_blocks, ring_area
from fengsui.demo.city.lines import Line, Rank
from fengsui.demo.city.network import network_of
from fengsui.demo.city.noding import noded, without_dangles, without_slivers
from fengsui.demo.city.stations import numeral, spread
from fengsui.demo.city.words import SOUND, said


def line(*points: tuple[float, float], rank: Rank = Rank.TERTIARY, tag: str = "") -> Line:
    return Line(shapely.LineString(points), rank, tag)


@pytest.mark.parametrize("seed", range(5))
def test_the_plan_comes_back_from_the_plane(seed: int) -> None:
    valley = draw_valley(np.random.default_rng(seed))
    uv = np.random.default_rng(seed).uniform([-40_000, -5_000], [40_000, 5_000], (200, 2))
    assert np.abs(valley.to_plan(valley.to_plane(uv)) - uv).max() < 1


def test_a_kilometre_in_the_plane_is_a_kilometre_on_the_globe() -> None:
    valley = draw_valley(np.random.default_rng(1))
    start = np.array([5000.0, 2000.0])
    for step in np.array([[1000.0, 0.0], [0.0, 1000.0], [700.0, -700.0]]):
        (lon0, lat0), (lon1, lat1) = np.radians(valley.to_globe(np.vstack([start, start + step])))
        half = np.sin((lat1 - lat0) / 2) ** 2 + np.cos(lat0) * np.cos(lat1) * np.sin((lon1 - lon0) / 2) ** 2
        assert 2 * 6_371_008.8 * np.arcsin(np.sqrt(half)) == pytest.approx(np.hypot(*step), rel=0.005)


def test_cutting_a_block_loses_no_ground_and_reaches_the_size_of_its_quarter() -> None:
    square = shapely.box(0, 0, 1000, 800)
    blocks, cuts = cut_blocks([(square, "centre", None)], np.random.default_rng(3))
    assert sum(ring_area(block.ring) for block in blocks) == pytest.approx(square.area, rel=1e-4)
    assert len(blocks) == len(cuts) + 1
    assert max(ring_area(block.ring) for block in blocks) < 3.3 * 60_000


def test_streets_that_cross_meet_and_keep_the_class_of_the_stronger_line() -> None:
    lines = [
        line((0, 0), (400, 0), rank=Rank.PRIMARY, tag="avenue"),
        line((200, -200), (200, 200)),
        line((0, 0), (400, 0), rank=Rank.RESIDENTIAL),
    ]
    pieces = noded(lines)
    assert len(pieces.shape) == 4
    assert sorted(pieces.rank) == [Rank.PRIMARY, Rank.PRIMARY, Rank.TERTIARY, Rank.TERTIARY]
    assert {str(tag) for tag in pieces.tag} == {"avenue", ""}


def test_a_sliver_goes_with_its_weakest_street_and_never_cuts_anything_off() -> None:
    lines = [
        line((0, 0), (500, 0), rank=Rank.PRIMARY),
        line((0, 20), (500, 20)),
        line((0, -5), (0, 405)),
        line((500, -5), (500, 405)),
        line((0, 400), (500, 400)),
    ]
    pieces = without_slivers(without_dangles(noded(lines), 10))
    assert shapely.length(pieces.shape).sum() == pytest.approx(1800, abs=1)


def test_the_network_has_no_stubs_and_no_node_where_nothing_changes() -> None:
    lines = [line((0, 0), (100, 0), (200, 5), (300, 0)), line((150, -200), (150, 200)), line((250, 4), (250, 12))]
    network = network_of(noded(lines))
    assert sorted(network.degree(node) for node in network.nodes()) == [1, 1, 1, 1, 4]


def test_names_are_said_syllable_by_syllable() -> None:
    assert said("柳泉") == "Liuquan"
    assert said("绿洲") == "Lüzhou"
    assert said("石佛") == "Shifo"
    assert said("长安") == "Chang'an"
    assert all(sound.isalpha() for sound in SOUND.values())


def test_numerals_are_written_as_schools_write_them() -> None:
    assert [numeral(k) for k in (1, 10, 11, 20, 27)] == ["一", "十", "十一", "二十", "二十七"]


def test_spread_gives_every_part_its_share() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(0, 1000, (400, 2))
    centres = spread(points, 8, rng)
    owner = np.argmin(np.hypot(*(points[:, None] - centres).transpose(2, 0, 1)), axis=1)
    assert np.bincount(owner, minlength=8).min() > 20
