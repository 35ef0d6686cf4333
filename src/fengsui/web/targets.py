"""Time targets that the desk shows, with the name and edition of their source: data, since sources disagree.

Step 1 ships one reading. A city's own choice of rings, places and clocks comes with the app `rings`.
"""

TARGETS = {
    "arrive_ms": {"1": 180_000, "2": 180_000, "3": 300_000, "4": 300_000},
    "accept_ms": 30_000,
    "stale_ms": 120_000,
    "source": {
        "zh": "一、三、五分钟圈：产品自带的一种读法，从来电计时，由城市改定",
        "en": "1-3-5 minute circle: a reading shipped with the product, clock from the call; the city decides",
    },
}
