"""What is each street called?

Step 10 of the recipe: edges are joined into strokes (at a node the pair with the smallest turn below 40 degrees), a
stroke gets one name. Planned lines carry a tag and so exactly one name from end to end. East-west is 路, north-south
街, long arterials 大道, the old quarter's lanes 巷. Country lanes, ramps and service lanes stay unnamed: they would
eat the names.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import shapely

from fengsui.demo.city.lines import Rank
from fengsui.demo.city.network import Edge, Network, heading, turn_of
from fengsui.demo.city.words import (
    ARTERIALS,
    FIRST,
    FIXED,
    LANE_FIRST,
    LANES,
    LAST,
    TOWN_STREETS,
    Name,
    said,
)

SHARPEST_TURN = math.radians(40)
SHORTEST_NAMED_M = 110.0
AVENUE_M = 2_600.0
IN_CITY, OLD = -1, 0
TOWN_EDGE_M, CITY_EDGE_M = 320.0, 4_300.0


def strokes_of(network: Network, group: Mapping[int, Hashable]) -> list[list[int]]:
    """Chains of edges of one group that read as one street, each in order, by edge number."""
    ahead: dict[tuple[int, int], int] = {}
    for node in network.nodes():
        here = [n for n in network.at[node] if n in group]
        ways = {n: heading(network.edges[n].leaving(node)) for n in here}
        pairs = sorted(
            (turn, a, b)
            for i, a in enumerate(here)
            for b in here[i + 1 :]
            if group[a] == group[b] and (turn := turn_of(ways[a], ways[b])) < SHARPEST_TURN
        )
        used: set[int] = set()
        for _, a, b in pairs:
            if a not in used and b not in used:
                used |= {a, b}
                ahead[node, a], ahead[node, b] = b, a
    return chains(network, ahead, list(group))


def chains(network: Network, ahead: dict[tuple[int, int], int], numbers: list[int]) -> list[list[int]]:
    """Follow `ahead` from one end of every stroke to the other."""
    done: set[int] = set()
    out = []
    for number in numbers:
        if number in done:
            continue
        chain = [number]
        done.add(number)
        for node, is_front in ((network.edges[number].b, False), (network.edges[number].a, True)):
            current, at = number, node
            while (nxt := ahead.get((at, current))) is not None and nxt not in done:
                done.add(nxt)
                chain = [nxt, *chain] if is_front else [*chain, nxt]
                at, current = network.edges[nxt].other(at), nxt
        out.append(chain)
    return out


def name_streets(
    network: Network,
    old: shapely.Polygon,
    ring: shapely.Polygon,
    towns: list[shapely.Polygon],
    villages: dict[str, Name],
    rng: np.random.Generator,
) -> dict[int, Name]:
    """A name for every street long enough to have one, by edge number."""
    used = {name.zh for name in FIXED.values()}
    names = tag_names(network, villages, used, rng)
    lanes, pairs = shuffled(lane_words(), rng), shuffled(pair_words(), rng)
    town_words = [shuffled(iter(TOWN_STREETS), rng) for _ in towns]
    quarter = quarters(network, ring, old, towns)
    for chain in sorted(strokes_of(network, quarter), key=lambda c: (-chain_metres(network, c), c[0])):
        length = chain_metres(network, chain)
        if length < SHORTEST_NAMED_M:
            continue
        at = quarter[chain[0]]
        if at == OLD:
            name = next_unused(lanes, Name("巷", "Lane"), used)
        elif at > OLD:
            name = next_unused(town_words[at - 1], suffix(network, chain), set())
        else:
            name = next_unused(pairs, suffix(network, chain), used)
        if name is not None:
            names |= dict.fromkeys(chain, name)
    return names


def tag_names(network: Network, villages: dict[str, Name], used: set[str], rng: np.random.Generator) -> dict[int, Name]:
    """One name for all edges that carry the same tag."""
    by_tag: dict[str, list[int]] = defaultdict(list)
    for number, edge in network.edges.items():
        if edge.tag and edge.tag != "ramp":
            by_tag[edge.tag].append(number)
    arterials = shuffled(iter(ARTERIALS), rng)
    names: dict[int, Name] = {}
    for tag in sorted(by_tag, key=lambda tag: (-chain_metres(network, by_tag[tag]), tag)):
        name = FIXED.get(tag) or villages.get(tag)
        if name is None and not tag.startswith("village"):
            length = chain_metres(network, by_tag[tag])
            word = Name("大道", "Avenue") if length > AVENUE_M else suffix(network, by_tag[tag])
            name = next_unused(arterials, word, used)
        if name is not None:
            names |= dict.fromkeys(by_tag[tag], name)
    return names


def quarters(
    network: Network, ring: shapely.Polygon, old: shapely.Polygon, towns: list[shapely.Polygon]
) -> dict[int, int]:
    """For each edge that a stroke may name: the old quarter, a town (from 1), else the city. Villages have no names."""
    areas = [old, *(town.buffer(TOWN_EDGE_M) for town in towns)]
    middle = {n: e.line.interpolate(0.5, normalized=True) for n, e in network.edges.items() if is_nameable(e)}
    city = ring.buffer(CITY_EDGE_M)
    shapely.prepare(city)
    quarter = {n: IN_CITY for n, point in middle.items() if city.contains(point)}
    numbers = list(middle)
    for i, k in zip(*shapely.STRtree(list(areas)).query(list(middle.values()), predicate="within"), strict=True):
        quarter[numbers[i]] = int(k)
    return quarter


def is_nameable(edge: Edge) -> bool:
    """Streets without a tag, except service lanes."""
    return not edge.tag and Rank.SECONDARY <= edge.rank <= Rank.RESIDENTIAL


def chain_metres(network: Network, chain: list[int]) -> float:
    """Length of a chain of edges."""
    return sum(network.edges[n].metres for n in chain)


def suffix(network: Network, chain: list[int]) -> Name:
    """路 for east-west, 街 for north-south."""
    span = np.vstack([network.edges[n].points[-1] - network.edges[n].points[0] for n in chain])
    reach = np.abs(span).sum(axis=0)
    return Name("路", "Road") if reach[0] >= reach[1] else Name("街", "Street")


def shuffled(words: Iterator[str], rng: np.random.Generator) -> Iterator[str]:
    """The words in an order of this seed."""
    pool = list(words)
    return iter([pool[i] for i in rng.permutation(len(pool))])


def lane_words() -> Iterator[str]:
    """The old quarter's lanes: every trade, and its upper, lower, eastern … lanes."""
    yield from (first + word for word in LANES for first in ("", *LANE_FIRST))


def pair_words() -> Iterator[str]:
    """Two-character street names."""
    yield from (a + b for a in FIRST for b in LAST if a != b)


def next_unused(words: Iterator[str], kind: Name, used: set[str]) -> Name | None:
    """The next word with this ending that is not in use; None when the words are at an end."""
    for word in words:
        name = Name(word + kind.zh, f"{said(word)} {kind.en}")
        if name.zh not in used:
            used.add(name.zh)
            return name
    return None
