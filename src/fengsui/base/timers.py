"""What happens by the clock: jobs with a period, one thread, and a tick that others can watch."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import close_old_connections

from fengsui.base import clock
from fengsui.base.sqlite.fair_lock import as_job

_log = logging.getLogger(__name__)
_LATE_S = 15.0


@dataclass
class _Timer:
    job: Callable[[datetime], None]
    period_s: float
    due: float = 0.0


class Timers:
    """Runs each job when it is due, one after another. A job that fails is logged and runs again."""

    def __init__(self) -> None:
        self._timers: list[_Timer] = []
        self._stop = threading.Event()
        self._ticked = 0.0

    def every(self, period_s: float, job: Callable[[datetime], None]) -> None:
        self._timers.append(_Timer(job, period_s))

    def start(self) -> None:
        self._stop.clear()
        self._ticked = time.monotonic()
        threading.Thread(target=self._run, name="timers", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def are_ticking(self) -> bool:
        return time.monotonic() - self._ticked < _LATE_S

    def _run(self) -> None:
        with as_job():
            while not self._stop.wait(0.25):
                self._ticked = time.monotonic()
                for timer in self._timers:
                    if self._ticked >= timer.due:
                        timer.due = self._ticked + timer.period_s
                        self._do(timer)

    def _do(self, timer: _Timer) -> None:
        try:
            timer.job(clock.now())
        except Exception:  # the outermost loop of a worker
            _log.exception("the job %s failed; it runs again in %s s", timer.job.__name__, timer.period_s)
            close_old_connections()


timers = Timers()
