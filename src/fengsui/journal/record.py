"""What was done, and how is it written down for good?

A verb opens an `act` (one savepoint), changes its rows and calls `record`. The entries wait in memory until the
outermost act ends; then each centre's next numbers are taken and the entries are written, still inside the
transaction. So the number is the last thing an act takes, and the order of numbers is the order of commits. What a
savepoint rolls back, it takes its entries with.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from fengsui.base.actors import Actor
from fengsui.base.clock import microseconds
from fengsui.journal.form import FIRST_PREV, Ref, about_text, by_text, entry_text, facts_text, hash_of
from fengsui.journal.plain import check_act, check_centre, check_code, check_facts, check_ref

Listener = Callable[[frozenset[str]], None]


class HasRef(Protocol):
    """A thing that entries can be about: it says its (kind, id)."""

    @property
    def journal_ref(self) -> Ref: ...


Subject = Ref | HasRef


@contextmanager
def act() -> Iterator[dict[str, int]]:
    """One act: a savepoint, or the transaction itself when it is the outermost.

    Also a decorator: `@act()`. Several acts inside one share a commit; an inner one that fails takes its entries with
    it.

    Yields:
        The last number written of each centre, empty until the outermost act has ended. It stands once the commit
        stands.
    """
    outer = _here.open
    if outer is not None:
        with transaction.atomic():
            yield outer.written
        return
    mine = _here.open = _Open()
    try:
        with transaction.atomic():
            yield mine.written
            _write(mine)
    finally:
        _here.open = None


def record(
    what: str,
    *,
    centre: str,
    about: Sequence[Subject],
    by: Actor,
    facts: dict[str, Any],
    now: datetime,
    v: int = 1,
) -> None:
    """Note what this act did. It is written when the outermost act ends, or not at all.

    Args:
        what: the act, `unit.dispatched`.
        centre: code of the centre whose journal takes it.
        about: (kind, id) of what it is about, or objects with `journal_ref`; kept sorted, the same thing once.
        by: who did it.
        facts: codes, ids, whole numbers, times. No floats, no names, no words.
        now: the time of the act.
        v: version of the facts' shape.

    Raises:
        NotForTheJournal: something of it must not stand in the journal.
        OutsideAct: no act is open.
    """
    if _here.open is None:
        raise OutsideAct("record is called inside act: what is done and what is written stand or fall together")
    check_act(what)
    check_centre(centre)
    check_facts(facts)
    check_code(by.id, under="by")
    refs = _refs(about)
    pending = _Pending(
        centre=centre,
        at=microseconds(now),
        what=what,
        v=v,
        refs=refs,
        about=about_text(refs),
        by=by_text(by.id, by.role),
        facts=facts_text(facts),
    )
    # Django forgets what is to follow a commit when the savepoint it was said in is rolled back: its list tells us
    # which entries still stand, whoever rolled back and however.
    transaction.on_commit(pending)
    _here.open.pending.append(pending)


def on_commit_wake(listener: Listener) -> Callable[[], None]:
    """Call `listener(centres)` after each commit that wrote entries, in the thread that committed.

    It only says that there is something to read: the order of calls is not the order of numbers. It should return at
    once; its errors are logged and harm nobody.

    Returns:
        A function that ends it.
    """
    _listeners.append(listener)
    return partial(_listeners.remove, listener)


class OutsideAct(RuntimeError):
    """`record` was called with no act open."""


_listeners: list[Listener] = []


@dataclass(frozen=True, slots=True, eq=False)
class _Pending:
    """An entry that has no number yet. Callable, so that Django's list of what follows a commit can hold it."""

    centre: str
    at: int
    what: str
    v: int
    refs: tuple[Ref, ...]
    about: str
    by: str
    facts: str

    def __call__(self) -> None:
        """Committed. Nothing more to do."""


class _Open:
    """The outermost act of this thread."""

    def __init__(self) -> None:
        self.pending: list[_Pending] = []
        self.written: dict[str, int] = {}


class _Here(threading.local):
    open: _Open | None = None


_here = _Here()


def _refs(about: Iterable[Subject]) -> tuple[Ref, ...]:
    refs = dict.fromkeys(thing if isinstance(thing, tuple) else thing.journal_ref for thing in about)
    for kind, about_id in refs:
        check_ref(kind, about_id)
    return tuple(sorted(refs))  # as `journal_about` holds them


def _write(done: _Open) -> None:
    """Number and write what still stands, in sorted order of centres: two writers never wait crosswise."""
    standing = {id(hook[1]) for hook in connection.run_on_commit}
    entries = [pending for pending in done.pending if id(pending) in standing]
    if not entries:
        return
    with connection.cursor() as cursor:
        for centre in sorted({entry.centre for entry in entries}):
            done.written[centre] = _write_centre(cursor, centre, [entry for entry in entries if entry.centre == centre])
    _wake_after_commit(frozenset(done.written))


def _write_centre(cursor: CursorWrapper, centre: str, entries: list[_Pending]) -> int:
    seq, prev = _head(cursor, centre)
    cursor.execute("SELECT COALESCE(MAX(id), 0) FROM journal_entry")
    entry_id = cursor.fetchone()[0]
    rows, about = [], []
    for offset, entry in enumerate(entries, start=1):
        body = _text(entry, seq=seq + offset, prev=prev)
        prev = hash_of(body)
        rows.append((entry_id + offset, centre, seq + offset, entry.at, entry.what, entry.v, body, prev))
        about += [(centre, seq + offset, kind, about_id) for kind, about_id in entry.refs]
    # What an entry is about comes first: a trigger refuses it for an entry that stands already.
    cursor.executemany("INSERT INTO journal_about (centre, seq, kind, about_id) VALUES (%s, %s, %s, %s)", about)
    cursor.executemany(
        "INSERT INTO journal_entry (id, centre, seq, at, what, v, body, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        rows,
    )
    cursor.execute("UPDATE journal_head SET seq = %s, hash = %s WHERE centre = %s", (seq + len(entries), prev, centre))
    return seq + len(entries)


def _head(cursor: CursorWrapper, centre: str) -> tuple[int, str]:
    """The centre's last number and hash, held for this transaction."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    cursor.execute(f"SELECT seq, hash FROM journal_head WHERE centre = %s{lock}", (centre,))  # noqa: S608 (no input)
    head = cursor.fetchone()
    if head is not None:
        return int(head[0]), str(head[1])
    cursor.execute(
        "INSERT INTO journal_head (centre, seq, hash) VALUES (%s, 0, %s) ON CONFLICT DO NOTHING", (centre, FIRST_PREV)
    )
    return _head(cursor, centre)


def _text(entry: _Pending, *, seq: int, prev: str) -> str:
    return entry_text(
        about=entry.about,
        at=entry.at,
        by=entry.by,
        centre=entry.centre,
        facts=entry.facts,
        prev=prev,
        seq=seq,
        v=entry.v,
        what=entry.what,
    )


def _wake_after_commit(centres: frozenset[str]) -> None:
    for listener in tuple(_listeners):
        transaction.on_commit(partial(listener, centres), robust=True)
