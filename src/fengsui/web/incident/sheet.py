"""What does the page of one incident say? Its rows as the API gives them, in a person's words."""

from datetime import datetime, timedelta
from typing import Any

from fengsui.web.incident.acts import act_lines
from fengsui.web.incident.course import course
from fengsui.web.incident.words import doubts, labelled, place_of, source_word, state_symbol, state_word
from fengsui.web.voice import Voice, distance, moment
from fengsui_engine.lifecycle import INCIDENT, IncidentState

Row = dict[str, Any]

_ACTS = ("reopen", "close", "cancel")


def sheet(incident: Row, *, page: Row, voice: Voice, kept_until: datetime | None, kept_days: int, now: datetime) -> Row:
    """Everything that the template shows.

    Args:
        incident: the incident whole, as the API gives it.
        page: the page's block: labels of types and dispositions, role, what the role may.
        kept_until: when the words of people are deleted; None while it is open or when they are gone.
        kept_days: days that they are kept after the end.
    """
    lines = act_lines(incident, voice, page)
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
        "chain": course(incident, voice, now),
        "result": _result(incident, voice, page, kept_until, kept_days),
        "rankings": [] if page["role"] == "crew" else _rankings(incident, voice),
        "acts": acts_now(incident, page["may"]),
        "times": [line for line in lines if line["is_time"]] if "correct" in page["may"] else [],
        "erased": any(entry["what"] == "incident.words_expired" for entry in incident["timeline"]),
    }


def acts_now(incident: Row, may: list[str]) -> list[str]:
    """What can be done to it now: what the table of states has, and the person's role too."""
    allowed = INCIDENT[IncidentState(incident["state"])]
    return [verb for verb in _ACTS if verb in allowed and verb in may]


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
