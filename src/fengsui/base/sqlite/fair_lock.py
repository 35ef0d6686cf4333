"""Whose turn is it to write?

SQLite lets one connection write and makes the others poll, so under load one of them waits for seconds. Here writers
queue: first come, first served, and a person before a background job. The lock is handed to the next in line, never
dropped for whoever is quickest. It works inside one process; a second process still meets SQLite's own lock.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError

PEOPLE = 0
JOBS = 1

_priority: ContextVar[int] = ContextVar("writer_priority", default=PEOPLE)


class WriterBusy(OperationalError):
    """The turn to write did not come in time. An `OperationalError`, like SQLite's own "database is locked"."""


@contextmanager
def as_job() -> Iterator[None]:
    """Within it, this thread's writes wait behind every person's."""
    token = _priority.set(JOBS)
    try:
        yield
    finally:
        _priority.reset(token)


def priority_now() -> int:
    """The class of this thread's writes: PEOPLE unless inside `as_job`."""
    return _priority.get()


class FairLock:
    """A lock handed on in order: by class (lower first), then by arrival. Not re-entrant."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._is_held = False
        self._waiting: dict[int, deque[threading.Lock]] = {PEOPLE: deque(), JOBS: deque()}

    def acquire(self, *, priority: int, timeout_s: float) -> None:
        """Wait for the turn.

        Args:
            priority: PEOPLE or JOBS.
            timeout_s: seconds to wait at most.

        Raises:
            WriterBusy: the turn did not come in time.
        """
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return
            turn = threading.Lock()
            turn.acquire()  # free again when the turn comes
            self._waiting[priority].append(turn)
        try:
            has_come = turn.acquire(timeout=timeout_s)
        except BaseException:  # an interrupt in the middle of the wait: a turn given to nobody would stop every writer
            if not self._leave(turn, priority):
                self.release()
            raise
        if not has_come and self._leave(turn, priority):
            raise WriterBusy(f"database is locked: no turn to write within {timeout_s:g} s")

    def release(self) -> None:
        """Hand the lock to the next in line, or leave it free."""
        with self._mutex:
            for waiting in self._waiting.values():
                if waiting:
                    waiting.popleft().release()
                    return
            self._is_held = False

    def n_waiting(self) -> int:
        """How many stand in line."""
        with self._mutex:
            return sum(len(waiting) for waiting in self._waiting.values())

    def _leave(self, turn: threading.Lock, priority: int) -> bool:
        """Step out of the line; False if the turn was handed over meanwhile."""
        with self._mutex:
            if turn not in self._waiting[priority]:
                return False
            self._waiting[priority].remove(turn)
            return True


_writers: dict[str, FairLock] = {}
_writers_mutex = threading.Lock()


def writer_of(database: str) -> FairLock:
    """The one lock of a database file in this process."""
    with _writers_mutex:
        return _writers.setdefault(database, FairLock())
