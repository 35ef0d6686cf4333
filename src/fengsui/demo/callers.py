"""Who calls, when and from where: made-up calls by area and hour.

Calls come as a Poisson stream whose rate follows the hour; places are drawn along the streets, denser where streets are
denser. The words are general on purpose: nobody in them is a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from fengsui_engine.roads import ROAD_CLASSES, RoadNetwork
from fengsui_engine.roads.geodesy import METRES_PER_DEGREE

# Share of a day's calls by hour, from 0 to 23; the shape of calls for service in published dispatch logs: a trough
# before dawn, a rise to the evening. Shape only; a city counts its own.
BY_HOUR = np.array([34, 28, 23, 19, 17, 18, 24, 34, 42, 46, 47, 48, 50, 49, 50, 52, 55, 58, 60, 59, 56, 52, 46, 40.0])
TYPES = {"traffic": 0.26, "help": 0.24, "crime": 0.18, "medical": 0.17, "other": 0.09, "fire": 0.04, "panic": 0.02}
WORDS = {
    "traffic": ["两车追尾，人没事，车挡着道", "电动车摔了，有擦伤", "路口车堵死了，需要疏导"],
    "help": ["老人走失，刚离开不久", "钥匙锁在屋里，锅在火上", "水管爆了，找不到阀门", "电梯停了，里面有人"],
    "crime": ["有人吵得要动手", "店里东西被拿走了", "楼下有人砸门"],
    "medical": ["胸口疼，喘不上气", "摔倒了起不来", "突然晕倒，有呼吸"],
    "other": ["半夜还在施工", "路灯全灭了", "有狗追人"],
    "fire": ["楼道里有烟味", "垃圾桶着了", "厨房起火，正在往外走"],
    "panic": ["报警柱按下，没有通话"],
}
# Streets people live and shop on, against roads they drive through.
_CALLS_A_METRE = {
    "residential": 1.0,
    "tertiary": 0.8,
    "secondary": 0.7,
    "primary": 0.6,
    "living_street": 1.2,
    "service": 0.4,
}
_SHARE_WITHOUT_PIN = 0.06


@dataclass(frozen=True)
class Call:
    lon: float | None
    lat: float | None
    type: str
    words: str
    seconds_ago: float


class Callers:
    """The made-up callers of the streets near a set of stations."""

    def __init__(
        self,
        roads: RoadNetwork,
        near: list[tuple[float, float]],
        *,
        calls_per_day: float,
        timezone: str,
        rng: np.random.Generator,
    ) -> None:
        self.roads, self.rng, self.zone = roads, rng, ZoneInfo(timezone)
        self.per_second = calls_per_day / 86_400
        self.chance = _chances(roads, near)

    def calls(self, now: datetime, seconds: float) -> Iterator[Call]:
        """The calls of the `seconds` before `now`."""
        local = now.astimezone(self.zone)
        rate = self.per_second * BY_HOUR[local.hour] / BY_HOUR.mean()
        for _ in range(int(self.rng.poisson(rate * seconds))):
            yield self.call()

    def call(self) -> Call:
        """One call."""
        kinds, shares = zip(*TYPES.items(), strict=True)
        kind = str(self.rng.choice(kinds, p=np.array(shares) / sum(shares)))
        words = str(self.rng.choice(WORDS[kind]))
        edge = int(np.searchsorted(self.chance, self.rng.random()))
        share = float(self.rng.random())
        tail, head = int(self.roads.tail[edge]), int(self.roads.head[edge])
        lon = float(self.roads.lon[tail] * (1 - share) + self.roads.lon[head] * share)
        lat = float(self.roads.lat[tail] * (1 - share) + self.roads.lat[head] * share)
        if self.rng.random() < _SHARE_WITHOUT_PIN:
            return Call(None, None, kind, words, 5.0)
        return Call(lon, lat, kind, words, float(self.rng.uniform(2, 20)))


def _chances(roads: RoadNetwork, near: list[tuple[float, float]]) -> np.ndarray:
    """(n_street_edges,) cumulative chance of a call on each edge: metres × kind × nearness to some station."""
    weight = np.array([_CALLS_A_METRE.get(name, 0.05) for name in ROAD_CLASSES])
    streets = slice(roads.n_street_edges)
    metres = np.asarray(roads.metres[streets], dtype=np.float64) * weight[roads.road_class[streets]]
    stations = np.array(near)
    east = (roads.lon[roads.tail[streets]][:, None] - stations[None, :, 0]) * np.cos(np.radians(stations[0, 1]))
    north = roads.lat[roads.tail[streets]][:, None] - stations[None, :, 1]
    away_km = METRES_PER_DEGREE / 1000 * np.sqrt(east**2 + north**2).min(axis=1)
    chance = np.cumsum(metres * np.exp(-away_km / 1.5))
    return np.asarray(chance / chance[-1])
