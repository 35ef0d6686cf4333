"""Every act has its line: when by the server and since the call, what, who, how the time came to be, the device's time.

A corrected time stays where it was and says what corrected it.
"""

from typing import Any

from django.utils.translation import gettext as _

from fengsui.web.incident.words import doubts, labelled
from fengsui.web.voice import Voice, moment, running
from fengsui_engine.refusal import say

Row = dict[str, Any]

_SYMBOL_OF = {
    "incident.opened": "fresh",
    "incident.reopened": "taken",
    "incident.closed": "closed",
    "incident.cancelled": "cancelled",
    "unit.dispatched": "dispatched",
    "accepted": "accepted",
    "en_route": "enroute",
    "on_scene": "onscene",
    "cleared": "clear",
}
HOW = {
    "button": ("by_button", say("button")),
    "desk": ("by_desk", say("desk")),
    "system": ("by_system", say("system")),
    "correction": ("by_later", say("corrected")),
}


def act_lines(incident: Row, voice: Voice, page: Row) -> list[Row]:
    """The lines of the timeline; one that corrects another says which in small."""
    lines = [_line(entry, incident, voice, page) for entry in incident["timeline"]]
    shown = {line["seq"]: line for line in lines}
    for line in lines:
        if line["corrects"] in shown:
            line["small"] = f"#{line['corrects']} {shown[line['corrects']]['sentence']}: {line['small']}"
    return lines


def _line(entry: Row, incident: Row, voice: Voice, page: Row) -> Row:
    facts, what = entry["facts"], entry["what"]
    status = facts.get("status") if what == "assignment.status_set" else None
    icon, word = HOW.get(entry["how"], HOW["system"])
    at = effective(entry, incident)
    local = voice.local(at)
    is_corrected = entry["corrected_by"] is not None
    return {
        "seq": entry["seq"],
        "at": entry["at"],
        "server": voice.tenths(entry["at"]),
        "day": "" if _same_day(entry["at"], incident["clock_from"], voice) else voice.day(entry["at"]),
        "since": running((moment(at) - moment(incident["clock_from"])).total_seconds()),
        "symbol": _SYMBOL_OF.get(status or what, ""),
        "sentence": _with_unit(entry["sentence"], facts, voice),
        "small": _small(entry, voice, page),
        "words": entry["words"],
        "who": _who(entry, voice),
        "icon": icon,
        "how": _(word),
        "device": voice.tenths(entry["device_at"]) if entry["device_at"] else "",
        "corrected_by": entry["corrected_by"],
        "corrected_to": voice.time(at) if is_corrected else "",
        "corrects": facts.get("corrects"),
        "is_flagged": is_corrected or what == "incident.time_corrected" or bool(facts.get("doubts")),
        "is_time": status is not None or what == "incident.opened",
        "local": f"{local:%Y-%m-%dT%H:%M:%S}",
        "offset": f"{local:%z}"[:3] + ":" + f"{local:%z}"[3:],
    }


def effective(entry: Row, incident: Row) -> str:
    """The time of an act as it is known now: corrected, else the device's where it was credible, else the server's."""
    if entry["corrected_by"] is not None:
        found = [one for one in incident["timeline"] if one["facts"].get("corrects") == entry["seq"]]
        return str(found[-1]["facts"]["at"])
    if entry["what"] == "incident.opened":
        return str(incident["clock_from"])
    credible = entry["device_at"] and not entry["facts"].get("doubts")
    return str(entry["device_at"] if credible and entry["what"] == "assignment.status_set" else entry["at"])


def _small(entry: Row, voice: Voice, page: Row) -> str:
    """What stands in small behind the sentence."""
    facts, what = entry["facts"], entry["what"]
    said: list[str] = []
    if what == "incident.opened":
        said.append(str(facts.get("receipt", "")))
    elif what == "unit.dispatched" and page["role"] != "crew":
        said += _chosen(facts, voice)
    elif what == "incident.closed":
        said.append(voice.named(labelled(page["dispositions"], facts.get("disposition"))))
    elif what == "incident.time_corrected":
        said.append(f"{voice.tenths(facts['was'])} → {voice.tenths(facts['at'])}")
    if what in ("incident.closed", "incident.cancelled"):
        said += [voice.unit(unit) for unit in facts.get("units", [])]
    return " · ".join(part for part in [*said, *doubts(facts.get("doubts"))] if part)


def _chosen(facts: Row, voice: Voice) -> list[str]:
    chosen = facts.get("chosen") or {}
    if chosen.get("rank") is None:
        return [_("not in the ranking")]
    return [_("choice %(rank)s") % {"rank": chosen["rank"]}, voice.duration(chosen["ms"] / 1000)]


def _who(entry: Row, voice: Voice) -> str:
    unit = entry["facts"].get("unit")
    if entry["by"]["role"] == "crew" and unit:
        return voice.unit(unit)
    if entry["by"]["role"] == "system" and entry["facts"].get("origin") == "caller":
        return _("caller")
    return str(entry["by"]["name"])


def _with_unit(sentence: str, facts: Row, voice: Voice) -> str:
    unit = facts.get("unit")
    return sentence.replace(unit, voice.unit(unit)) if unit else sentence


def _same_day(one: str, other: str, voice: Voice) -> bool:
    return voice.local(one).date() == voice.local(other).date()
