"""Who and what stands where: places, stations and posts, hospitals, schools, markets?

Stations are spread over the built blocks by Lloyd's rounds and set down beside a road, 20 m from its middle, so that a
crew's way begins on the street before its door.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from fengsui.demo.city.axis import Floats
from fengsui.demo.city.blocks import Block
from fengsui.demo.city.lines import Rank
from fengsui.demo.city.network import Network
from fengsui.demo.city.skeleton import CityPlan
from fengsui.demo.city.valley import Settlement, ValleyPlan
from fengsui.demo.city.words import (
    CITY,
    NORTH_TOWN_WORDS,
    SOUTH_TOWN_WORDS,
    VILLAGE_FIRST,
    VILLAGE_LAST,
    Name,
    said,
)

BESIDE_M = 20.0
TOWN_REACH_M = 2_300.0
CITY_QUARTERS = ("centre", "city", "new", "old", "estate", "fringe")
# Each district's wish: from what, how far east and north of it (metres), in the order in which they may choose.
DISTRICT_WISHES: dict[str, tuple[str, float, float]] = {
    "鼓楼": ("drum", 0, 0),
    "燧月湖": ("lake", 0, 0),
    "铁路": ("station", 0, 300),
    "工业园": ("estate", 0, 0),
    "新城": ("lake", 300, 1700),
    "东关": ("drum", 1800, 0),
    "绥西": ("drum", -3200, 300),
    "绥东": ("drum", 4200, 300),
    "河北": ("drum", 0, 2300),
    "朔风": ("drum", -3000, 2300),
    "城北": ("drum", -800, 4800),
    "南苑": ("drum", 2600, -2200),
    "柳荫": ("drum", -2200, -1700),
    "杏林": ("drum", 3000, 900),
}
POLICE, FIRE, MEDIC = {"amenity": "police"}, {"amenity": "fire_station"}, {"emergency": "ambulance_station"}
SEAT_SERVICES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("柳泉县公安局", "Liuquan County Public Security Bureau", POLICE),
    ("柳泉城东派出所", "Liuquan East Police Station", POLICE),
    ("柳泉城西派出所", "Liuquan West Police Station", POLICE),
    ("柳泉警务站", "Liuquan Police Post", {**POLICE, "police": "post"}),
    ("柳泉消防救援站", "Liuquan Fire Station", FIRE),
    ("柳泉城西消防救援站", "Liuquan West Fire Station", FIRE),
    ("柳泉急救站", "Liuquan Ambulance Station", MEDIC),
    ("柳泉城东急救站", "Liuquan East Ambulance Station", MEDIC),
    ("柳泉县人民医院", "Liuquan County Hospital", {"amenity": "hospital"}),
    ("柳泉县政府", "Liuquan County Hall", {"amenity": "townhall"}),
    ("柳泉第一中学", "Liuquan No. 1 Middle School", {"amenity": "school"}),
    ("柳泉第二中学", "Liuquan No. 2 Middle School", {"amenity": "school"}),
    ("柳泉第一小学", "Liuquan No. 1 Primary School", {"amenity": "school"}),
    ("柳泉农贸市场", "Liuquan Market", {"amenity": "marketplace"}),
    ("柳泉加油站", "Liuquan Fuel Station", {"amenity": "fuel"}),
    ("柳泉客运站", "Liuquan Coach Station", {"amenity": "bus_station"}),
)
NUMERALS = "零一二三四五六七八九十"


@dataclass(frozen=True)
class Place:
    """A named point and its OSM tags (`name` and `name:en` among them)."""

    at: tuple[float, float]
    tags: dict[str, str]


class Kerbs:
    """Finds the nearest spot beside a road that a building could have its door at; no spot is given twice."""

    def __init__(self, network: Network) -> None:
        fits = [e for e in network.edges.values() if Rank.PRIMARY <= e.rank <= Rank.RESIDENTIAL and e.metres > 45]
        self.lines = [edge.line for edge in fits if not edge.bridge]
        self.tree = shapely.STRtree(self.lines)
        self.taken: list[Floats] = []

    def beside(self, xy: Floats) -> tuple[float, float]:
        """A spot `BESIDE_M` from the middle of the nearest road, on the side of `xy`, away from crossings."""
        line = self.lines[int(self.tree.nearest(shapely.Point(xy)))]
        start = line.project(shapely.Point(xy))
        for shift in (0.0, 30.0, -30.0, 60.0, -60.0, 90.0, -90.0):
            spot = beside_line(line, float(np.clip(start + shift, 20, line.length - 20)), xy)
            if all(np.hypot(*(spot - other)) > 18 for other in self.taken):
                break
        self.taken.append(spot)
        return float(spot[0]), float(spot[1])


def beside_line(line: shapely.LineString, at: float, xy: Floats) -> Floats:
    """The point `BESIDE_M` off the line at `at`, on the side of `xy`."""
    here, ahead = (np.array(line.interpolate(s).coords[0]) for s in (at - 1, at + 1))
    aside = np.array([-(ahead - here)[1], (ahead - here)[0]]) / max(float(np.hypot(*(ahead - here))), 1e-9)
    sign = 1.0 if aside @ (xy - here) >= 0 else -1.0
    return np.asarray(0.5 * (here + ahead) + sign * BESIDE_M * aside)


def spread(points: Floats, n: int, rng: np.random.Generator) -> Floats:
    """(n, 2) centres that share the points evenly: Lloyd's rounds from a farthest-point start."""
    centres = points[[int(rng.integers(len(points)))]]
    while len(centres) < n:
        away = np.hypot(*(points[:, None] - centres).transpose(2, 0, 1)).min(axis=1)
        centres = np.vstack([centres, points[int(np.argmax(away))]])
    for _ in range(12):
        owner = np.argmin(np.hypot(*(points[:, None] - centres).transpose(2, 0, 1)), axis=1)
        centres = np.array([points[owner == k].mean(axis=0) if (owner == k).any() else centres[k] for k in range(n)])
    return centres


