"""Whoever opens personal data has left a line before."""

from datetime import datetime

import pytest
from django.db import Error, OperationalError, connection, transaction

from fengsui.base.actors import Actor
from fengsui.journal.access import lines_about, note_access
from fengsui.journal.models import AccessLine
from fengsui.journal.plain import NotForTheJournal


@pytest.mark.django_db(transaction=True, databases=["default", "reader"])
def test_an_opening_leaves_a_line_that_others_see_at_once(dispatcher: Actor, noon: datetime) -> None:
    note_access("incident", "i-1", by=dispatcher, centre="SQC", purpose="incident.page", now=noon)
    note_access("incident", "i-2", by=dispatcher, centre="SQC", purpose="incident.page", now=noon)
    note_access("incident", "i-1", by=dispatcher, centre="SQC", purpose="export", now=noon)
    lines = lines_about("incident", "i-1")
    assert [line.purpose for line in lines] == ["incident.page", "export"]
    assert (lines[0].at, lines[0].actor, lines[0].role, lines[0].centre) == (noon, dispatcher.id, "dispatcher", "SQC")


@pytest.mark.django_db(transaction=True)
def test_a_line_inside_a_transaction_could_still_vanish_and_is_refused(dispatcher: Actor, noon: datetime) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        note_access("incident", "i-1", by=dispatcher, centre="SQC", purpose="incident.page", now=noon)
    assert AccessLine.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_where_the_line_cannot_be_written_the_opening_fails(dispatcher: Actor, noon: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    try:
        with pytest.raises(OperationalError):
            note_access("incident", "i-1", by=dispatcher, centre="SQC", purpose="incident.page", now=noon)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["", "Because he asked", "他问", "13912345678"])
def test_a_purpose_is_a_code(purpose: str, dispatcher: Actor, noon: datetime) -> None:
    with pytest.raises(NotForTheJournal):
        note_access("incident", "i-1", by=dispatcher, centre="SQC", purpose=purpose, now=noon)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_accessline SET actor = 'nobody'",
        "DELETE FROM journal_accessline",
        "INSERT OR REPLACE INTO journal_accessline VALUES (1, 1, 'nobody', 'x', 'SQC', 'incident', 'i-1', 'x')",
        "INSERT INTO journal_accessline VALUES (NULL, 1, 'nobody', 'x', 'SQC', 'incident', 'i-1', 'x')",
    ],
)
def test_lines_are_never_changed_or_removed(sql: str, dispatcher: Actor, noon: datetime) -> None:
    note_access("incident", "i-1", by=dispatcher, centre="SQC", purpose="incident.page", now=noon)
    before = list(AccessLine.objects.values_list())
    with pytest.raises(Error, match="journal_accessline"), transaction.atomic():
        connection.cursor().execute(sql)
    assert list(AccessLine.objects.values_list()) == before


def test_a_line_has_no_place_for_what_was_read() -> None:
    fields = {field.name for field in AccessLine._meta.get_fields()}
    assert fields == {"id", "at", "actor", "role", "centre", "kind", "about_id", "purpose"}
