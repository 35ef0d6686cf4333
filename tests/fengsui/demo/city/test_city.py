"""The made-up city is a proper street network: whole, clean, named and served."""

import numpy as np
import pytest
import shapely

from fengsui.demo.city import City, build_city
from fengsui.demo.city.lines import Rank


def degrees(city: City) -> np.ndarray:
    return np.array([city.network.degree(node) for node in city.network.nodes()])


def strong_share(city: City) -> float:
    """Share of nodes in the strongly connected part of the first node, by a search each way."""
    ahead: dict[int, list[int]] = {}
    back: dict[int, list[int]] = {}
    for edge in city.network.edges.values():
        for a, b in [(edge.a, edge.b)] if edge.oneway else [(edge.a, edge.b), (edge.b, edge.a)]:
            ahead.setdefault(a, []).append(b)
            back.setdefault(b, []).append(a)
    seen = [reached(links, city.network.nodes()[0]) for links in (ahead, back)]
    return len(seen[0] & seen[1]) / len(city.network.nodes())


def reached(links: dict[int, list[int]], start: int) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for nxt in links.get(waiting.pop(), []):
            if nxt not in seen:
                seen.add(nxt)
                waiting.append(nxt)
    return seen


def check_streets(city: City) -> None:
    """What must hold for the streets of any seed."""
    assert min(edge.metres for edge in city.network.edges.values()) >= 8
    assert strong_share(city) == 1
    for edge in city.network.edges.values():
        if edge.bridge and edge.rank > Rank.MOTORWAY:
            assert edge.rank <= Rank.TERTIARY
            assert shapely.intersects(edge.line, city.land.river)
        if shapely.intersects(edge.line, city.land.river):
            assert edge.bridge


def test_no_street_is_shorter_than_8_m_and_every_corner_can_be_reached_and_left(city: City) -> None:
    check_streets(city)


def test_progress_begins_low_never_falls_and_reaches_1(city: City, told: list[tuple[float, str]]) -> None:
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] < 0.1
    assert fractions[-1] == 1
    assert all(words for _, words in told)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 7])
def test_another_seed_is_another_city_that_is_as_sound(seed: int, city: City) -> None:
    other = build_city(seed)
    check_streets(other)
    assert len(other.network.edges) != len(city.network.edges)