def middles(blocks: list[Block]) -> Floats:
    """(n, 2) middles of the blocks."""
    return np.array([block.shape.centroid.coords[0] for block in blocks])


def settlement_names(land: ValleyPlan, rng: np.random.Generator) -> dict[int, Name]:
    """Names of towns and villages, by their number among the settlements."""
    towns = iter((*SOUTH_TOWN_WORDS, *NORTH_TOWN_WORDS))
    words = [first + last for first in VILLAGE_FIRST for last in VILLAGE_LAST if first != last]
    villages = iter([words[i] for i in rng.permutation(len(words))])
    names = {}
    for k, place in enumerate(land.settlements):
        word = next(villages) if place.kind == "village" else next(towns)
        ending = {"seat": "县", "town": "镇", "village": "村"}[place.kind]
        names[k] = Name(word + ending, said(word))
    return names


def tagged(at: tuple[float, float], name: Name, tags: dict[str, str]) -> Place:
    """A place with its names among its tags."""
    return Place(at, {**tags, "name": name.zh, "name:en": name.en})


def settle(
    plan: CityPlan, land: ValleyPlan, network: Network, blocks: list[Block], street_at: dict[int, Name],
    names: dict[int, Name], rng: np.random.Generator,
) -> list[Place]:  # fmt: skip
    """All points of the map: places, then the city's, the county seat's and the towns' services."""
    kerbs = Kerbs(network)
    built = middles([block for block in blocks if block.quarter in CITY_QUARTERS])
    town_blocks = middles([block for block in blocks if block.quarter in ("town", "seat")])
    centre = (plan.drum.x, plan.drum.y)
    places = [tagged(centre, CITY, {"place": "city", "capital": "prefecture"})]
    places += city_services(plan, kerbs, built, network, street_at, rng)
    for k, town in enumerate(land.settlements):
        at = (town.centre.x, town.centre.y)
        if town.kind == "village":
            places.append(tagged(at, names[k], {"place": "village"}))
            places += village_services(town, names[k], kerbs, rng)
            continue
        extra = {"capital": "county"} if town.kind == "seat" else {}
        places.append(tagged(at, names[k], {"place": "town", **extra}))
        near = town_blocks[np.hypot(*(town_blocks - at).T) < TOWN_REACH_M]
        places += town_services(town, names[k], k, near, kerbs, rng)
    end = max((e.points[-1] for e in network.edges.values() if e.tag == "seat-station"), key=lambda p: -p[1])
    station = Name("柳泉站", "Liuquan Railway Station")
    places.append(tagged((float(end[0]), float(end[1])), station, {"railway": "station"}))
    return places


