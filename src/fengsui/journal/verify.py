"""Is the record whole, and what is its head?

Reads the database as it stands on disk, without Django and without writing, in one snapshot; a running server does not
disturb it. Four things must hold for every centre:

* the numbers run 1, 2, 3 … without a gap, and the ids of all centres together do;
* each entry's hash is the SHA-256 of its text, and the text holds the hash of the entry before;
* the columns and the rows of what it is about say what the text says;
* the head is the last entry.

Whoever can write to the file can also forge a whole new chain: only a head kept elsewhere (`fengsui journal head`)
shows that.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from fengsui.journal.form import ENTRY_TEXT, FIRST_PREV
from fengsui_engine.refusal import Refusal, say

DATABASE = "fengsui.sqlite3"


class NoRecordHere(Refusal):
    status = 404
    sentence = say("There is no record in %(folder)s. Name a data folder: one that holds fengsui.sqlite3.")


class RecordNotReadable(Refusal):
    status = 500
    sentence = say("The database in %(folder)s cannot be read (%(reason)s). Bring it back from a backup.")


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not hold, and in what way.

    Attributes:
        why: hash (the text was changed), columns or about (they say something else than the text), gap (it is missing),
            prev (it does not follow the one before), id, head (the head says otherwise), extra (rows about an entry
            that is not there), index (the database would not find it).
    """

    centre: str
    seq: int
    why: str


@dataclass(slots=True)
class Verdict:
    """What was found.

    Attributes:
        entries: how many there are.
        head: {centre: {"seq", "hash"}} as the head rows say.
        broken: the first entry that does not hold, in order of centre and number; None if all do.
    """

    entries: int = 0
    head: dict[str, dict[str, Any]] = field(default_factory=dict)
    broken: Broken | None = None

    @property
    def ok(self) -> bool:
        return self.broken is None

    def as_json(self) -> dict[str, Any]:
        """The verdict in the form of the contract."""
        broken = None if self.broken is None else asdict(self.broken)
        return {"ok": self.ok, "entries": self.entries, "head": self.head, "broken": broken}


def verify(data: Path) -> Verdict:
    """Check every entry of the database in the folder `data`.

    Raises:
        NoRecordHere: there is no such folder, database or journal.
        RecordNotReadable: SQLite cannot read it.
    """
    with _snapshot(data) as db:
        verdict = _count_and_heads(db)
        chains, faults, n_about = _follow(db)
        faults += _wrong_heads(chains, verdict.head, faults)
        faults += _not_found_by_index(db)
        # A row that was moved leaves a fault where it was, and that is the entry to name. Only what leaves none is
        # named by where it is now.
        strays = [] if faults else [*_about_nothing(db, n_about), *_heads_of_nothing(chains, verdict.head)]
        verdict.broken = _first(faults or strays or _strange_ids(db, verdict.entries))
        return verdict


def head(data: Path) -> Verdict:
    """The heads, each compared with the last entry of its centre only.

    Raises:
        NoRecordHere: there is no such folder, database or journal.
        RecordNotReadable: SQLite cannot read it.
    """
    with _snapshot(data) as db:
        verdict = _count_and_heads(db)
        ends = {centre: db.execute(_LAST, (centre,)).fetchone() for centre in verdict.head}
        chains = {centre: _Chain(end[0], _hash(end[1])) for centre, end in ends.items() if end}
        faults = [*_wrong_heads(chains, verdict.head, []), *_heads_of_nothing(chains, verdict.head)]
        verdict.broken = _first(faults)
        return verdict


@dataclass(slots=True)
class _Chain:
    """How far a centre's chain has been followed."""

    seq: int = 0
    hash: bytes = FIRST_PREV.encode()


# In order of ids, not through an index: what stands in the table is what is checked.
_ENTRIES = """
    SELECT centre, seq, at, what, v, body, hash,
           typeof(centre) = 'text' AND typeof(what) = 'text' AND typeof(body) = 'text' AND typeof(hash) = 'text',
           (SELECT group_concat(quote(about_id) || quote(kind)) FROM journal_about a
            WHERE a.centre = e.centre AND a.seq = e.seq)
    FROM journal_entry e NOT INDEXED ORDER BY id"""
