"""One reader of the journal for all screens of this process.

After each commit the hub is woken, reads the entries by their numbers (the order of wake-ups between threads is not
the order of commits), encodes them once for all desks of a centre and once for each crew, and puts them into every
reader's queue. A reader that does not keep up is cut; it comes back with its last number and gets what it missed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import DatabaseError, connections, transaction

from fengsui.accounts.who_may import only_own
from fengsui.base import clock
from fengsui.base.actors import Actor
from fengsui.base.clock import rfc3339
from fengsui.force.actions import on_moved
from fengsui.force.models import Position
from fengsui.journal.read import Entry, entries_after, head
from fengsui.journal.record import on_commit_wake
from fengsui.journal.stores import READER
from fengsui.live.frames import cursor_frame, entry_frame, frame

MOST_QUEUED_BYTES = 256 * 1024
MOST_MISSED = 2000
_BATCH = 200
T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Subscriber:
    """One open stream. `at` is the journal's number it has been told up to."""

    centre: str
    reader: Actor
    at: int
    is_cut: bool = False
    queued_bytes: int = 0
    queue: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)

    @property
    def is_restricted(self) -> bool:
        return only_own(self.reader, "read_lists")

    def put(self, data: bytes) -> None:
        """Queue `data`, or cut a reader that has too much waiting."""
        if self.is_cut:
            return
        self.queued_bytes += len(data)
        if self.queued_bytes > MOST_QUEUED_BYTES:
            self.is_cut = True
            data = b""
        self.queue.put_nowait(data)

    async def get(self, *, timeout_s: float) -> bytes:
        """What is waiting, all at once; raises TimeoutError when nothing comes."""
        parts = [await asyncio.wait_for(self.queue.get(), timeout_s)]
        while not self.queue.empty():
            parts.append(self.queue.get_nowait())
        self.queued_bytes = 0
        return b"".join(parts)


class Hub:
    """The one reader. Lives in the server's event loop; database reads happen in a thread of its own."""

    def __init__(self) -> None:
        self.subscribers: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self.level: dict[str, int] = {}
        self._woken: set[str] = set()
        self._wake = asyncio.Event()
        self._reading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hub")
        self._loop = asyncio.get_running_loop()
        self._since_trouble: str | None = None

    async def run(self) -> None:
        """Follow the journal until cancelled."""
        stop_waking, stop_moves = on_commit_wake(self._on_commit), on_moved(self._on_moved)
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                woken, self._woken = self._woken, set()
                for centre in woken:
                    await self._follow(centre)
        finally:
            stop_waking()
            stop_moves()
            self._reading.shutdown(wait=False)

    async def join(self, subscriber: Subscriber) -> bool:
        """Tell a reader what it missed, then add it. False where it must load the board."""
        centre = subscriber.centre
        last = await self.last(centre)
        if centre not in self.level:
            self.level[centre] = last
            # What was committed since `last` was read woke a hub that did not look here yet.
            self._note(frozenset({centre}))
        if subscriber.at > last or last - subscriber.at > MOST_MISSED:
            return False
        while subscriber.at < self.level[centre]:
            entries, frames = await self._in_thread(_frames, centre, subscriber.at, _reader_of(subscriber))
            _flush(subscriber, entries, frames)
        if subscriber.is_cut:  # it missed more than its queue holds, and would be cut at each return
            return False
        # No await between the test of the level and this: nothing can fall between.
        self.subscribers[centre].add(subscriber)
        if subscriber.reader.unit is not None:
            _held[subscriber.reader.unit] += 1
        return True

    async def last(self, centre: str) -> int:
        """The journal's last number of a centre now."""
        return await self._in_thread(_head, centre)

    def leave(self, subscriber: Subscriber) -> None:
        if subscriber in self.subscribers[subscriber.centre]:
            self.subscribers[subscriber.centre].remove(subscriber)
            if subscriber.reader.unit is not None:
                _held[subscriber.reader.unit] -= 1

    def close(self) -> None:
        """End every stream: the server is going down."""
        for subscriber in [one for group in self.subscribers.values() for one in group]:
            subscriber.is_cut = True
            subscriber.queue.put_nowait(b"")

    def _on_commit(self, centres: frozenset[str]) -> None:
        self._loop.call_soon_threadsafe(self._note, centres)

    def _note(self, centres: frozenset[str]) -> None:
        self._woken |= centres
        self._wake.set()

    def _on_moved(self, positions: list[Position]) -> None:
        told = [
            (position.unit.centre_code, position.unit.callsign, _position_frame(position)) for position in positions
        ]
        self._loop.call_soon_threadsafe(self._tell_positions, told)

    def _tell_positions(self, told: list[tuple[str, str, bytes]]) -> None:
        for group in list(self.subscribers.values()):
            for subscriber in list(group):
                _tell_moves(subscriber, told)

    async def _follow(self, centre: str) -> None:
        """Read what is new in a centre and hand it to its readers."""
        if centre not in self.level:
            return  # nobody has ever looked at this centre here
        try:
            await self._read_on(centre)
            self._since_trouble = None
        except DatabaseError:
            _log.exception("the journal of %s could not be read", centre)
            self._tell_trouble(list(self.subscribers[centre]))
            self._loop.call_later(0.5, self._note, frozenset({centre}))

    async def _read_on(self, centre: str) -> None:
        at = self.level[centre]
        while True:
            entries, frames = await self._in_thread(_frames, centre, at, None)
            if not entries:
                return
            own = await self._own_frames(centre, entries)
            # No await from here on: whoever is restricted has frames of its own.
            self.level[centre] = at = entries[-1].seq
            for subscriber in list(self.subscribers[centre]):
                _flush(subscriber, entries, own[subscriber] if subscriber.is_restricted else frames)

    async def _own_frames(self, centre: str, entries: list[Entry]) -> dict[Subscriber, list[bytes | None]]:
        """What each crew hears of `entries`, those included that join meanwhile."""
        own: dict[Subscriber, list[bytes | None]] = {}
        while waiting := [one for one in self.subscribers[centre] if one.is_restricted and one not in own]:
            for subscriber in waiting:
                own[subscriber] = await self._in_thread(_encoded, entries, subscriber.reader)
        return own

    def _tell_trouble(self, readers: Iterable[Subscriber]) -> None:
        self._since_trouble = self._since_trouble or rfc3339(clock.now())
        trouble = {"what": "journal_not_readable", "since": self._since_trouble, "still_works": ["board", "positions"]}
        for subscriber in readers:
            subscriber.put(frame("health", trouble))

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        return await self._loop.run_in_executor(self._reading, function, *arguments)


