"""How do a state, a doubt and a place read? The words that the list, the page and the desk share."""

from typing import Any

from django.utils.translation import gettext as _

from fengsui.web.voice import Voice
from fengsui_engine.refusal import say

Row = dict[str, Any]

STATES = {
    "waiting": say("waiting"),
    "assigned": say("sent"),
    "on_scene": say("on scene"),
    "closed": say("closed"),
    "cancelled": say("cancelled"),
}
TO_CLOSE = say("to close")
_STATUS_SYMBOL = {"ordered": "dispatched", "accepted": "accepted", "en_route": "enroute", "on_scene": "onscene"}
_RANK = {"ordered": 0, "accepted": 1, "en_route": 2, "on_scene": 3}
# Names under which reports of our own come in; another system's own name stays as it is.
SOURCES = {
    "desk": say("call desk"),
    "crew": say("crew"),
    "device": say("device"),
    "resident": say("resident"),
    "agency": say("agency"),
    "system": say("system"),
    "demo": say("made-up call"),
}
# What somebody opened the words of an incident for; a program's own purpose stays as it is.
PURPOSES = {
    "dispatch": say("to send help"),
    "incident_page": say("page of the incident"),
}
DOUBTS = {
    "no_pin": say("No place on the map; go by the caller's words"),
    "pin_unreadable": say("The place sent with it could not be read"),
    "maybe_swapped": say("Longitude and latitude may be swapped"),
    "far_from_roads": say("The place is over 2 km from any road"),
    "time_unreadable": say("The time sent with it could not be read"),
    "time_in_future": say("The time sent with it lies in the future"),
    "time_long_past": say("The time sent with it is long past"),
    "time_before_order": say("The time lies before the order"),
}


def state_symbol(incident: Row) -> str:
    """The symbol of an incident: its own while nobody is sent or when it is over, then its foremost unit's."""
    if incident["state"] in ("closed", "cancelled"):
        return str(incident["state"])
    if incident["to_close"]:
        return "toclose"
    active = [one["status"] for one in incident["assignments"] if one["status"] in _RANK]
    return _STATUS_SYMBOL[max(active, key=_RANK.__getitem__)] if active else "fresh"


def state_word(incident: Row) -> str:
    sentence = TO_CLOSE if incident["to_close"] else STATES[incident["state"]]
    return _(sentence)


def place_of(incident: Row, voice: Voice) -> str:
    """What its place is called; a pin without a name by its degrees."""
    if incident["place"] or incident["lon"] is None:
        return voice.named({"zh": incident["place"] or "", "en": incident["place_en"] or ""})
    return f"{incident['lon']:.5f}, {incident['lat']:.5f}"


def labelled(labels: list[Row], code: str | None) -> Row | None:
    """The label of a type or a disposition among those of the page's block."""
    return next((one for one in labels if one["code"] == code), None)


def doubts(codes: list[str] | None) -> list[str]:
    return [_(DOUBTS[code]) if code in DOUBTS else code for code in codes or []]


def purpose_word(purpose: str) -> str:
    return _(PURPOSES[purpose]) if purpose in PURPOSES else purpose


def source_word(source: str, voice: Voice) -> str:
    """Where a report came from: a word for a source of ours (`desk`, `crew:SQ01`), else the name that it has."""
    code, _of, unit = source.partition(":")
    if code not in SOURCES or (unit and code != "crew"):
        return source
    word = _(SOURCES[code])
    return f"{word} {voice.unit(unit)}" if unit else word
