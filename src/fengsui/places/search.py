"""Where is the place that a caller names?

Streets, crossings, landmarks and settlements by a part of their Chinese or English name. A whole name comes before the
beginning of one, and that before a part inside; a landmark before a back street; the nearer before the farther.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from fengsui.places.register import Kind, Name, Register

MOST_ITEMS = 10
LONGEST_QUERY = 80
MOST_SPLITS = 16

EXACT, PREFIX, INSIDE, NOT = 0, 1, 2, 3
_KIND_ORDER: dict[Kind, int] = {"place": 0, "landmark": 0, "street": 0, "crossing": 1}
_MINOR_STREET = 1
_JOINERS = (" and ", " at ", "与", "和", "及", "交", "/", "&", "@", "、", "+", ",", "，", " ")
_TAILS = ("交叉路口", "交叉口", "交汇处", "十字路口", "丁字路口", "路口", "交口", "口")


@dataclass(frozen=True)
class Item:
    """One answer of the search, degrees."""

    kind: Kind
    name: Name
    lon: float
    lat: float

    def as_json(self) -> dict[str, object]:
        """As the search answers it."""
        return {"kind": self.kind, "name": self.name, "lon": round(self.lon, 7), "lat": round(self.lat, 7)}


def folded(text: str) -> str:
    """Text as it is compared: full-width and accented letters as plain ones, no case, single blanks."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


class NameTable:
    """Many names in both languages in one text, so that one pass of the text finds a part of any of them."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._keys: list[str] = []
        self._of: list[int] = []
        pairs = list(names)
        for number, pair in enumerate(pairs):
            for key in dict.fromkeys(folded(name) for name in pair):
                if key:
                    self._keys.append(key)
                    self._of.append(number)
        self.n_names = len(pairs)
        self._whole = frozenset(self._keys)
        self._text = "\n" + "\n".join(self._keys) + "\n"
        lengths = np.array([len(key) + 1 for key in self._keys], dtype=np.int64)
        self._starts = np.concatenate([[1], 1 + np.cumsum(lengths)]).tolist()

    def is_name(self, key: str) -> bool:
        """Whether a folded text is one whole name."""
        return key in self._whole

    def match(self, part: str) -> NDArray[np.int8]:
        """(n_names,) EXACT, PREFIX, INSIDE or NOT; `part` is folded."""
        how = np.full(self.n_names, NOT, dtype=np.int8)
        if not part or "\n" in part:
            return how
        for at in self._found(part):
            key = bisect_right(self._starts, at) - 1
            of, start = self._of[key], self._starts[key]
            whole_or_start = EXACT if len(self._keys[key]) == len(part) else PREFIX
            here = INSIDE if at > start else whole_or_start
            how[of] = min(how[of], here)
        return how

    def _found(self, part: str) -> Iterator[int]:
        at = self._text.find(part)
        while at >= 0:
            yield at
            # the rest of this name cannot match any better
            at = self._text.find(part, self._text.find("\n", at))


@dataclass(frozen=True)
class _Ranked:
    """Rows of one kind that match, with what they are sorted by."""

    kind: Kind
    row: NDArray[np.int64]
    how: NDArray[np.int64]
    weight: NDArray[np.int64]
    metres: NDArray[np.float64]


class Search:
    """The search of one city."""

    def __init__(self, register: Register) -> None:
        self._register = register

    @cached_property
    def _streets(self) -> NameTable:
        return NameTable(self._register.names)

    @cached_property
    def _places(self) -> NameTable:
        return NameTable(zip(self._register.places.zh, self._register.places.en, strict=True))

    @cached_property
    def _landmarks(self) -> NameTable:
        return NameTable(zip(self._register.landmarks.zh, self._register.landmarks.en, strict=True))

    def find(
        self, query: str, *, lon: float | None = None, lat: float | None = None, most: int = MOST_ITEMS
    ) -> list[Item]:
        """The best `most` places for what was typed; near (lon, lat) first where two fit as well.

        With (lon, lat) a street is answered by its point nearest to it, without by the point nearest to its middle;
        by one that bears its name, not a crossing's or a landmark's, where it is long enough.
        """
        asked = folded(query[:LONGEST_QUERY])
        here = None
        if lon is not None and lat is not None and np.isfinite(lon) and np.isfinite(lat):
            here = self._register.plane.metres(lon, lat)[0]
        if not asked:
            return []
        street_how = self._streets.match(asked)
        found = [
            self._points("place", self._places.match(asked), here),
            self._points("landmark", self._landmarks.match(asked), here),
            self._street_rows(street_how, here),
            self._crossing_rows(asked, here),
        ]
        told: dict[object, Item] = {}
        self._tell(told, found, here, most)
        if len(told) < most:
            self._tell(told, [self._crossings_of(street_how, here)], here, most)
        return list(told.values())

    def _points(self, kind: Kind, how: NDArray[np.int8], here: NDArray[np.float64] | None) -> _Ranked:
        at = self._register.places_at if kind == "place" else self._register.landmarks_at
        row = np.flatnonzero(how < NOT)
        return _ranked(kind, row, how[row], np.full(len(row), _KIND_ORDER[kind]), _off(at[row], here))

    def _street_rows(self, how: NDArray[np.int8], here: NDArray[np.float64] | None) -> _Ranked:
        streets = self._register.streets
        of_street = how[streets.name]
        row = np.flatnonzero(of_street < NOT)
        weight = np.where(streets.is_major[row], _KIND_ORDER["street"], _MINOR_STREET)
        off = -streets.metres[row]  # where there is nothing to be near to: the longest first
        if here is not None:
            off = shapely.distance(streets.shape[row], shapely.Point(here))
        return _ranked("street", row, of_street[row], weight, off)

    def _crossing_rows(self, asked: str, here: NDArray[np.float64] | None) -> _Ranked:
        """Crossings whose two streets were both named."""
        crossings = self._register.crossings
        best = np.full(len(crossings.first), NOT, dtype=np.int64)
        for left, right in _splits(asked, self._streets):
            one, other = self._streets.match(left), self._streets.match(right)
            a, b = crossings.first, crossings.second
            straight, turned = np.maximum(one[a], other[b]), np.maximum(one[b], other[a])
            best = np.minimum(best, np.minimum(straight, turned))
        row = np.flatnonzero(best < NOT)
        weight = np.full(len(row), _KIND_ORDER["street"])
        return _ranked("crossing", row, best[row], weight, _off(crossings.at[row], here))

    def _crossings_of(self, street_how: NDArray[np.int8], here: NDArray[np.float64] | None) -> _Ranked:
        """What is left of the list shows where the one street that was named meets others."""
        crossings = self._register.crossings
        is_whole = street_how == EXACT
        row = np.flatnonzero(is_whole[crossings.first] | is_whole[crossings.second])
        how, weight = np.full(len(row), NOT), np.full(len(row), _KIND_ORDER["crossing"])
        return _ranked("crossing", row, how, weight, _off(crossings.at[row], here))

    def _tell(
        self, told: dict[object, Item], found: list[_Ranked], here: NDArray[np.float64] | None, most: int
    ) -> None:
        """Add the best of what was found, each name at a place once, until there are `most`."""
        which = np.repeat(np.arange(len(found)), [len(f.row) for f in found])
        how = np.concatenate([f.how for f in found])
        weight = np.concatenate([f.weight for f in found])
        metres = np.concatenate([f.metres for f in found])
        row = np.concatenate([f.row for f in found])
        for i in np.lexsort((row, metres, weight, how)):
            if len(told) >= most:
                return
            item = self.item(found[which[i]].kind, int(row[i]), here)
            told.setdefault((item.kind, item.name["zh"], round(item.lon, 6), round(item.lat, 6)), item)

    def item(self, kind: Kind, row: int, here: NDArray[np.float64] | None = None) -> Item:
        """The answer for one row of the register; a street's point is the one nearest to `here`, metres."""
        register = self._register
        if kind in ("place", "landmark"):
            points = register.places if kind == "place" else register.landmarks
            name = {"zh": points.zh[row], "en": points.en[row]}
            return Item(kind, name, float(points.lon[row]), float(points.lat[row]))
        if kind == "street":
            zh, en = register.names[register.streets.name[row]]
            name, at = {"zh": zh, "en": en}, register.point_of(row, here)
        else:
            name, at = register.crossing_name(row), register.crossings.at[row]
        lon, lat = register.plane.degrees(at[None, :])[0]
        return Item(kind, name, float(lon), float(lat))


