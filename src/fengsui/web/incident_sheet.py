"""What does the page of one incident say? Its rows as the API gives them, in a person's words.

Every act has its line: when by the server, when since the call, what, who, how the time came to be, when by the
device. A corrected time stays where it was and says what corrected it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from fengsui.web.chain import chain
from fengsui.web.targets import arrive_limit_s
from fengsui.web.voice import Voice, distance, moment, running
from fengsui_engine.lifecycle import INCIDENT, IncidentState
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
_ACTS = ("reopen", "close", "cancel")


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
    return voice.named({"zh": incident["place"] or "", "en": incident["place_en"] or ""})


def acts_now(incident: Row, may: list[str]) -> list[str]:
    """What can be done to it now: what the table of states has, and the person's role too."""
    allowed = INCIDENT[IncidentState(incident["state"])]
    return [verb for verb in _ACTS if verb in allowed and verb in may]


def sheet(incident: Row, *, page: Row, voice: Voice, kept_until: datetime | None, kept_days: int, now: datetime) -> Row:
    """Everything that the template shows.

    Args:
        incident: the incident whole, as the API gives it.
        page: the page's block: labels of types and dispositions, role, what the role may.
        kept_until: when the words of people are deleted; None while it is open or when they are gone.
        kept_days: days that they are kept after the end.
    """
    lines = [_line(entry, incident, voice, page) for entry in incident["timeline"]]
    shown = {line["seq"]: line for line in lines}
    for line in lines:
        if line["corrects"] in shown:
            line["small"] = f"#{line['corrects']} {shown[line['corrects']]['sentence']}: {line['small']}"
    return {
        "symbol": state_symbol(incident),
        "state": state_word(incident),
        "type": voice.named(labelled(page["types"], incident["type"])),
        "place": place_of(incident, voice),
        "called": f"{voice.date(incident['clock_from'])} {voice.time(incident['clock_from'])}",
        "doubts": doubts(incident["doubt"]),
        "lines": lines,
        "reports": [
            {"source": source_word(one["source"], voice), "receipt": one["receipt"]} for one in incident["reports"]
        ],
        "chain": _chain(incident, voice, now),
        "result": _result(incident, voice, page, kept_until, kept_days),
        "rankings": [] if page["role"] == "crew" else _rankings(incident, voice),
        "acts": acts_now(incident, page["may"]),
        "times": [line for line in lines if line["is_time"]] if "correct" in page["may"] else [],
        "erased": any(entry["what"] == "incident.words_expired" for entry in incident["timeline"]),
    }


def labelled(labels: list[Row], code: str | None) -> Row | None:
    """The label of a type or a disposition among those of the page's block."""
    return next((one for one in labels if one["code"] == code), None)


def doubts(codes: list[str] | None) -> list[str]:
    return [_(DOUBTS[code]) if code in DOUBTS else code for code in codes or []]


def source_word(source: str, voice: Voice) -> str:
    """Where a report came from: a word for a source of ours (`desk`, `crew:SQ01`), else the name that it has."""
    code, _of, unit = source.partition(":")
    if code not in SOURCES or (unit and code != "crew"):
        return source
    word = _(SOURCES[code])
    return f"{word} {voice.unit(unit)}" if unit else word


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


def _chain(incident: Row, voice: Voice, now: datetime) -> Row:
    limit_s = arrive_limit_s(incident["priority"])
    reopened = [moment(entry["at"]) for entry in incident["timeline"] if entry["what"] == "incident.reopened"]
    drawn = chain(incident, limit_s=limit_s, now=now, reopened=reopened)
    lanes = [
        {
            "lane": lane,
            "name": voice.unit(lane.unit) if lane.unit else _("Nobody sent"),
            "arrival": _arrival(lane.arrived_s, limit_s, voice),
            "is_late": lane.arrived_s is not None and lane.arrived_s > limit_s,
            "said": _legs(lane, voice),
            "beyond": _("until %(time)s") % {"time": running(lane.ended_s)}
            if lane.ended_s is not None
            else _("still on it"),
            "text_y": lane.y - 8,
            "name_y": lane.y + 5,
        }
        for lane in drawn.lanes
    ]
    return {"chain": drawn, "lanes": lanes, "foot": drawn.height - 4, "limit": round(limit_s / 60)}


def _arrival(arrived_s: float | None, limit_s: float, voice: Voice) -> str:
    if arrived_s is None:
        return ""
    facts = {"time": running(arrived_s), "limit": round(limit_s / 60), "by": voice.duration(arrived_s - limit_s)}
    if arrived_s > limit_s:
        return _("arrived %(time)s, ▼ %(by)s past the %(limit)s min ring") % facts
    return _("arrived %(time)s, within the %(limit)s min ring") % facts


def _legs(lane: Any, voice: Voice) -> str:
    if lane.unit is None:
        return _("nobody sent for %(time)s") % {"time": voice.duration(lane.alone_s)}
    legs = (
        (say("accepted in %(time)s"), lane.accept_s),
        (say("out in %(time)s"), lane.out_s),
        (say("drive %(time)s"), lane.drive_s),
    )
    said = [_(leg) % {"time": voice.duration(seconds)} for leg, seconds in legs if seconds is not None]
    ended = {"declined": say("cannot come"), "recalled": say("recalled")}.get(lane.status)
    return " · ".join([*said, *([_(ended)] if ended else [])])


def _result(incident: Row, voice: Voice, page: Row, kept_until: datetime | None, kept_days: int) -> Row:
    """How it ended, and until when the words of people are kept."""
    ends = [entry for entry in incident["timeline"] if entry["what"] in ("incident.closed", "incident.cancelled")]
    last = ends[-1] if ends and incident["ended_at"] else None
    until = kept_until or (moment(incident["ended_at"]) + timedelta(days=kept_days) if incident["ended_at"] else None)
    return {
        "disposition": voice.named(labelled(page["dispositions"], incident["disposition"])),
        "by": last and last["by"]["name"],
        "at": last and f"{voice.day(last['at'])} {voice.time(last['at'])}",
        "reason": last and last["words"],
        "kept_until": until and voice.date(until),
        "kept_days": kept_days,
    }


def _rankings(incident: Row, voice: Voice) -> list[Row]:
    """For each dispatch: the ranking as it was on the screen, what was chosen, and how long it took in the end."""
    found = []
    for entry in incident["timeline"]:
        ranking = (entry["facts"].get("recommendation") or {}) if entry["what"] == "unit.dispatched" else None
        if ranking is None:
            continue
        unit = entry["facts"]["unit"]
        rows = [
            {
                "unit": voice.unit(name),
                "time": voice.duration(ms / 1000),
                "far": distance(metres),
                "is_sent": name == unit,
            }
            for name, ms, metres in ranking.get("ranking", [])
        ]
        found.append(
            {
                "at": voice.tenths(entry["at"]),
                "unit": voice.unit(unit),
                "rows": rows,
                "is_shown": ranking.get("shown", False),
                "is_ranked": any(row["is_sent"] for row in rows),
                "really": _really(incident, unit, entry["at"], voice),
            }
        )
    return found


def _really(incident: Row, unit: str, at: str, voice: Voice) -> str:
    """How long the unit drove in the end, where that is known."""
    mine = [one for one in incident["assignments"] if one["unit"] == unit and one["ordered_at"] == at]
    if not mine or mine[0]["en_route_at"] is None or mine[0]["on_scene_at"] is None:
        return ""
    return voice.duration((moment(mine[0]["on_scene_at"]) - moment(mine[0]["en_route_at"])).total_seconds())