def city_services(
    plan: CityPlan, kerbs: Kerbs, built: Floats, network: Network, street_at: dict[int, Name], rng: np.random.Generator
) -> list[Place]:
    """Districts with a police station each, posts, fire and ambulance stations, hospitals and the rest."""
    places = []
    centres = spread(built, len(DISTRICT_WISHES), rng)
    wards = ward_names(plan, centres)
    for word, at in zip(wards, centres, strict=True):
        places.append(tagged((float(at[0]), float(at[1])), Name(f"{word}街道", said(word)), {"place": "suburb"}))
        places.append(tagged(kerbs.beside(at + 60), Name(f"{word}派出所", f"{said(word)} Police Station"), POLICE))
        office = Name(f"{word}街道办事处", f"{said(word)} Subdistrict Office")
        places.append(tagged(kerbs.beside(at - 140), office, {"amenity": "townhall"}))
    posts = spread(built, 18, rng)
    for at, street in zip(posts, streets_near(posts, network, street_at), strict=True):
        name = Name(f"{street.zh}警务站", f"{street.en} Police Post")
        places.append(tagged(kerbs.beside(at), name, {**POLICE, "police": "post"}))
    fires = spread(built, 9, rng)
    for at, word in zip(fires, wards_near(fires, centres, wards), strict=True):
        places.append(tagged(kerbs.beside(at + 90), Name(f"{word}消防救援站", f"{said(word)} Fire Station"), FIRE))
    medics = spread(built, 8, rng)
    for at, word in zip(medics, wards_near(medics, centres, wards), strict=True):
        places.append(tagged(kerbs.beside(at - 90), Name(f"{word}急救站", f"{said(word)} Ambulance Station"), MEDIC))
    return places + landmarks(plan, kerbs) + many(kerbs, built, rng)


def ward_names(plan: CityPlan, centres: Floats) -> list[str]:
    """District words by where the district lies: 鼓楼 at the drum tower, 燧月湖 at the lake."""
    marks = {
        "drum": plan.drum,
        "lake": plan.lake.centroid,
        "station": plan.station_square,
        "estate": plan.estate.centroid,
    }
    left = list(range(len(centres)))
    words = [""] * len(centres)
    for word, (mark, east, north) in DISTRICT_WISHES.items():
        x, y = marks[mark].x + east, marks[mark].y + north
        nearest = left[int(np.argmin([np.hypot(centres[k][0] - x, centres[k][1] - y) for k in left]))]
        left.remove(nearest)
        words[nearest] = word
    return words


def wards_near(points: Floats, centres: Floats, wards: list[str]) -> list[str]:
    """For each point the nearest district that no earlier point has taken."""
    left = list(range(len(centres)))
    words = []
    for x, y in points:
        nearest = left[int(np.argmin([np.hypot(centres[k][0] - x, centres[k][1] - y) for k in left]))]
        left.remove(nearest)
        words.append(wards[nearest])
    return words


def streets_near(points: Floats, network: Network, street_at: dict[int, Name]) -> list[Name]:
    """For each point the nearest street of some standing that no earlier point has taken."""
    fits = [n for n in street_at if network.edges[n].rank in (Rank.TRUNK, Rank.PRIMARY, Rank.SECONDARY)]
    ends = np.array([network.edges[n].points[0] for n in fits])
    names: list[Name] = []
    for at in points:
        order = np.argsort(np.hypot(*(ends - at).T), kind="stable")
        names.append(next(street_at[fits[k]] for k in order if street_at[fits[k]] not in names))
    return names


def landmarks(plan: CityPlan, kerbs: Kerbs) -> list[Place]:
    """What everybody in the city knows."""

    def at(mark: shapely.Point, east: float, north: float) -> tuple[float, float]:
        return kerbs.beside(np.array([mark.x + east, mark.y + north]))

    drum, square, lake = plan.drum, plan.station_square, plan.lake.centroid
    rows = [
        (at(drum, -250, 150), "朔泉市公安局", "Shuoquan Public Security Bureau", POLICE),
        (at(drum, 700, 900), "朔泉市急救中心", "Shuoquan Emergency Medical Centre", MEDIC),
        (at(drum, -900, 800), "朔泉市消防救援支队", "Shuoquan Fire and Rescue", FIRE),
        ((plan.drum.x, plan.drum.y), "鼓楼", "Drum Tower", {"tourism": "attraction", "historic": "tower"}),
        (at(drum, -330, 330), "文庙", "Temple of Confucius", {"tourism": "attraction"}),
        (at(lake, 60, -560), "市民中心", "Civic Centre", {"amenity": "townhall"}),
        (at(lake, -620, 60), "朔泉市博物馆", "Shuoquan Museum", {"tourism": "museum"}),
        (at(lake, 820, 80), "朔泉体育中心", "Shuoquan Sports Centre", {"leisure": "sports_centre"}),
        (at(lake, 150, 800), "朔泉会展中心", "Shuoquan Exhibition Centre", {"amenity": "events_venue"}),
        ((square.x, square.y), "朔泉站", "Shuoquan Railway Station", {"railway": "station"}),
        (at(square, -260, 420), "朔泉汽车客运站", "Shuoquan Coach Station", {"amenity": "bus_station"}),
        (at(drum, 900, 1500), "人民广场", "People's Square", {"place": "square"}),
        (at(drum, -2600, 2900), "朔泉学院", "Shuoquan College", {"amenity": "university"}),
        (at(drum, 1200, 700), "万和商业广场", "Wanhe Shopping Centre", {"shop": "mall"}),
    ]
    return [tagged(spot, Name(zh, en), tags) for spot, zh, en, tags in rows]


