"""The made-up city is a proper street network: whole, clean, named and served."""

from collections import defaultdict

import numpy as np
import pytest
import shapely

from fengsui.demo.city import City, build_city
from fengsui.demo.city.lines import Rank

Told = list[tuple[float, str]]
POLICE_FIRE_MEDIC = ("police", "fire_station", "ambulance_station")


def strong_share(city: City) -> float:
    """Share of nodes from which every corner can be reached and which can be reached from every corner."""
    ahead: dict[int, list[int]] = defaultdict(list)
    back: dict[int, list[int]] = defaultdict(list)
    for edge in city.network.edges.values():
        for a, b in [(edge.a, edge.b)] if edge.oneway else [(edge.a, edge.b), (edge.b, edge.a)]:
            ahead[a].append(b)
            back[b].append(a)
    start = city.network.nodes()[0]
    return len(reached(ahead, start) & reached(back, start)) / len(city.network.nodes())


def reached(links: dict[int, list[int]], start: int) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for nxt in links[waiting.pop()]:
            if nxt not in seen:
                seen.add(nxt)
                waiting.append(nxt)
    return seen


def stations(city: City) -> list[tuple[float, float]]:
    """Where police, fire and ambulance stations stand."""
    return [p.at for p in city.places if p.tags.get("amenity", p.tags.get("emergency")) in POLICE_FIRE_MEDIC]


def of_place(city: City, kind: str) -> list[tuple[float, float]]:
    return [place.at for place in city.places if place.tags.get("place") == kind]


def check(city: City) -> None:
    """What must hold for any seed."""
    edges = list(city.network.edges.values())
    assert min(edge.metres for edge in edges) >= 8
    assert strong_share(city) == 1
    degree = np.array([city.network.degree(node) for node in city.network.nodes()])
    degree = degree[degree != 2]  # bridge heads, corners where a name changes
    assert 0.18 < (degree == 1).mean() < 0.28
    assert 0.52 < (degree == 3).mean() < 0.66
    assert 0.10 < (degree == 4).mean() < 0.20
    for edge in edges:
        if edge.rank > Rank.MOTORWAY_LINK:
            assert edge.bridge == shapely.intersects(edge.line, city.land.river)
            assert not edge.bridge or edge.rank <= Rank.TERTIARY
    roads = shapely.STRtree([edge.line for edge in edges])
    _, away = roads.query_nearest(shapely.points(stations(city)), return_distance=True, all_matches=False)
    assert away.max() < 60
    assert len(of_place(city, "town")) >= 12
    assert len(of_place(city, "village")) >= 55


def test_the_streets_are_whole_clean_and_mixed_as_in_a_real_city(city: City) -> None:
    check(city)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 7])
def test_another_seed_is_another_city_that_is_as_sound(seed: int, city: City) -> None:
    other = build_city(seed)
    check(other)
    assert len(other.network.edges) != len(city.network.edges)


def test_progress_begins_low_never_falls_and_reaches_1(city: City, told: Told) -> None:
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[0] < 0.1
    assert fractions[-1] == 1
    assert all(words for _, words in told)


def test_each_planned_road_has_one_name_from_end_to_end_and_shares_it_with_no_other(city: City) -> None:
    names = defaultdict(set)
    for number, edge in city.network.edges.items():
        if edge.tag and edge.rank <= Rank.SECONDARY and edge.rank != Rank.MOTORWAY_LINK:
            names[edge.tag].add(city.streets.get(number))
    assert len(names) > 40
    assert all(len(found) == 1 and None not in found for found in names.values())
    all_names = [name for found in names.values() for name in found]
    assert len(set(all_names)) == len(all_names)


def test_no_two_streets_of_the_city_share_a_name(city: City) -> None:
    lines = defaultdict(list)
    for number, name in city.streets.items():
        line = city.network.edges[number].line
        if line.within(city.plan.ring):
            lines[name.zh].append(line)
    spans = {zh: shapely.union_all(parts) for zh, parts in lines.items()}
    assert len(spans) > 400
    # the parts of one name lie in one straight or bent line: it is never much longer than its own box's two sides
    for span in spans.values():
        x0, y0, x1, y1 = span.bounds
        assert span.length < 1.6 * (x1 - x0 + y1 - y0) + 200


def test_the_drum_tower_is_gone_round_counter_clockwise(city: City) -> None:
    ring = [edge for edge in city.network.edges.values() if edge.tag == "drum-ring"]
    middle = np.array([city.plan.drum.x, city.plan.drum.y])
    assert len(ring) >= 4
    for edge in ring:
        assert edge.oneway
        (x0, y0), (x1, y1) = edge.points[0] - middle, edge.points[1] - middle
        assert x0 * y1 - y0 * x1 > 0


def test_the_motorway_keeps_right_and_comes_down_at_six_interchanges(city: City) -> None:
    ramps = [edge for edge in city.network.edges.values() if edge.rank == Rank.MOTORWAY_LINK]
    assert len(ramps) == 6 * 4
    middle = city.land.motorway_line
    for edge in city.network.edges.values():
        if edge.rank == Rank.MOTORWAY and not edge.bridge:
            assert edge.oneway
            (x0, _), (x1, _) = edge.points[0], edge.points[-1]
            here = edge.line.interpolate(0.5, normalized=True)
            is_north = here.y > middle.interpolate(middle.project(here)).y
            assert is_north == (x1 < x0)


def test_the_city_has_forty_stations_and_every_town_its_police(city: City) -> None:
    (centre,), towns = of_place(city, "city"), of_place(city, "town")
    seat = next(p.at for p in city.places if p.tags.get("capital") == "county")
    assert 20_000 < np.hypot(*np.subtract(seat, centre)) < 25_000
    found = np.array(stations(city))
    nearer_city = np.hypot(*(found - centre).T) < np.hypot(*(found - seat).T)
    assert nearer_city.sum() >= 40
    assert (~nearer_city).sum() >= 8
    police = np.array([p.at for p in city.places if p.tags.get("amenity") == "police"])
    for town in towns:
        assert np.hypot(*(police - town).T).min() < 1_500


def test_no_two_services_stand_on_one_spot(city: City) -> None:
    spots = np.array([p.at for p in city.places if "place" not in p.tags])
    near = shapely.STRtree(shapely.points(spots)).query(shapely.points(spots), predicate="dwithin", distance=8)
    assert (near[0] == near[1]).all()
