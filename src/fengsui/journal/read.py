"""What does the journal say?

Reads go through the alias `reader`: one snapshot, no lock. To see the board and the journal's last number of the same
moment, open `transaction.atomic(using="reader")` and read both inside.

Entries are never rewritten. When the shape of an act's facts changes, its version `v` rises and an upcaster, kept
here for good, turns the old facts into the new when they are read.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fengsui.base.clock import from_microseconds
from fengsui.journal.form import FIRST_PREV, Ref
from fengsui.journal.models import JournalAbout, JournalEntry, JournalHead
from fengsui.journal.stores import READER

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a centre's chain; seq 0 and FIRST_PREV before its first entry."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, its facts in today's shape.

    Attributes:
        at: the server's time of the act, UTC.
        about: (kind, id) of each thing it is about, sorted.
        by: {"id", "role"}.
        v: version of the facts' shape after upcasting.
    """

    centre: str
    seq: int
    at: datetime
    what: str
    v: int
    about: tuple[Ref, ...]
    by: dict[str, str]
    facts: dict[str, Any]
    prev: str
    hash: str


def head(centre: str, *, using: str = READER) -> Head:
    """The last number and hash of a centre."""
    found = JournalHead.objects.using(using).filter(centre=centre).values_list("seq", "hash").first()
    return Head(*found) if found else Head(0, FIRST_PREV)


def entries_after(centre: str, seq: int, *, limit: int = 500, using: str = READER) -> list[Entry]:
    """The entries of a centre with a number above `seq`, in order, at most `limit`."""
    rows = JournalEntry.objects.using(using).filter(centre=centre, seq__gt=seq).order_by("seq")[:limit]
    return _read(rows.values_list("body", "hash"))


def entries_about(kind: str, about_id: str, *, using: str = READER) -> list[Entry]:
    """Every entry about one thing, in the order they were written."""
    about = JournalAbout.objects.using(using).filter(kind=kind, about_id=about_id).values_list("centre", "seq")
    rows: list[tuple[int, str, str]] = []
    for centre, numbers in _by_centre(about).items():
        found = JournalEntry.objects.using(using).filter(centre=centre, seq__in=numbers)
        rows += found.values_list("id", "body", "hash")
    return _read((body, hash_) for _, body, hash_ in sorted(rows))


def upcasts(what: str, *, v: int) -> Callable[[Upcaster], Upcaster]:
    """Register the function that turns facts of version `v` of an act into version `v + 1`."""

    def register(upcaster: Upcaster) -> Upcaster:
        if (what, v) in _upcasters:
            raise ValueError(f"{what} version {v} has its upcaster already")
        _upcasters[what, v] = upcaster
        return upcaster

    return register


_upcasters: dict[tuple[str, int], Upcaster] = {}


def _read(rows: Iterable[tuple[str, str]]) -> list[Entry]:
    return [_entry(json.loads(body), hash_) for body, hash_ in rows]


def _entry(body: dict[str, Any], hash_: str) -> Entry:
    v, facts = _today(body["what"], body["v"], body["facts"])
    return Entry(
        centre=body["centre"],
        seq=body["seq"],
        at=from_microseconds(body["at"]),
        what=body["what"],
        v=v,
        about=tuple((thing["kind"], thing["id"]) for thing in body["about"]),
        by=body["by"],
        facts=facts,
        prev=body["prev"],
        hash=hash_,
    )


def _today(what: str, v: int, facts: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    while upcaster := _upcasters.get((what, v)):
        v, facts = v + 1, upcaster(facts)
    return v, facts


def _by_centre(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for centre, seq in pairs:
        found.setdefault(centre, []).append(seq)
    return found
