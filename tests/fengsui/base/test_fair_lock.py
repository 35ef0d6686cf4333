"""Who writes next."""

import threading
import time
from collections.abc import Callable

import pytest

from fengsui.base.sqlite.fair_lock import JOBS, PEOPLE, FairLock, WriterBusy, as_job, priority_now, writer_of


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def queue_up(lock: FairLock, line: list[tuple[str, int]]) -> tuple[list[str], list[threading.Thread]]:
    """Make writers arrive one after the other; returns the order in which their turns come."""
    turns: list[str] = []

    def writer(name: str, priority: int) -> None:
        lock.acquire(priority=priority, timeout_s=5)
        turns.append(name)
        lock.release()

    threads = [threading.Thread(target=writer, args=one) for one in line]
    for n_before, thread in enumerate(threads):
        thread.start()
        wait_until(lambda n=n_before: lock.n_waiting() == n + 1)  # type: ignore[misc]
    return turns, threads


def test_turns_come_in_the_order_of_arrival() -> None:
    lock = FairLock()
    lock.acquire(priority=PEOPLE, timeout_s=1)
    turns, threads = queue_up(lock, [(f"writer {n}", PEOPLE) for n in range(6)])
    lock.release()
    for thread in threads:
        thread.join()
    assert turns == [f"writer {n}" for n in range(6)]


def test_people_go_before_jobs_that_came_earlier() -> None:
    lock = FairLock()
    lock.acquire(priority=JOBS, timeout_s=1)
    line = [("job 1", JOBS), ("job 2", JOBS), ("person 1", PEOPLE), ("job 3", JOBS), ("person 2", PEOPLE)]
    turns, threads = queue_up(lock, line)
    lock.release()
    for thread in threads:
        thread.join()
    assert turns == ["person 1", "person 2", "job 1", "job 2", "job 3"]


def test_the_lock_is_handed_over_and_cannot_be_snatched() -> None:
    lock = FairLock()
    lock.acquire(priority=PEOPLE, timeout_s=1)
    has_turn, may_end = threading.Event(), threading.Event()

    def writer() -> None:
        lock.acquire(priority=JOBS, timeout_s=5)
        has_turn.set()
        may_end.wait(5)
        lock.release()

    waiting = threading.Thread(target=writer)
    waiting.start()
    wait_until(lambda: lock.n_waiting() == 1)
    lock.release()
    with pytest.raises(WriterBusy):  # at once after the release, and still too late
        lock.acquire(priority=PEOPLE, timeout_s=0.05)
    assert has_turn.wait(5)
    may_end.set()
    waiting.join()


def test_who_gave_up_is_not_waited_for() -> None:
    lock = FairLock()
    lock.acquire(priority=PEOPLE, timeout_s=1)
    with pytest.raises(WriterBusy, match="database is locked"):
        lock.acquire(priority=PEOPLE, timeout_s=0.01)
    assert lock.n_waiting() == 0
    lock.release()
    lock.acquire(priority=PEOPLE, timeout_s=0.01)


def test_many_threads_with_short_patience_never_hold_it_together_or_lose_it() -> None:
    lock = FairLock()
    inside = 0
    most = 0
    n_turns = 0

    def writer(priority: int) -> None:
        nonlocal inside, most, n_turns
        for _ in range(200):
            try:
                lock.acquire(priority=priority, timeout_s=0.0005)
            except WriterBusy:
                continue
            inside += 1
            most = max(most, inside)
            n_turns += 1
            time.sleep(0.0001)
            inside -= 1
            lock.release()

    threads = [threading.Thread(target=writer, args=(n % 2,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert n_turns > 100
    lock.acquire(priority=PEOPLE, timeout_s=0.01)


def test_an_interrupt_in_the_middle_of_the_wait_leaves_the_line() -> None:
    lock = FairLock()
    lock.acquire(priority=PEOPLE, timeout_s=1)
    with pytest.raises(OverflowError):  # raised inside the wait, as an interrupt would be
        lock.acquire(priority=PEOPLE, timeout_s=1e300)
    assert lock.n_waiting() == 0
    lock.release()
    lock.acquire(priority=PEOPLE, timeout_s=0.01)


def test_a_job_is_a_job_only_inside_as_job_and_only_in_its_thread() -> None:
    elsewhere: list[int] = []
    with as_job():
        assert priority_now() == JOBS
        thread = threading.Thread(target=lambda: elsewhere.append(priority_now()))
        thread.start()
        thread.join()
    assert priority_now() == PEOPLE
    assert elsewhere == [PEOPLE]


def test_each_database_has_one_lock() -> None:
    assert writer_of("one") is writer_of("one")
    assert writer_of("one") is not writer_of("two")