def _ranked(
    kind: Kind,
    row: NDArray[np.int64],
    how: NDArray[np.int8] | NDArray[np.int64],
    weight: NDArray[np.int64],
    metres: NDArray[np.float64],
) -> _Ranked:
    return _Ranked(kind, row, how.astype(np.int64), weight, metres)


def _off(at: NDArray[np.float64], here: NDArray[np.float64] | None) -> NDArray[np.float64]:
    if here is None:
        return np.zeros(len(at), dtype=np.float64)
    off: NDArray[np.float64] = np.hypot(at[:, 0] - here[0], at[:, 1] - here[1])
    return off


def _splits(asked: str, streets: NameTable) -> Iterator[tuple[str, str]]:
    """The ways to read two street names: at each joining word, and where a whole name ends with none."""
    bare = next((asked.removesuffix(tail) for tail in _TAILS if asked.endswith(tail)), asked)
    seen: set[tuple[str, str]] = set()
    for text in dict.fromkeys((_last_two(bare), bare, asked)):
        for left, right in (*_at_joiners(text), *_at_names(text, streets)):
            pair = (left.strip(), right.strip())
            if all(pair) and pair not in seen:
                seen.add(pair)
                yield pair
            if len(seen) >= MOST_SPLITS:
                return


def _last_two(text: str) -> str:
    """What follows the last comma: of a list of three streets, as a crossing is told, two with their joining word."""
    return text[max(text.rfind("、"), text.rfind(",")) + 1 :]


def _at_joiners(text: str) -> Iterator[tuple[str, str]]:
    for joiner in _JOINERS:
        at = text.find(joiner)
        while at >= 0:
            yield text[:at], text[at + len(joiner) :]
            at = text.find(joiner, at + 1)


def _at_names(text: str, streets: NameTable) -> Iterator[tuple[str, str]]:
    for at in range(2, len(text) - 1):
        if text[at - 1] > "\u2e80" and streets.is_name(text[:at]):
            yield text[:at], text[at:]
