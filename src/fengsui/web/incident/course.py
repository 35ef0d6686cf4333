"""The course of an incident as a picture: the lanes of `chain`, with what is written at them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fengsui.web.incident.chain import Lane, chain
from fengsui.web.targets import arrive_limit_s
from fengsui.web.voice import Voice, moment, running
from fengsui_engine.refusal import say

Row = dict[str, Any]


def course(incident: Row, voice: Voice, now: datetime) -> Row:
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


def _legs(lane: Lane, voice: Voice) -> str:
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
