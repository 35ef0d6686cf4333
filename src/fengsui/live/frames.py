"""How an entry, a position and a cursor are written on the wire (server-sent events)."""

import json
from typing import Any

from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.incidents.timeline import facts_for_crew
from fengsui.journal.read import Entry
from fengsui.live.rows import rows_about

# What a stream sends, as it is published: each event with its data.
EVENTS = {
    "entry": "one act, its id the number in the journal: `seq`, `at`, `what`, `v`, `about`, `by`, `facts`, and `rows`, "
    "the present rows of what it is about under the board's keys; of each, keep the highest version",
    "position": "where a unit was seen: `unit`, `lon`, `lat`, `at`; no id",
    "cursor": "`[FROM, TO]`, its id TO: what came before it covers the numbers after FROM up to TO; a FROM beyond the "
    "number you have means that something was lost: load the board",
    "health": "something is wrong: `what`, `since`, `still_works`; no id",
    "resync": "you missed too much: load the board again; no id",
}


def frame(event: str, data: Any, *, id_: int | None = None) -> bytes:
    """One event. Without an id where it is no step in the journal."""
    head = f"event: {event}\n" + (f"id: {id_}\n" if id_ is not None else "")
    return f"{head}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def entry_frame(entry: Entry, *, reader: Actor | None = None) -> bytes | None:
    """An entry with the present rows of what it is about; None where it is not for `reader` (a crew)."""
    rows = rows_about(entry.about, reader=reader)
    if reader is not None and not rows:
        return None
    told = {
        "seq": entry.seq,
        "at": rfc3339(entry.at),
        "what": entry.what,
        "v": entry.v,
        "about": [{"kind": kind, "id": about_id} for kind, about_id in entry.about],
        "by": entry.by,
        "facts": entry.facts if reader is None else facts_for_crew(entry),
        "rows": rows,
    }
    return frame("entry", told, id_=entry.seq)


def cursor_frame(from_: int, to: int) -> bytes:
    """The end of a flush: it covers the numbers after `from_` up to `to`, those not for this reader included."""
    return frame("cursor", [from_, to], id_=to)
