"""A report comes in: it is taken whatever its place and time, once, and its receipt holds."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from control_room import entries, last, number, report
from fengsui.incidents.models import Incident, Report
from fengsui.incidents.receive import Signal, receive_report

FAR_FROM_ROADS = {"lon": 101.5, "lat": 0.0}
NUMBERS = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 180, -180, 180.000001, 90, 1e308, 5e-324, 100.009, 2**63, 10**300]),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(st.characters(codec="utf-8"), max_size=60)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4),
    ),
    max_leaves=12,
)
PINS = st.one_of(
    NUMBERS, st.sampled_from(["100.009", " 100.009 ", "", "nan", "inf", "-Infinity", "1e400", "١٠٠"]), JSON
)
TIMES = st.one_of(
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()),
    st.sampled_from(
        [
            "2026-11-24T04:00:00Z",
            "2026-11-24T04:00:00",
            "2026-02-30T04:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "yesterday",
            "T",
            1764000000,
        ]
    ),
    JSON,
)


def a_report(n: Any = 1, **said: Any) -> dict[str, Any]:
    return {"source_event_id": f"call-{n}", "type": "fire"} | said


def of(answer: Any) -> Incident:
    return Incident.objects.get(pk=answer["incident"])


# --- what is taken -----------------------------------------------------------


def test_a_report_opens_an_incident_with_a_number_and_a_receipt(desk: Any) -> None:
    answer = desk.post("/reports", a_report(lon=100.009, lat=0.0))
    assert answer.status == 201
    item = desk.get("/incidents")["items"][0]
    assert (item["id"], item["number"]) == (answer["incident"], answer["number"])
    assert (item["type"], item["priority"], item["state"], item["version"]) == ("fire", 1, "waiting", 1)
    assert (item["lon"], item["lat"], item["doubt"]) == (100.009, 0.0, None)
    assert (item["place"], item["place_en"]) == ("钟楼街与学府路路口", "Bell Tower Street and College Road")
    today = datetime.now(UTC) + timedelta(hours=8)
    assert answer["number"] == f"SQC-{today:%y%m%d}-0001"


def test_numbers_run_by_the_centre_s_day_and_each_centre_counts_its_own(
    dispatcher: Any, county_dispatcher: Any
) -> None:
    before_midnight = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)  # in Shanghai
    told = [report(by=dispatcher, now=before_midnight).number for _ in range(2)]
    told += [report(by=dispatcher, now=before_midnight + timedelta(seconds=1)).number]
    told += [report(by=county_dispatcher, now=before_midnight).number]
    assert told == ["SQC-261124-0001", "SQC-261124-0002", "SQC-261125-0001", "SQL-261124-0001"]


def test_a_day_may_have_more_than_9999_incidents(dispatcher: Any) -> None:
    from django.db import transaction

    from fengsui.incidents.models import DayCounter

    report(by=dispatcher)
    with transaction.atomic():
        DayCounter.objects.update(last=9999)
    assert report(by=dispatcher).number == "SQC-261124-10000"


def test_the_type_brings_its_priority_and_the_caller_taker_may_say_another(desk: Any) -> None:
    assert of(desk.post("/reports", a_report(1, type="help"))).priority == 3
    assert of(desk.post("/reports", a_report(2, type="help", priority=1))).priority == 1


def test_the_origin_comes_from_who_speaks_and_cannot_be_said(desk: Any) -> None:
    assert of(desk.post("/reports", a_report(1))).origin == "caller"
    refused = desk.post("/reports", a_report(2, origin="officer"))
    assert (refused.status, refused.code, refused.facts["field"]) == (422, "field_not_understood", "origin")


def test_the_source_is_the_token_s_own_unless_said(desk: Any) -> None:
    desk.post("/reports", a_report(1))
    desk.post("/reports", a_report(1, source="partner"))
    assert set(Report.objects.values_list("source", "source_event_id")) == {("desk", "call-1"), ("partner", "call-1")}


def test_an_unknown_type_is_refused_and_the_known_ones_are_told(desk: Any) -> None:
    refused = desk.post("/reports", a_report(type="earthquake"))
    assert (refused.status, refused.code) == (422, "unknown_type")
    assert "fire" in refused.facts["known"]
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"priority": 0}, "priority"),
        ({"priority": 5}, "priority"),
        ({"priority": "2"}, "priority"),
        ({"priority": True}, "priority"),
        ({"priority": 2.5}, "priority"),
        ({"source_event_id": ""}, "source_event_id"),
        ({"source_event_id": "x" * 201}, "source_event_id"),
        ({"source_event_id": 7}, "source_event_id"),
        ({"words": 7}, "words"),
        ({"words": "x" * 4001}, "words"),
        ({"contact": "0936-1234567"}, "contact"),
        ({"contact": {"name": "x", "address": "y"}}, "contact.address"),
        ({"test": "yes"}, "test"),
        ({"source": ""}, "source"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_field_that_is_not_understood_is_named(desk: Any, said: dict[str, Any], field: str) -> None:
    refused = desk.post("/reports", a_report(**said))
    assert (refused.status, refused.code, refused.facts["field"]) == (422, "field_not_understood", field)
    assert not Report.objects.exists()


@pytest.mark.parametrize("missing", ["source_event_id", "type"])
def test_what_a_report_cannot_do_without_is_asked_for(desk: Any, missing: str) -> None:
    body = a_report()
    del body[missing]
    refused = desk.post("/reports", body)
    assert (refused.status, refused.facts["field"]) == (422, missing)


# --- a place or a time is doubted, never refused --------------------------------


@given(lon=PINS, lat=PINS, at=TIMES, place=st.one_of(st.text(st.characters(codec="utf-8"), max_size=600), JSON))
def test_no_report_is_refused_for_its_place_or_time(desk: Any, lon: Any, lat: Any, at: Any, place: Any) -> None:
    n = Report.objects.count()
    answer = desk.post("/reports", a_report(n, lon=lon, lat=lat, at=at, place=place))
    assert answer.status == 201, answer
    incident = of(answer)
    assert (incident.lon is None) is (incident.lat is None)
    assert incident.lon is not None or {"no_pin", "pin_unreadable"} & set(incident.doubts)
    shown = desk.get(f"/incidents/{incident.pk}")
    assert shown["doubt"] == (incident.doubts or None)
    assert desk.get(f"/incidents/{incident.pk}/recommendation").status == 200


@pytest.mark.parametrize(
    ("said", "doubts"),
    [
        ({}, ["no_pin"]),
        ({"place": "老桥头"}, ["no_pin"]),
        ({"lon": None, "lat": None}, ["no_pin"]),
        ({"lon": 100.009}, ["pin_unreadable"]),
        ({"lon": "abc", "lat": 0.0}, ["pin_unreadable"]),
        ({"lon": True, "lat": False}, ["pin_unreadable"]),
        ({"lon": 181, "lat": 0}, ["pin_unreadable"]),
        ({"lon": 0.0, "lat": 100.009}, ["pin_unreadable", "maybe_swapped"]),
        ({"lon": 10**40, "lat": 0}, ["pin_unreadable"]),
        (FAR_FROM_ROADS, ["far_from_roads"]),
        ({"lon": "100.009", "lat": "0.0"}, []),
        ({"lon": 100.009, "lat": 0.0}, []),
    ],
)
def test_what_is_doubtful_about_a_place_is_shown(desk: Any, said: dict[str, Any], doubts: list[str]) -> None:
    desk.post("/reports", a_report(**said))
    assert (desk.get("/board")["incidents"][0]["doubt"] or []) == doubts


@pytest.mark.parametrize(
    ("age", "doubts", "is_taken"),
    [
        (timedelta(0), [], True),
        (timedelta(minutes=7), [], True),
        (timedelta(hours=23), [], True),
        (timedelta(hours=25), ["time_long_past"], False),
        (timedelta(seconds=-30), [], False),
        (timedelta(minutes=-5), ["time_in_future"], False),
    ],
)
def test_the_clock_runs_since_the_call_where_its_time_is_credible(
    dispatcher: Any, noon: datetime, age: timedelta, doubts: list[str], is_taken: bool
) -> None:
    incident = report("fire", by=dispatcher, now=noon, at=(noon - age).isoformat(), lon=100.009, lat=0.0)
    assert incident.doubts == doubts
    assert incident.called_at == (noon - age if is_taken else noon)
    assert incident.received_at == noon


@pytest.mark.parametrize("at", ["2026-11-24T04:00:00", "soon", "", 5, [], {"h": 4}, True])
def test_a_time_that_cannot_be_read_is_kept_as_it_came(desk: Any, at: Any) -> None:
    answer = desk.post("/reports", a_report(at=at, lon=100.009, lat=0.0))
    shown = desk.get(f"/incidents/{answer['incident']}")
    assert shown["doubt"] == ["time_unreadable"]
    assert shown["as_sent"] == {"at": str(at)}
    assert shown["reports"][0]["at"] is None


def test_a_pin_that_cannot_be_read_is_kept_as_it_came(desk: Any) -> None:
    answer = desk.post("/reports", a_report(lon="39°56′N", lat=[1, 2]))
    assert desk.get(f"/incidents/{answer['incident']}")["as_sent"] == {"lon": "39°56′N", "lat": "[1, 2]"}


def test_a_pin_of_5000_digits_is_kept_as_it_came(desk: Any) -> None:
    digits = b"9" * 5000
    raw = b'{"source_event_id": "long", "type": "help", "lon": %b, "lat": 0, "place": -%b, "at": %b}'
    answer = desk.post("/reports", raw=raw % (digits, digits, digits))
    assert (answer.status, of(answer).doubts) == (201, ["pin_unreadable", "time_unreadable"])
    assert desk.get(f"/incidents/{answer['incident']}")["as_sent"]["lon"] == "9" * 200


# --- once --------------------------------------------------------------------


def test_the_same_report_again_gets_the_same_receipt_and_opens_nothing(desk: Any, door: Any) -> None:
    first = desk.post("/reports", a_report(words="one"))
    before = number()
    for again in (desk, door("other_dispatcher"), door("call_taker")):
        repeat = again.post("/reports", a_report(words="two", type="help"))
        assert (repeat.status, repeat.body) == (200, first.body)
    assert number() == before
    assert Incident.objects.count() == Report.objects.count() == 1


def test_a_repeat_is_known_though_its_incident_is_closed_and_its_type_is_gone(desk: Any) -> None:
    first = desk.post("/reports", a_report())
    desk.post(f"/incidents/{first['incident']}/closing", {"disposition": "settled", "version": 1})
    repeat = desk.post("/reports", a_report(type="no longer known"))
    assert (repeat.status, repeat.body) == (200, first.body)


def test_two_centres_may_use_the_same_event_id(desk: Any, door: Any) -> None:
    ours, theirs = desk.post("/reports", a_report()), door("county_dispatcher").post("/reports", a_report())
    assert (ours.status, theirs.status) == (201, 201)
    assert ours["receipt"] != theirs["receipt"]


def test_sent_eight_times_at_once_it_is_one_report(dispatcher: Any, noon: datetime) -> None:
    answers: list[tuple[str, str, bool]] = []
    start = threading.Barrier(8)

    def send() -> None:
        try:
            start.wait()
            signal = Signal(source="desk", source_event_id="storm", type="fire", words="烟很大")
            taken, is_new = receive_report(signal, centre="SQC", by=dispatcher, now=noon)
            answers.append((taken.receipt, str(taken.incident_id), is_new))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({(receipt, incident) for receipt, incident, _ in answers}) == 1
    assert sum(is_new for _, _, is_new in answers) == 1
    assert Incident.objects.count() == Report.objects.count() == len(entries()) == 1


# --- a test leaves no incident -------------------------------------------------


def test_a_test_gets_a_receipt_and_no_incident(desk: Any) -> None:
    answer = desk.post("/reports", a_report(test=True, words="试报"))
    assert (answer.status, answer["incident"], answer["number"]) == (201, None, None)
    assert answer["receipt"]
    assert desk.post("/reports", a_report(test=True)).body == answer.body
    assert not Incident.objects.exists()
    assert desk.get("/board")["incidents"] == []
    assert last().what == "report.tested"


# --- what is written down ------------------------------------------------------


def test_the_entry_tells_the_receipt_and_not_a_word_of_the_caller(dispatcher: Any, noon: datetime) -> None:
    incident = report(
        "fire", by=dispatcher, now=noon, words="厨房起火", place="老桥头三号", contact={"name": "甲", "number": "13"}
    )
    entry = last()
    assert entry.what == "incident.opened"
    assert ("incident", str(incident.pk)) in entry.about
    assert set(entry.facts) == {"receipt", "origin", "how", "type", "priority", "doubts"}
    assert entry.by == {"id": dispatcher.id, "role": "dispatcher"}


def test_a_refused_report_leaves_nothing(desk: Any) -> None:
    desk.post("/reports", a_report(type="earthquake"))
    assert (number(), Report.objects.count()) == (0, 0)
