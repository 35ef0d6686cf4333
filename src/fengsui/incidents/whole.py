"""One incident whole: everything that was said and done about it, for the reader who opens it."""

from datetime import datetime
from typing import Any

from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.incidents.models import Incident, Report
from fengsui.incidents.particulars import open_words
from fengsui.incidents.rows import present_row
from fengsui.incidents.timeline import timeline

Row = dict[str, Any]


def whole_incident(incident: Incident, *, by: Actor, purpose: str, now: datetime) -> Row:
    """The row, the words of people and the timeline; leaves an access line before anything is opened."""
    words = open_words(incident, by=by, purpose=purpose, now=now)
    said = [opened for about, _, opened in words if about == "report"]
    places = [opened["place"] for about, _, opened in words if about in ("report", "place") and opened.get("place")]
    return present_row(incident) | {
        "place_words": places[-1] if places else None,
        "words": _first(said, "words"),
        "contact": _first(said, "contact"),
        "as_sent": _first(said, "as_sent"),
        "timeline": timeline(incident, words, by=by),
        "reports": [_report_row(report) for report in incident.reports.order_by("received_at", "pk")],
    }


def _first(said: list[dict[str, Any]], key: str) -> Any:
    """What the first report that says it says."""
    return next((opened[key] for opened in said if key in opened), None)


def _report_row(report: Report) -> Row:
    return {
        "source": report.source,
        "source_event_id": report.source_event_id,
        "receipt": report.receipt,
        "at": None if report.at is None else rfc3339(report.at),
        "received_at": rfc3339(report.received_at),
    }