_LAST = "SELECT seq, body FROM journal_entry WHERE centre = ? ORDER BY seq DESC LIMIT 1"
_ABOUT_NOTHING = """
    SELECT a.centre, a.seq FROM journal_about a
    WHERE NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.centre = a.centre AND e.seq = a.seq)
    ORDER BY a.centre, a.seq LIMIT 1"""
_TABLES = ("journal_entry", "journal_about", "journal_head")
_ROW = re.compile(rb"row (\d+) ")
_ENTRY = re.compile(ENTRY_TEXT.encode(), re.DOTALL)


@contextmanager
def _snapshot(data: Path) -> Iterator[sqlite3.Connection]:
    """The database of a data folder, read-only, as it is at this moment."""
    path = data / DATABASE
    if not path.is_file():
        raise NoRecordHere(folder=str(data))
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
            db.text_factory = bytes  # text that was tampered with may be no UTF-8
            db.execute("BEGIN")
            if not _has_journal(db):
                raise NoRecordHere(folder=str(data))
            yield db
    except (sqlite3.DatabaseError, UnicodeDecodeError) as why:  # its own message may hold broken text
        raise RecordNotReadable(folder=str(data), reason=str(why)) from None


def _hash(text: bytes) -> bytes:
    return sha256(text).hexdigest().encode()


