"""How does a page drawn by the server say times, lengths of time and names?

The same forms as the pages' modules (`look/words.js`): 03:12:05, 2分14秒, 1.6 km; the zone is the centre's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from fengsui.force.models import Unit

Label = Mapping[str, str]


@dataclass(frozen=True)
class Voice:
    """One page's language, zone and names. Times come as RFC 3339 texts or as datetimes."""

    english: bool
    zone: ZoneInfo
    units: Mapping[str, Label] = field(default_factory=dict)

    def named(self, label: Label | None) -> str:
        """The text of a `{zh, en}` label in this page's language."""
        if not label:
            return ""
        first, second = ("en", "zh") if self.english else ("zh", "en")
        return label.get(first) or label.get(second) or ""

    def unit(self, callsign: str) -> str:
        """A call sign as people see it: 朔01, SQ01."""
        return self.named(self.units.get(callsign)) or callsign

    def local(self, at: str | datetime) -> datetime:
        """In this page's zone; as it is where the zone's step would leave the calendar (a device may tell any year)."""
        told = moment(at)
        try:
            return told.astimezone(self.zone)
        except OverflowError:
            return told

    def time(self, at: str | datetime) -> str:
        """03:12:05."""
        return self.local(at).strftime("%H:%M:%S")

    def tenths(self, at: str | datetime) -> str:
        """03:12:05.4, for a record."""
        local = self.local(at)
        return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"

    def day(self, at: str | datetime) -> str:
        """11月24日, 24 Nov."""
        local = self.local(at)
        return f"{local.day} {local:%b}" if self.english else f"{local.month}月{local.day}日"

    def date(self, at: str | datetime) -> str:
        """2026年11月24日, 24 Nov 2026."""
        local = self.local(at)
        return f"{local.day} {local:%b} {local.year}" if self.english else f"{local.year}年{local.month}月{local.day}日"

    def duration(self, seconds: float) -> str:
        """45秒, 2分14秒, 1小时02分."""
        whole = max(0, round(seconds))
        if whole < 60:
            return f"{whole} s" if self.english else f"{whole}秒"
        if whole < 3600:
            minutes, rest = divmod(whole, 60)
            return f"{minutes} min {rest:02} s" if self.english else f"{minutes}分{rest:02}秒"
        hours, minutes = divmod(whole // 60, 60)
        return f"{hours} h {minutes:02} min" if self.english else f"{hours}小时{minutes:02}分"


def moment(at: str | datetime) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)


def running(seconds: float) -> str:
    """A clock that ran: 00:41, 42:10, 1:02:13; what lies before it has a minus."""
    whole = int(abs(seconds))
    minutes, rest = divmod(whole, 60)
    text = f"{minutes:02}:{rest:02}" if whole < 3600 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
    return text if seconds > -1 else f"−{text}"


def distance(metres: float) -> str:
    """640 m, 1.6 km."""
    return f"{round(metres / 10) * 10} m" if metres < 950 else f"{metres / 1000:.1f} km"


def unit_names(callsigns: Iterable[str]) -> dict[str, Label]:
    """{call sign: {zh, en}} of those units."""
    return dict(Unit.objects.filter(callsign__in=set(callsigns)).values_list("callsign", "name"))
