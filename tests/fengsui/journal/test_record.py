"""What acts leave in the journal."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random

import pytest
from django.db import OperationalError, connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from fengsui.base.actors import Actor
from fengsui.base.canonical import canonical
from fengsui.journal.models import JournalAbout, JournalEntry, JournalHead
from fengsui.journal.plain import NotForTheJournal
from fengsui.journal.read import _upcasters as registered
from fengsui.journal.read import entries_about, entries_after, head, upcasts
from fengsui.journal.record import OutsideAct, act, on_commit_wake, record

Note = Callable[..., None]


class Refused(Exception):
    """A verb said no."""


def numbers(centre: str = "SQC") -> list[int]:
    return [entry.facts["number"] for entry in entries_after(centre, 0, using="default")]


@pytest.mark.django_db
def test_an_entry_holds_its_act_and_is_found_by_number_and_by_thing(
    dispatcher: Actor, note: Note, noon: datetime
) -> None:
    with act():
        note(7, seconds=[61, 75], roads="sha256:abc")
    (entry,) = entries_after("SQC", 0, using="default")
    assert (entry.centre, entry.seq, entry.what, entry.v, entry.at) == ("SQC", 1, "unit.dispatched", 1, noon)
    assert entry.about == (("incident", "i-7"), ("unit", "SQ01"))
    assert entry.by == {"id": dispatcher.id, "role": "dispatcher"}
    assert entry.facts == {"number": 7, "roads": "sha256:abc", "seconds": [61, 75]}
    assert entries_about("incident", "i-7", using="default") == [entry]
    assert entries_about("incident", "i-8", using="default") == []


@pytest.mark.django_db
def test_the_body_is_canonical_json_and_each_hash_is_of_the_body_that_holds_the_one_before(note: Note) -> None:
    for number in range(3):
        with act():
            note(number)
    before = "0" * 64
    for row in JournalEntry.objects.order_by("seq"):
        assert canonical(json.loads(row.body)) == row.body
        assert json.loads(row.body)["prev"] == before
        before = hashlib.sha256(row.body.encode()).hexdigest()
        assert row.hash == before
    assert head("SQC", using="default") == head("SQC", using="default").__class__(3, before)


@pytest.mark.django_db
def test_a_centre_without_entries_has_the_head_zero() -> None:
    assert (head("SQC", using="default").seq, head("SQC", using="default").hash) == (0, "0" * 64)


@pytest.mark.django_db
def test_acts_inside_an_act_share_its_end_in_the_order_they_were_recorded(note: Note) -> None:
    with act():
        note(1)
        with act():
            note(2)
        note(3)
        assert JournalEntry.objects.count() == 0  # the number is taken last
    assert numbers() == [1, 2, 3]


@pytest.mark.django_db
def test_an_inner_act_that_fails_takes_its_entries_with_it(note: Note) -> None:
    with act():
        note(1)
        with suppress(Refused), act():
            note(2)
            with act():
                note(3)
            raise Refused
        note(4)
    assert numbers() == [1, 4]


@pytest.mark.django_db
def test_a_savepoint_rolled_back_by_any_other_means_takes_its_entries_too(note: Note) -> None:
    with act():
        with suppress(Refused), transaction.atomic():
            note(1)
            raise Refused
        with transaction.atomic():
            note(2)
            transaction.set_rollback(True)
        note(3)
    assert numbers() == [3]


@pytest.mark.django_db
def test_an_act_that_fails_leaves_nothing_and_the_next_one_gets_its_number(note: Note) -> None:
    with suppress(Refused), act():
        note(1)
        raise Refused
    with act():
        note(2)
    assert numbers() == [2]
    assert head("SQC", using="default").seq == 1


@pytest.mark.django_db
def test_each_centre_has_its_own_numbers(note: Note) -> None:
    with act() as written:
        note(1, centre="SQL")
        note(2, centre="SQC")
        note(3, centre="SQL")
    assert written == {"SQC": 1, "SQL": 2}
    # Centres take their numbers in one order everywhere, so that two writers never wait for each other crosswise.
    assert list(JournalEntry.objects.order_by("id").values_list("centre", flat=True)) == ["SQC", "SQL", "SQL"]
    assert numbers("SQL") == [1, 3]
    assert numbers("SQC") == [2]


@pytest.mark.django_db
def test_act_is_a_decorator_too(note: Note) -> None:
    @act()
    def verb(number: int) -> None:
        note(number)

    verb(1)
    verb(2)
    assert numbers() == [1, 2]


@pytest.mark.django_db
def test_a_record_outside_an_act_is_a_mistake(note: Note) -> None:
    with pytest.raises(OutsideAct):
        note(1)
    with act():
        note(2)
    with pytest.raises(OutsideAct):
        note(3)
    assert numbers() == [2]


@pytest.mark.django_db
def test_what_is_changed_after_recording_does_not_change_the_entry(dispatcher: Actor, noon: datetime) -> None:
    facts = {"number": 1}
    with act():
        record("unit.dispatched", centre="SQC", about=[], by=dispatcher, facts=facts, now=noon)
        facts["number"] = 2
    assert numbers() == [1]


@dataclass
class Unit:
    callsign: str

    @property
    def journal_ref(self) -> tuple[str, str]:
        return ("unit", self.callsign)


@pytest.mark.django_db
def test_things_say_themselves_what_they_are_and_stand_sorted_and_once(dispatcher: Actor, noon: datetime) -> None:
    about: list[tuple[str, str] | Unit] = [Unit("SQ02"), ("incident", "i-1"), Unit("SQ02")]
    with act():
        record("unit.dispatched", centre="SQC", about=about, by=dispatcher, facts={}, now=noon)
    assert entries_after("SQC", 0, using="default")[0].about == (("incident", "i-1"), ("unit", "SQ02"))
    assert JournalAbout.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "facts",
    [
        {"phone": "1"},
        {"name": "SQ01"},
        {"why": [{"Words": "x"}]},
        {"contact": {}},
        {"said": "he is at the bridge"},
        {"who": "张三"},
        {"to": "13912345678"},
        {"to": ["+8613912345678"]},
        {"of": "62070219900101123X"},
        {"说": 1},
    ],
)
def test_personal_data_and_sentences_do_not_get_in(facts: dict[str, object], dispatcher: Actor, noon: datetime) -> None:
    with pytest.raises(NotForTheJournal), act():
        record("incident.noted", centre="SQC", about=[], by=dispatcher, facts=facts, now=noon)
    assert JournalEntry.objects.count() == 0


@pytest.mark.django_db
def test_a_refused_text_is_not_repeated_in_the_error(dispatcher: Actor, noon: datetime) -> None:
    with pytest.raises(NotForTheJournal) as refused, act():
        record("incident.noted", centre="SQC", about=[], by=dispatcher, facts={"to": "13912345678"}, now=noon)
    assert "13912345678" not in str(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "centre", "about", "facts"),
    [
        ("Dispatched", "SQC", [], {}),
        ("unit.dispatched", 'S"C', [], {}),
        ("unit.dispatched", "SQC", [("unit", "")], {}),
        ("unit.dispatched", "SQC", [("Unit", "SQ01")], {}),
        ("unit.dispatched", "SQC", [("unit", "x" * 65)], {}),
    ],
)
def test_only_codes_name_an_act_a_centre_and_a_thing(
    what: str, centre: str, about: list[tuple[str, str]], facts: dict[str, object], dispatcher: Actor, noon: datetime
) -> None:
    with pytest.raises(NotForTheJournal), act():
        record(what, centre=centre, about=about, by=dispatcher, facts=facts, now=noon)


@pytest.mark.django_db
def test_a_float_is_no_fact(dispatcher: Actor, noon: datetime) -> None:
    with pytest.raises(TypeError), act():
        record("unit.moved", centre="SQC", about=[], by=dispatcher, facts={"seconds": 1.5}, now=noon)


@pytest.fixture
def no_new_upcasters() -> Iterator[None]:
    before = dict(registered)
    yield
    registered.clear()
    registered.update(before)


@pytest.mark.django_db
@pytest.mark.usefixtures("no_new_upcasters")
def test_old_entries_are_read_in_the_shape_of_today_and_stay_as_they_were(note: Note) -> None:
    with act():
        note(1)
    body = JournalEntry.objects.get().body

    @upcasts("unit.dispatched", v=1)
    def number_became_count(facts: dict[str, object]) -> dict[str, object]:
        return {"count": facts["number"]}

    @upcasts("unit.dispatched", v=2)
    def count_became_a_list(facts: dict[str, object]) -> dict[str, object]:
        return {"counts": [facts["count"]]}

    (entry,) = entries_after("SQC", 0, using="default")
    assert (entry.v, entry.facts) == (3, {"counts": [1]})
    assert JournalEntry.objects.get().body == body
    with pytest.raises(ValueError, match="upcaster already"):
        upcasts("unit.dispatched", v=1)(number_became_count)


@pytest.mark.django_db
def test_entries_come_in_order_after_a_number_and_no_more_than_asked(note: Note) -> None:
    with act():
        for number in range(1, 6):
            note(number)
    assert [entry.seq for entry in entries_after("SQC", 2, limit=2, using="default")] == [3, 4]
    assert entries_after("SQC", 5, using="default") == []


@pytest.mark.django_db
def test_listeners_are_woken_once_a_commit_and_never_by_a_rollback(
    note: Note, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    woken: list[frozenset[str]] = []
    end = on_commit_wake(woken.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            with suppress(Refused), act():
                note(1, centre="SQX")
                raise Refused
            with act():
                note(1)
                note(2, centre="SQL")
                assert woken == []
            with act():
                pass
    finally:
        end()
    with django_capture_on_commit_callbacks(execute=True), act():
        note(3)
    assert woken == [frozenset({"SQC", "SQL"})]


# --- the database itself says no ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_entry SET what = 'unit.recalled' WHERE seq = 1",
        "UPDATE OR REPLACE journal_entry SET id = 2 WHERE id = 1",
        "DELETE FROM journal_entry WHERE seq = 2",
        "INSERT OR REPLACE INTO journal_entry SELECT id, centre, seq, at, what, 9, body, hash FROM journal_entry",
        "REPLACE INTO journal_entry SELECT 1, 'SQC', 3, at, what, v, body, hash FROM journal_entry WHERE seq = 1",
        "INSERT INTO journal_entry SELECT 3, 'SQC', 4, at, what, v, body, hash FROM journal_entry WHERE seq = 1",
        "INSERT INTO journal_entry SELECT 4, 'SQC', 3, at, what, v, body, hash FROM journal_entry WHERE seq = 1",
        "INSERT INTO journal_entry SELECT NULL, 'SQC', 3, at, what, v, body, hash FROM journal_entry WHERE seq = 1",
        "INSERT INTO journal_entry SELECT 3, 'SQL', 2, at, what, v, body, hash FROM journal_entry WHERE seq = 1",
        "INSERT INTO journal_entry SELECT 3, 'SQC', NULL, at, what, v, body, hash FROM journal_entry WHERE seq = 1",
        "UPDATE journal_about SET about_id = 'i-9' WHERE seq = 1",
        "DELETE FROM journal_about",
        "INSERT INTO journal_about VALUES ('SQC', 1, 'incident', 'i-9')",
        "INSERT OR REPLACE INTO journal_about VALUES ('SQC', 1, 'unit', 'SQ01')",
        "INSERT OR REPLACE INTO journal_about (rowid, centre, seq, kind, about_id) VALUES (1, 'SQC', 3, 'unit', 'x')",
        "INSERT INTO journal_entry VALUES (3, 'SQC', 3, 1, 'a.b', 1, '{}', '')"
        " ON CONFLICT DO UPDATE SET body = '' WHERE seq = 1",
    ],
)
def test_the_database_refuses_to_change_remove_replace_or_skip(sql: str, note: Note) -> None:
    with act():
        note(1)
        note(2)
    before = list(JournalEntry.objects.values_list()), list(JournalAbout.objects.values_list())
    if "ON CONFLICT" in sql:
        sql = sql.replace("(3, 'SQC', 3", "(1, 'SQC', 1")
    with pytest.raises(Exception, match=r"journal_|UNIQUE|NOT NULL"), transaction.atomic():
        connection.cursor().execute(sql)
    assert (list(JournalEntry.objects.values_list()), list(JournalAbout.objects.values_list())) == before


@pytest.mark.django_db
def test_after_all_migrations_every_trigger_is_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'journal_%'")
        found = set(cursor.fetchall())
    assert found == {
        (table, f"{table}_{says}")
        for table, says in [
            ("journal_entry", "stays"),
            ("journal_entry", "is_kept"),
            ("journal_entry", "is_next"),
            ("journal_about", "stays"),
            ("journal_about", "is_kept"),
            ("journal_about", "is_new"),
            ("journal_accessline", "stays"),
            ("journal_accessline", "is_kept"),
            ("journal_accessline", "is_next"),
        ]
    }


# --- many at once ---

WRITERS = 8
ACTS_EACH = 60


@pytest.mark.django_db(transaction=True, databases=["default", "reader"])
def test_a_reader_that_polls_during_eight_writers_with_rollbacks_misses_nothing(note: Note) -> None:
    committed: list[int] = []
    done = threading.Event()
    seen: list[int] = []

    def write(writer: int) -> None:
        rng = Random(writer)
        try:
            for turn in range(ACTS_EACH):
                number = writer * 1000 + turn
                with suppress(Refused), act():
                    with act():
                        note(number)
                    if rng.random() < 0.15:
                        raise Refused
                    time.sleep(rng.random() * 0.001)  # between the act and its number
                    with suppress(Refused), act():
                        note(number, centre="SQL")
                        if rng.random() < 0.15:
                            raise Refused
                    transaction.on_commit(partial(committed.append, number))
        finally:
            connection.close()

    def poll() -> None:
        last = 0
        try:
            while True:
                is_over = done.is_set()
                for entry in entries_after("SQC", last):
                    assert entry.seq == last + 1
                    last = entry.seq
                    seen.append(entry.facts["number"])
                if is_over:
                    return
                time.sleep(0.0005)
        finally:
            transaction.get_connection("reader").close()

    poller = threading.Thread(target=poll)
    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in [poller, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    poller.join()

    assert 0.6 * WRITERS * ACTS_EACH < len(committed) < WRITERS * ACTS_EACH
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(committed)
    rows = list(JournalEntry.objects.filter(centre="SQL").order_by("seq").values_list("seq", flat=True))
    assert rows == list(range(1, len(rows) + 1))
    assert set(JournalHead.objects.values_list("centre", "seq")) == {("SQC", len(seen)), ("SQL", len(rows))}


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_writes_no_entry_and_wakes_nobody(note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[frozenset[str]] = []
    end = on_commit_wake(woken.append)

    def full(*_: object) -> None:
        raise OperationalError("database or disk is full")

    try:
        with monkeypatch.context() as patched:
            patched.setattr(connection._connections["default"], "_commit", full, raising=True)  # type: ignore[attr-defined]
            with pytest.raises(OperationalError), act():
                note(1)
        with act():
            note(2)
    finally:
        end()
    assert numbers() == [2]
    assert woken == [frozenset({"SQC"})]