def _has_journal(db: sqlite3.Connection) -> bool:
    found = {_said(name) for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return found.issuperset(_TABLES)


def _count_and_heads(db: sqlite3.Connection) -> Verdict:
    (entries,) = db.execute("SELECT COUNT(*) FROM journal_entry").fetchone()
    rows = db.execute("SELECT centre, seq, hash FROM journal_head NOT INDEXED ORDER BY centre")
    heads = {_said(centre): {"seq": _number(seq), "hash": _said(hash_)} for centre, seq, hash_ in rows}
    return Verdict(entries=entries, head=heads)


def _follow(db: sqlite3.Connection) -> tuple[dict[str, _Chain], list[Broken], int]:
    """Follow every chain to its end or its first fault; also how many rows of `journal_about` were accounted for."""
    chains: dict[str, _Chain] = {}
    faults: dict[str, Broken] = {}
    n_about = 0
    for row in db.execute(_ENTRIES):
        centre = _said(row[0])
        if centre in faults:
            continue
        chain = chains.setdefault(centre, _Chain())
        if _holds(row, chain):
            chain.seq, chain.hash = row[1], row[6]
            n_about += row[-1].count(b",") + 1 if row[-1] else 0
        else:
            fault = _fault(row, chain)
            faults.setdefault(fault.centre, fault)
            faults.setdefault(centre, fault)
    return chains, list(faults.values()), n_about


def _holds(row: tuple[Any, ...], chain: _Chain) -> bool:
    """Whether an entry is whole and follows the one before. The fast answer; `_fault` looks closer.

    The text is compared with what the columns and the entry before make of it, key by key from both ends. A key cannot
    be met inside a string (its quotation marks would be escaped), so the first one found is the one meant.
    """
    centre, seq, at, what, v, text, hash_, is_text, about = row
    if not is_text:
        return False
    after_about = text.find(b'],"at":')
    after_by = text.find(b'},"centre":', after_about)
    return (
        _hash(text) == hash_
        and text.startswith(b'{"about":[')
        and _is_about(text[10:after_about], about or b"")
        and text.startswith(b'],"at":%a,"by":{' % at, after_about)
        and text.startswith(b'},"centre":"%b","facts":{' % centre, after_by)
        and text.endswith(b'},"prev":"%b","seq":%a,"v":%a,"what":"%b"}' % (chain.hash, seq, v, what))
        and seq == chain.seq + 1
    )


def _is_about(said: bytes, rows: bytes) -> bool:
    """Whether the rows, written `'id''kind','id''kind'` by SQLite, are what the text says. Ids need no escaping."""
    wanted = said.replace(b'{"id":"', b"'").replace(b'","kind":"', b"''").replace(b'"}', b"'")
    return rows == wanted or sorted(rows.split(b",")) == sorted(wanted.split(b","))


def _fault(row: tuple[Any, ...], chain: _Chain) -> Broken:
    """What is wrong with an entry. Where columns lie, the entry is named by its text, which the hash vouches for."""
    centre, seq, at, what, v, text, hash_, is_text, about = row
    if not is_text:
        return _broken(centre, seq, "columns")
    said = _ENTRY.fullmatch(text) if _hash(text) == hash_ else None
    if said is None:
        return _broken(centre, seq, "hash")
    columns = (centre, b"%a" % seq, b"%a" % at, what, b"%a" % v)
    if said.group("centre", "seq", "at", "what", "v") != columns:
        return _broken(said["centre"], int(said["seq"]), "columns")
    if not _is_about(said["about"], about or b""):
        return _broken(centre, seq, "about")
    if seq != chain.seq + 1:
        return _broken(centre, chain.seq + 1, "gap")
    return _broken(centre, seq, "prev")


def _broken(centre: Any, seq: Any, why: str) -> Broken:
    """A fault, also where the columns hold what no centre and no number is."""
    return Broken(_said(centre), _number(seq), why)


def _said(value: Any) -> str:
    """A text of the database, or what stands in its place, fit to be shown."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _number(value: Any) -> int:
    """A number of the database, or 0 where there is none."""
    return value if isinstance(value, int) else 0


def _wrong_heads(chains: dict[str, _Chain], heads: dict[str, dict[str, Any]], faults: list[Broken]) -> list[Broken]:
    """Heads that are not the end of their chain, or are missing; of centres whose entries hold."""
    found = []
    for centre in {*chains} - {fault.centre for fault in faults}:
        end, said = chains[centre], heads.get(centre, {"seq": 0, "hash": FIRST_PREV})
        if said["seq"] > end.seq:  # the last entries are missing
            found.append(Broken(centre, end.seq + 1, "gap"))
        elif (said["seq"], said["hash"]) != (end.seq, _said(end.hash)):
            found.append(Broken(centre, end.seq, "head"))
    return found


def _heads_of_nothing(chains: dict[str, _Chain], heads: dict[str, dict[str, Any]]) -> list[Broken]:
    """Heads of centres that have no entries: they are missing from the first."""
    return [Broken(centre, 1, "gap") for centre in {*heads} - {*chains}]


def _about_nothing(db: sqlite3.Connection, n_accounted: int) -> list[Broken]:
    """Rows about an entry that is not there. Looked for only if some were not accounted for."""
    (n_about,) = db.execute("SELECT COUNT(*) FROM journal_about").fetchone()
    if n_about == n_accounted:
        return []
    return [_broken(centre, seq, "extra") for centre, seq in db.execute(_ABOUT_NOTHING)]


def _strange_ids(db: sqlite3.Connection, n_entries: int) -> list[Broken]:
    """Ids that do not run 1, 2, 3 …"""
    rows = db.execute("SELECT centre, seq FROM journal_entry WHERE id NOT BETWEEN 1 AND ? LIMIT 1", (n_entries,))
    return [_broken(centre, seq, "id") for centre, seq in rows]


def _not_found_by_index(db: sqlite3.Connection) -> list[Broken]:
    """Entries that a search would miss or find wrongly, because an index says something else than its table."""
    return [fault for table in _TABLES for fault in _index_faults(db, table)]


def _index_faults(db: sqlite3.Connection, table: str) -> list[Broken]:
    faults: list[Broken] = []
    for (message,) in db.execute(f"PRAGMA integrity_check('{table}')"):
        if message == b"ok":
            continue
        row = _ROW.match(message)
        if row is None:
            raise sqlite3.DatabaseError(_said(message))
        where = f"SELECT centre, seq FROM {table} NOT INDEXED WHERE rowid = ?"  # noqa: S608 (a name of ours)
        faults += [_broken(centre, seq, "index") for centre, seq in db.execute(where, (int(row[1]),))]
    return faults


def _first(faults: Iterable[Broken]) -> Broken | None:
    return min(faults, key=lambda fault: (fault.centre, fault.seq), default=None)