def numeral(k: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(k, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens]}十") + (NUMERALS[ones] if ones else "")


# Spread evenly over the city: how many, name with a place for the number in Chinese, in English, tag.
EVENLY = (
    (7, "朔泉市第{}人民医院", "Shuoquan No. {} People's Hospital", {"amenity": "hospital"}),
    (27, "朔泉市第{}小学", "Shuoquan No. {} Primary School", {"amenity": "school"}),
    (15, "朔泉市第{}中学", "Shuoquan No. {} Middle School", {"amenity": "school"}),
    (16, "朔泉第{}加油站", "Shuoquan Fuel Station {}", {"amenity": "fuel"}),
    (11, "第{}农贸市场", "Farmers' Market {}", {"amenity": "marketplace"}),
)


def many(kerbs: Kerbs, built: Floats, rng: np.random.Generator) -> list[Place]:
    """Hospitals, schools, fuel and markets."""
    return [
        tagged(kerbs.beside(at + rng.uniform(-250, 250, 2)), Name(zh.format(numeral(k)), en.format(k)), tags)
        for n, zh, en, tags in EVENLY
        for k, at in enumerate(spread(built, n, rng), start=1)
    ]


def town_services(
    town: Settlement, name: Name, k: int, built: Floats, kerbs: Kerbs, rng: np.random.Generator
) -> list[Place]:
    """A town has its police, its clinic, its school and market; the county seat two or three of each."""
    word, said_word = name.zh[:-1], name.en
    rows = [
        (f"{word}派出所", f"{said_word} Police Station", POLICE),
        (f"{word}卫生院", f"{said_word} Hospital", {"amenity": "hospital"}),
        (f"{word}中心小学", f"{said_word} Primary School", {"amenity": "school"}),
        (f"{word}集贸市场", f"{said_word} Market", {"amenity": "marketplace"}),
        (f"{word}加油站", f"{said_word} Fuel Station", {"amenity": "fuel"}),
    ]
    if town.kind == "seat":
        rows = list(SEAT_SERVICES)
    else:
        rows.append((f"{word}镇政府", f"{said_word} Town Hall", {"amenity": "townhall"}))
        if k % 3 == 0:
            rows.append((f"{word}消防救援站", f"{said_word} Fire Station", FIRE))
        if k % 2 == 0:
            rows.append((f"{word}急救站", f"{said_word} Ambulance Station", MEDIC))
    spots = rng.permutation(spread(built, len(rows), rng))
    west_first = np.argsort([("城东" in zh) - ("城西" in zh) for zh, _, _ in rows], kind="stable")
    n_sided = [sum(side in zh for zh, _, _ in rows) for side in ("城西", "城东")]
    order = np.argsort(spots[:, 0], kind="stable")
    middle = np.sort(order[n_sided[0] : len(order) - n_sided[1]])
    spots[west_first] = spots[np.concatenate([order[: n_sided[0]], middle, order[len(order) - n_sided[1] :]])]
    return [tagged(kerbs.beside(at), Name(zh, en), tags) for at, (zh, en, tags) in zip(spots, rows, strict=True)]


def village_services(village: Settlement, name: Name, kerbs: Kerbs, rng: np.random.Generator) -> list[Place]:
    """A village has its committee, most have a clinic, some a school."""
    rows = [(1.0, "委会", "Village Committee", {"amenity": "community_centre"})]
    rows += [(0.7, "卫生室", "Clinic", {"amenity": "clinic"}), (0.35, "小学", "Primary School", {"amenity": "school"})]
    middle = np.array(village.centre.coords[0])
    return [
        tagged(kerbs.beside(middle + rng.uniform(-110, 110, 2)), Name(f"{name.zh}{zh}", f"{name.en} {en}"), tags)
        for chance, zh, en, tags in rows
        if rng.random() < chance
    ]
