"""The demo's areas: a prefecture with two command centres, and which station belongs to which."""

from dataclasses import dataclass

from fengsui.base.models import Area, AreaLevel
from fengsui.places.basemap import Basemap
from fengsui.places.stations import Station
from fengsui.places.tags import PLACE_CLASSES

LEVELS = [("prefecture", "地级市", "Prefecture"), ("county", "县区", "County")]


@dataclass(frozen=True)
class Plan:
    """Codes and names of the prefecture and its two centres; where the second one's land begins."""

    root: str
    first: str
    second: str
    names: dict[str, dict[str, str]]
    prefixes: dict[str, tuple[str, str]]  # centre: (call sign prefix, its Chinese form)
    timezone: str


MADE_UP = Plan(
    root="SQ",
    first="SQC",
    second="SQL",
    names={
        "SQ": {"zh": "朔泉市", "en": "Shuoquan"},
        "SQC": {"zh": "朔泉市公共安全指挥中心", "en": "Shuoquan Public Safety Command Centre"},
        "SQL": {"zh": "柳泉县公共安全指挥中心", "en": "Liuquan County Command Centre"},
    },
    prefixes={"SQC": ("SQ", "朔"), "SQL": ("LQ", "柳")},
    timezone="Asia/Shanghai",
)
REAL_STREETS = Plan(
    root="RS",
    first="RSA",
    second="RSB",
    names={
        "RS": {"zh": "演示地区", "en": "Demo area"},
        "RSA": {"zh": "演示指挥中心一", "en": "Demo Command Centre A"},
        "RSB": {"zh": "演示指挥中心二", "en": "Demo Command Centre B"},
    },
    prefixes={"RSA": ("PA", "甲"), "RSB": ("PB", "乙")},
    timezone="Asia/Shanghai",
)


def make_areas(plan: Plan) -> None:
    """Write the levels and the three areas."""
    for code, zh, en in LEVELS:
        AreaLevel.objects.update_or_create(code=code, defaults={"labels": {"zh": zh, "en": en}})
    root = _area(plan, plan.root, "prefecture", None)
    for code in (plan.first, plan.second):
        _area(plan, code, "county", root)


def _area(plan: Plan, code: str, level: str, parent: Area | None) -> Area:
    defaults = {
        "parent": parent,
        "level_id": level,
        "name": plan.names[code],
        "is_centre": parent is not None,
        "timezone": plan.timezone,
    }
    area: Area = Area.objects.update_or_create(code=code, defaults=defaults)[0]
    return area


def centre_of(stations: list[Station], basemap: Basemap, plan: Plan) -> list[str]:
    """The centre of each station: the county's is nearer to the county seat; on real streets the eastern quarter."""
    seat = _place(basemap, "柳泉") if plan is MADE_UP else None
    city = _place(basemap, "朔泉") if plan is MADE_UP else None
    if seat is not None and city is not None:
        return [plan.second if _nearer(one, seat, city) else plan.first for one in stations]
    eastern = sorted(range(len(stations)), key=lambda i: stations[i].lon)[-max(1, len(stations) // 4) :]
    return [plan.second if i in eastern else plan.first for i in range(len(stations))]


def _place(basemap: Basemap, zh: str) -> tuple[float, float] | None:
    """The place node of that name, as (lon, lat)."""
    points = basemap.places
    for i, name in enumerate(points.zh):
        if name in (zh, f"{zh}市", f"{zh}县", f"{zh}镇") and PLACE_CLASSES[points.kind[i]] in ("city", "town"):
            return float(points.lon[i]), float(points.lat[i])
    return None


def _nearer(station: Station, one: tuple[float, float], other: tuple[float, float]) -> bool:
    def away(place: tuple[float, float]) -> float:
        return (station.lon - place[0]) ** 2 + (1.3 * (station.lat - place[1])) ** 2

    return away(one) < away(other)
