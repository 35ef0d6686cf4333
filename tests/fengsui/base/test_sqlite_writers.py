"""How SQLite is written to here: in turn, inside a transaction, and never through the reader."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import Error, OperationalError, close_old_connections, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from fengsui.base.sqlite.base import WriteOutsideAtomic
from fengsui.base.sqlite.fair_lock import FairLock, WriterBusy, as_job, writer_of
from fengsui.journal.models import JournalHead

committed = pytest.mark.django_db(transaction=True, databases=["default", "reader", "keys"])


def lock() -> FairLock:
    return writer_of(str(connection.settings_dict["NAME"]))


def is_free() -> bool:
    try:
        lock().acquire(priority=0, timeout_s=0.01)
    except WriterBusy:
        return False
    lock().release()
    return True


def write(centre: str) -> None:
    JournalHead.objects.create(centre=centre, seq=1, hash="")


def in_a_thread(work: Callable[[], Any]) -> threading.Thread:
    """Start `work` with a database connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


class Refused(Exception):
    pass


@committed
def test_a_transaction_has_the_turn_until_it_ends_however_it_ends() -> None:
    with transaction.atomic():
        assert not is_free()
        with suppress(Refused), transaction.atomic():
            raise Refused
        assert not is_free()  # a savepoint is not the end
        write("SQC")
    assert is_free()
    with suppress(Refused), transaction.atomic():
        write("SQL")
        raise Refused
    assert is_free()
    with suppress(Error), transaction.atomic():
        connection.cursor().execute("INSERT INTO nothing VALUES (1)")
    assert is_free()
    assert JournalHead.objects.count() == 1


@committed
def test_a_connection_closed_in_the_middle_gives_the_turn_back() -> None:
    with suppress(Error), transaction.atomic():
        write("SQC")
        connection.close()
        assert is_free()
    assert is_free()
    assert JournalHead.objects.count() == 0


@committed
def test_a_commit_that_fails_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_: object) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "_commit", no_room)
        with pytest.raises(OperationalError, match="full"), transaction.atomic():
            write("SQC")
    assert is_free()
    assert JournalHead.objects.count() == 0


@committed
def test_a_transaction_that_cannot_begin_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        pass
    with monkeypatch.context() as patched:
        patched.setattr(connections["default"], "transaction_mode", "IMMEDIATE nonsense")
        patched.setattr(connections["default"], "_is_writer", lambda: True)
        with pytest.raises(OperationalError), transaction.atomic():
            pass
    assert is_free()


@committed
def test_the_turn_does_not_come_while_another_writes_and_says_so_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections["default"].settings_dict["OPTIONS"], "timeout", 0.05)
    lock().acquire(priority=0, timeout_s=1)
    try:
        with pytest.raises(OperationalError, match="database is locked"), transaction.atomic():
            write("SQC")
    finally:
        lock().release()
    with transaction.atomic():
        write("SQC")


@committed
def test_people_write_before_jobs_that_wait_longer() -> None:
    order: list[str] = []

    def person() -> None:
        with transaction.atomic():
            order.append("person")

    def job() -> None:
        with as_job(), transaction.atomic():
            order.append("job")

    with transaction.atomic():
        threads = []
        for n, work in enumerate([job, job, person, job, person]):
            threads.append(in_a_thread(work))
            while lock().n_waiting() <= n:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == ["person", "person", "job", "job", "job"]