def _flush(subscriber: Subscriber, entries: list[Entry], frames: list[bytes | None]) -> None:
    """What of `entries` the reader has not seen yet, and a cursor."""
    new = [told for entry, told in zip(entries, frames, strict=True) if entry.seq > subscriber.at and told is not None]
    if entries and entries[-1].seq > subscriber.at:
        subscriber.put(b"".join(new) + cursor_frame(subscriber.at, entries[-1].seq))
        subscriber.at = entries[-1].seq


def _tell_moves(subscriber: Subscriber, told: list[tuple[str, str, bytes]]) -> None:
    own = subscriber.reader.unit if subscriber.is_restricted else None
    frames = [data for centre, callsign, data in told if centre == subscriber.centre and own in (None, callsign)]
    if frames:
        subscriber.put(b"".join(frames))


def _position_frame(position: Position) -> bytes:
    at = rfc3339(position.at)
    told = {"unit": position.unit.callsign, "lon": round(position.lon, 6), "lat": round(position.lat, 6), "at": at}
    return frame("position", told)


def _reader_of(subscriber: Subscriber) -> Actor | None:
    return subscriber.reader if subscriber.is_restricted else None


def _head(centre: str) -> int:
    return head(centre).seq


def _frames(centre: str, at: int, reader: Actor | None) -> tuple[list[Entry], list[bytes | None]]:
    try:
        entries = entries_after(centre, at, limit=_BATCH)
        return entries, _encoded(entries, reader)
    except DatabaseError:
        connections[READER].close()  # a broken connection is not used twice
        raise


def _encoded(entries: list[Entry], reader: Actor | None) -> list[bytes | None]:
    with transaction.atomic(using=READER):  # one moment: no row holds an older version beside a newer assignment
        return [entry_frame(entry, reader=reader) for entry in entries]


_held: Counter[str] = Counter()


def held_units() -> set[str]:
    """Call signs whose crew has its page open here."""
    return {callsign for callsign, n_open in _held.items() if n_open > 0}
