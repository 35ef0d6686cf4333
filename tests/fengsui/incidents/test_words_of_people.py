"""The words of people: nowhere in the clear, opened with a line, deleted when their time is over."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from control_room import entries, fresh, last, number, report, send, tell
from fengsui.incidents.amend import add_note, relocate
from fengsui.incidents.models import Particulars
from fengsui.incidents.particulars import expire_particulars
from fengsui.incidents.resolve import cancel_incident, close_incident, reopen_incident
from fengsui.incidents.respond import recall
from fengsui.journal.access import lines_about
from fengsui.journal.models import SealKey
from fengsui.live.frames import entry_frame

KEPT = timedelta(days=183)  # the rule that the product ships
CANARIES = {
    "words": "canary-words-厨房冒烟",
    "place": "canary-place-老桥头三号",
    "name": "canary-name-甲先生",
    "number": "canary-number-0936",
    "note": "canary-note-门牌看不清",
    "moved": "canary-moved-新桥头",
    "recall": "canary-recall-改派",
    "cancel": "canary-cancel-误拨",
    "language": "x-canary-language",
    "pin": "canary-pin-39°N",
    "at": "canary-at-刚才",
}


def columns(alias: str) -> Iterator[tuple[str, str]]:
    """(table.column, everything that stands in it) of every table of a store."""
    with closing(sqlite3.connect(connections[alias].settings_dict["NAME"])) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in db.execute(f'SELECT * FROM "{table}"'):
                for (name, *_), value in zip(
                    db.execute(f'SELECT * FROM "{table}" LIMIT 0').description, row, strict=True
                ):
                    yield (
                        f"{table}.{name}",
                        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value),
                    )


@pytest.fixture
def talked_about(dispatcher: Any, sq01: Any, noon: datetime) -> Any:
    """An incident about which everything was said that can be said."""
    incident = report(
        "fire",
        by=dispatcher,
        lon=CANARIES["pin"],
        lat=0.0,
        at=CANARIES["at"],
        place=CANARIES["place"],
        words=CANARIES["words"],
        contact={"name": CANARIES["name"], "number": CANARIES["number"]},
        language=CANARIES["language"],
    )
    add_note(incident=incident, words=CANARIES["note"], by=dispatcher, now=noon)
    version = fresh(incident).version
    relocate(incident=incident, lon=None, lat=None, place=CANARIES["moved"], version=version, by=dispatcher, now=noon)
    recall(assignment=send(sq01, incident, by=dispatcher), reason=CANARIES["recall"], by=dispatcher, now=noon)
    version = fresh(incident).version
    cancel_incident(incident=incident, reason=CANARIES["cancel"], version=version, by=dispatcher, now=noon)
    return incident


def test_no_column_of_either_store_holds_a_word_in_the_clear(talked_about: Any) -> None:
    found = [(column, text) for alias in ("default", "keys") for column, text in columns(alias)]
    assert ("incidents_particulars.about", "note") in found  # the scan sees what is there
    assert [(column, text) for column, text in found if "canary" in text.lower()] == []


def test_no_file_of_either_store_holds_a_word_s_bytes(talked_about: Any) -> None:
    from pathlib import Path

    for alias in ("default", "keys"):
        store = Path(str(connections[alias].settings_dict["NAME"]))
        for file in store.parent.glob(store.name + "*"):
            assert b"canary" not in file.read_bytes().lower(), file.name


def test_no_list_board_stream_or_journal_holds_a_word(desk: Any, door: Any, talked_about: Any, sq01: Any) -> None:
    for path, query in [
        ("/board", {}),
        ("/units", {}),
        ("/incidents", {"state": "all"}),
        (f"/incidents/{talked_about.pk}/recommendation", {}),
    ]:
        assert "canary" not in str(desk.get(path, **query).body).lower(), path
    assert "canary" not in str(door("auditor").get("/access-lines").body).lower()
    for entry in entries():
        assert "canary" not in str(entry).lower()
        assert b"canary" not in (entry_frame(entry) or b"").lower()


def test_inside_the_incident_every_word_is_there(desk: Any, talked_about: Any) -> None:
    told = str(desk.get(f"/incidents/{talked_about.pk}").body)
    assert [name for name, canary in CANARIES.items() if canary not in told and name not in ("language", "place")] == []
    told = desk.get(f"/incidents/{talked_about.pk}")
    assert told["words"] == CANARIES["words"]
    assert told["contact"] == {"name": CANARIES["name"], "number": CANARIES["number"]}
    assert told["place_words"] == CANARIES["moved"]
    assert told["as_sent"] == {"lon": CANARIES["pin"], "lat": "0.0", "at": CANARIES["at"]}


# --- each opening leaves a line -------------------------------------------------


def test_each_opening_leaves_one_line_with_who_and_what_for(
    door: Any, fire: Any, prefecture: Any, sq01: Any, dispatcher: Any
) -> None:
    send(sq01, fire, by=dispatcher)
    readers = ["dispatcher", "call_taker", "shift_lead", "crew", "auditor"]
    for who in readers:
        assert door(who).get(f"/incidents/{fire.pk}").status == 200
    door("dispatcher").get(f"/incidents/{fire.pk}", purpose="follow_up")
    told = [(line.role, line.purpose, line.centre) for line in lines_about("incident", str(fire.pk))]
    assert told == [(who, "dispatch", "SQC") for who in readers] + [("dispatcher", "follow_up", "SQC")]
    assert lines_about("incident", str(fire.pk))[0].actor == prefecture.actor("dispatcher").id


def test_lists_and_refusals_leave_no_line(door: Any, fire: Any) -> None:
    door("dispatcher").get("/incidents")
    door("dispatcher").get("/board")
    door("county_dispatcher").get(f"/incidents/{fire.pk}")
    door("planner").get(f"/incidents/{fire.pk}")
    door("crew").get(f"/incidents/{fire.pk}")
    assert lines_about("incident", str(fire.pk)) == []


@pytest.mark.parametrize("purpose", ["two words", "", "目的", "x" * 65, "UPPER", "a\n", "1st"])
def test_a_purpose_is_a_code(desk: Any, fire: Any, purpose: str) -> None:
    refused = desk.get(f"/incidents/{fire.pk}", purpose=purpose)
    assert (refused.status, refused.facts["field"]) == (422, "purpose")
    assert lines_about("incident", str(fire.pk)) == []


def test_a_line_that_cannot_be_written_opens_nothing(desk: Any, fire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from fengsui.incidents import particulars

    def no_disk(**_: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(particulars, "note_access", no_disk)
    refused = desk.get(f"/incidents/{fire.pk}")
    assert (refused.status, refused.code) == (503, "storage_full")


def test_the_lines_are_read_by_auditors_of_the_area_newest_first(door: Any, fire: Any, county_dispatcher: Any) -> None:
    elsewhere = report("help", by=county_dispatcher)
    door("county_dispatcher").get(f"/incidents/{elsewhere.pk}")
    for purpose in ("one", "two", "three"):
        door("dispatcher").get(f"/incidents/{fire.pk}", purpose=purpose)
    told = door("auditor").get("/access-lines", limit=2)
    assert [line["purpose"] for line in told["items"]] == ["three", "two"]
    assert told["items"][0]["about"] == {"kind": "incident", "id": str(fire.pk)}
    assert told["items"][0]["by"]["name"] == "dispatcher"
    rest = door("auditor").get("/" + told["next"].partition("/api/v1/")[2])
    assert [line["purpose"] for line in rest["items"]] == ["one"]
    assert rest["next"] is None
    assert len(door("auditor").get("/access-lines", incident=str(fire.pk))["items"]) == 3
    assert door("auditor").get("/access-lines", incident=str(elsewhere.pk))["items"] == []


def test_the_lines_about_one_incident_go_on_with_its_own(door: Any, fire: Any, dispatcher: Any) -> None:
    other = report("help", by=dispatcher)
    for incident in (fire, other, fire):
        door("dispatcher").get(f"/incidents/{incident.pk}")
    told = door("auditor").get("/access-lines", incident=str(fire.pk), limit=1)
    rest = door("auditor").get("/" + told["next"].partition("/api/v1/")[2])
    assert [line["about"]["id"] for line in rest["items"]] == [str(fire.pk)]


# --- their time is over -----------------------------------------------------------


def test_open_incidents_keep_their_words(talked_about: Any, fire: Any, noon: datetime) -> None:
    assert set(Particulars.objects.filter(incident=fire).values_list("expires_at", flat=True)) <= {None}
    assert set(Particulars.objects.filter(incident=talked_about).values_list("expires_at", flat=True)) == {noon + KEPT}


def test_after_the_rule_s_time_the_words_and_their_key_are_gone(desk: Any, talked_about: Any, noon: datetime) -> None:
    assert expire_particulars(now=noon + KEPT - timedelta(seconds=1)) == 0
    assert expire_particulars(now=noon + KEPT) == 1
    assert not Particulars.objects.filter(incident=talked_about).exists()
    assert not SealKey.objects.filter(subject=str(talked_about.pk)).exists()
    told = desk.get(f"/incidents/{talked_about.pk}")
    assert (told.status, told["words"], told["contact"], told["place_words"], told["as_sent"]) == (200, *[None] * 4)
    assert {one["words"] for one in told["timeline"]} == {None}
    assert (last().what, last().by["role"]) == ("incident.words_expired", "system")
    assert last().facts == {"deleted": 5, "rule": "incident_particulars"}


def test_what_has_expired_is_deleted_once(talked_about: Any, noon: datetime) -> None:
    expire_particulars(now=noon + KEPT)
    before = number()
    assert expire_particulars(now=noon + KEPT) == 0
    assert number() == before


def test_a_reopened_incident_s_words_do_not_expire(
    desk: Any, talked_about: Any, dispatcher: Any, noon: datetime
) -> None:
    reopen_incident(incident=talked_about, version=fresh(talked_about).version, by=dispatcher, now=noon)
    assert expire_particulars(now=noon + 10 * KEPT) == 0
    assert desk.get(f"/incidents/{talked_about.pk}")["words"] == CANARIES["words"]
    later = noon + timedelta(days=9)
    version = fresh(talked_about).version
    close_incident(incident=talked_about, disposition="settled", version=version, by=dispatcher, now=later)
    assert expire_particulars(now=noon + KEPT) == 0
    assert expire_particulars(now=later + KEPT) == 1


def test_reopened_at_the_last_moment_the_words_stay(
    talked_about: Any, dispatcher: Any, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of what is due is read before each incident's own act begins; a person may be faster."""
    from fengsui.incidents import particulars

    expire = particulars._expire

    def after_somebody_reopened(incident: Any, *, now: datetime) -> bool:
        reopen_incident(incident=incident, version=fresh(incident).version, by=dispatcher, now=now)
        return expire(incident, now=now)

    monkeypatch.setattr(particulars, "_expire", after_somebody_reopened)
    expire_particulars(now=noon + KEPT)
    assert Particulars.objects.filter(incident=talked_about).count() == 5
    assert SealKey.objects.filter(subject=str(talked_about.pk)).exists()
    assert last().what == "incident.reopened"


