"""Time targets that the desk shows, with the name and edition of their source: data, since sources disagree.

One reading is shipped. A city's own choice of rings, places and clocks comes with the app `rings`.
"""

from fengsui_engine.dispatching.reasons import STALE_AFTER_S

_ARRIVE_MS = {"1": 180_000, "2": 180_000, "3": 300_000, "4": 300_000}
TARGETS = {
    "arrive_ms": _ARRIVE_MS,
    "accept_ms": 30_000,
    "stale_ms": STALE_AFTER_S * 1000,
    "source": {
        "zh": "一、三、五分钟圈：产品自带的一种读法，从来电计时，由城市改定",
        "en": "1-3-5 minute circle: a reading shipped with the product, clock from the call; the city decides",
    },
}


def arrive_limit_s(priority: int) -> float:
    """The ring that counts for an incident of that priority, seconds since the call."""
    return _ARRIVE_MS[str(priority)] / 1000
