"""What does the list of incidents say of each? One line: what, where, how it stands, how soon somebody was there."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fengsui.web.incident.words import doubts, labelled, place_of, state_symbol, state_word
from fengsui.web.targets import arrive_limit_s
from fengsui.web.voice import Voice, moment, running
from fengsui_engine.refusal import say

Row = dict[str, Any]

# What `?state=` may ask for, and what the chip says.
CHOICES = {
    "all": say("All"),
    "open": say("Open"),
    "closed": say("Closed"),
    "cancelled": say("Cancelled"),
}


def choices(chosen: str) -> list[Row]:
    return [{"code": code, "word": _(word), "is_on": code == chosen} for code, word in CHOICES.items()]


def lines(incidents: list[Row], *, page: Row, voice: Voice, now: datetime) -> list[Row]:
    """The rows of the table, in the order given."""
    return [_line(incident, page, voice, now) for incident in incidents]


def _line(incident: Row, page: Row, voice: Voice, now: datetime) -> Row:
    call = moment(incident["clock_from"])
    arrivals = [moment(one["on_scene_at"]) for one in incident["assignments"] if one["on_scene_at"]]
    limit_s = arrive_limit_s(incident["priority"])
    arrived_s = (min(arrivals) - call).total_seconds() if arrivals else None
    is_over = incident["ended_at"] is not None
    return {
        "id": incident["id"],
        "number": incident["number"],
        "type": voice.named(labelled(page["types"], incident["type"])),
        "priority": incident["priority"],
        "place": place_of(incident, voice),
        "doubts": doubts(incident["doubt"]),
        "symbol": state_symbol(incident),
        "state": state_word(incident),
        "received": f"{voice.day(incident['received_at'])} {voice.time(incident['received_at'])}",
        "arrival": "" if arrived_s is None else running(arrived_s),
        "is_late": arrived_s is not None and arrived_s > limit_s,
        "age": "" if is_over else running((now - call).total_seconds()),
        "units": " ".join(dict.fromkeys(voice.unit(one["unit"]) for one in incident["assignments"])),
        "disposition": voice.named(labelled(page["dispositions"], incident["disposition"])),
    }