def test_a_note_after_the_words_were_erased_is_kept_and_read(
    desk: Any, talked_about: Any, dispatcher: Any, noon: datetime
) -> None:
    expire_particulars(now=noon + KEPT)
    add_note(incident=talked_about, words="复核完毕", by=dispatcher, now=noon + KEPT)
    assert desk.get(f"/incidents/{talked_about.pk}")["timeline"][-1]["words"] == "复核完毕"


def test_words_of_other_incidents_are_left_alone(
    desk: Any, talked_about: Any, report: Callable[..., Any], noon: datetime
) -> None:
    other = report("help", words="另一件")
    expire_particulars(now=noon + KEPT)
    assert desk.get(f"/incidents/{other.pk}")["words"] == "另一件"


def test_a_day_s_worth_is_deleted_however_many(dispatcher: Any, noon: datetime) -> None:
    for _ in range(7):
        incident = report("help", by=dispatcher, words="x")
        close_incident(incident=incident, disposition="settled", version=1, by=dispatcher, now=noon)
    assert expire_particulars(now=noon + KEPT, limit=3) == 7
    assert not Particulars.objects.exists()


def test_a_crew_tells_no_words_that_are_kept(sq01: Any, fire: Any, dispatcher: Any, crew: Any) -> None:
    tell(send(sq01, fire, by=dispatcher), "accepted", by=crew)
    assert not Particulars.objects.exists()