@committed
def test_under_load_every_writer_gets_its_share() -> None:
    n_written = dict.fromkeys("ABCDEFGH", 0)
    longest_ms = 0.0
    until = time.monotonic() + 0.8

    def writer(name: str) -> None:
        nonlocal longest_ms
        while time.monotonic() < until:
            began = time.monotonic()
            with transaction.atomic():
                JournalHead.objects.update_or_create(centre=name, defaults={"seq": 1, "hash": ""})
            longest_ms = max(longest_ms, (time.monotonic() - began) * 1000)
            n_written[name] += 1

    threads = [in_a_thread(lambda name=name: writer(name)) for name in n_written]  # type: ignore[misc]
    for thread in threads:
        thread.join()
    # First come, first served: nobody is more than a few rounds behind. SQLite's own lock lets one starve for seconds.
    assert min(n_written.values()) >= 5
    assert max(n_written.values()) - min(n_written.values()) <= max(5, min(n_written.values()) // 4)
    assert longest_ms < 800


@committed
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO journal_head VALUES ('SQX', 1, '')",
        "insert or replace into journal_head values ('SQX', 1, '')",
        "REPLACE INTO journal_head VALUES ('SQX', 1, '')",
        'UPDATE "journal_head" SET seq = 2',
        "  DELETE FROM journal_head",
        "WITH x AS (SELECT 1) INSERT INTO journal_head SELECT 'SQX', 1, ''",
    ],
)
def test_a_write_outside_a_transaction_is_refused_and_says_what_to_do(sql: str) -> None:
    with transaction.atomic():
        write("SQC")
    with pytest.raises(
        WriteOutsideAtomic, match=r"journal_head is written outside atomic\. Put the change into an act"
    ):
        connection.cursor().execute(sql)
    with pytest.raises(WriteOutsideAtomic):
        connection.cursor().executemany(sql, [()])
    assert list(JournalHead.objects.values_list("centre", "seq")) == [("SQC", 1)]
    assert is_free()


@committed
def test_the_orm_outside_a_transaction_is_refused_too() -> None:
    with pytest.raises(WriteOutsideAtomic):
        write("SQC")
    with pytest.raises(WriteOutsideAtomic):
        JournalHead.objects.update(seq=5)


@committed
def test_reading_outside_a_transaction_is_free_whatever_words_it_holds() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'DELETE FROM x', replace('a', 'a', 'b')")
        assert cursor.fetchone() == ("DELETE FROM x", "b")
        cursor.execute("WITH x AS (SELECT replace('update', 'x', 'y') AS y) SELECT y FROM x")
        assert cursor.fetchone() == ("update",)


@committed
def test_what_django_itself_writes_outside_a_transaction_waits_for_its_turn() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("nothing", "0001_nothing")
    assert ("nothing", "0001_nothing") in recorder.applied_migrations()
    recorder.record_unapplied("nothing", "0001_nothing")
    assert is_free()


@committed
def test_a_write_after_sqlite_rolled_back_by_itself_does_not_slip_out_alone() -> None:
    def write_on() -> None:
        write("SQC")
        connections["default"].connection.execute("ROLLBACK")  # as SQLite does when the disk is full
        write("SQL")

    with pytest.raises(WriteOutsideAtomic, match="rolled this transaction back"), transaction.atomic():
        write_on()
    assert is_free()
    assert JournalHead.objects.count() == 0


@committed
def test_autocommit_cannot_be_turned_off_past_the_queue() -> None:
    with pytest.raises(Error, match="use atomic"):
        transaction.set_autocommit(False)


@committed
def test_the_reader_waits_for_nobody_sees_one_moment_and_cannot_write() -> None:
    with transaction.atomic():
        write("SQC")
    with transaction.atomic():
        write("SQL")
        assert JournalHead.objects.using("reader").count() == 1
        with transaction.atomic(using="reader"):
            assert JournalHead.objects.using("reader").count() == 1
            in_a_thread(lambda: None).join()
    with transaction.atomic(using="reader"):
        assert JournalHead.objects.using("reader").count() == 2

        def more() -> None:
            with transaction.atomic():
                write("SQX")

        in_a_thread(more).join()
        assert JournalHead.objects.using("reader").count() == 2
    assert JournalHead.objects.using("reader").count() == 3
    with pytest.raises(WriteOutsideAtomic, match="only reads"), transaction.atomic(using="reader"):
        JournalHead.objects.using("reader").update(seq=2)


@committed
def test_two_stores_have_two_queues() -> None:
    with transaction.atomic():
        assert writer_of(str(connections["keys"].settings_dict["NAME"])) is not lock()
        with transaction.atomic(using="keys"):
            pass


@committed
def test_a_thread_that_ends_with_its_connection_leaves_no_turn_behind() -> None:
    def dies() -> None:
        with suppress(Refused), transaction.atomic():
            raise Refused
        close_old_connections()

    in_a_thread(dies).join()
    assert is_free()
