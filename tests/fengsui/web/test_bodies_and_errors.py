"""Bad input gets a clear, translated sentence with a stable code, and changes nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from hypothesis import example, given
from hypothesis import strategies as st

from api_door import BASE, openapi, operation
from control_room import number
from fengsui.base.sqlite.fair_lock import WriterBusy
from fengsui.incidents import api as incidents_api
from fengsui_engine.lifecycle import IncidentState

GOOD = b'{"source_event_id": "1", "type": "fire"}'


def with_words(words: bytes) -> bytes:
    return b'{"source_event_id": "1", "type": "fire", "words": ' + words + b"}"


NOT_JSON = {
    "nothing": b"",
    "a word": b"fire",
    "cut short": GOOD[:-1],
    "something after": GOOD + b"x",
    "single quotes": b"{'source_event_id': '1', 'type': 'fire'}",
    "a comma too many": b'{"source_event_id": "1", "type": "fire",}',
    "a comment": b'{"source_event_id": "1", /* x */ "type": "fire"}',
    "not UTF-8": with_words(b'"\xff\xfe"'),
    "UTF-16": GOOD.decode().encode("utf-16"),
    "Latin-1": with_words('"é"'.encode("latin-1")),
    "an overlong form": with_words(b'"\xc0\xaf"'),
    "a surrogate in UTF-8": with_words(b'"\xed\xa0\x80"'),
    "a lone surrogate": with_words(b'"\\ud800"'),
    "a lone low surrogate": with_words(b'"\\udc00 x"'),
    "surrogates the wrong way round": with_words(b'"\\udc00\\ud800"'),
    "a lone surrogate in a key": b'{"source_event_id": "1", "type": "fire", "\\ud800": 1}',
    "a lone surrogate deep inside": b'{"source_event_id": "1", "type": "fire", "place": [{"a": ["\\ud9ff"]}]}',
    "1e400": b'{"source_event_id": "1", "type": "fire", "lon": 1e400, "lat": 0}',
    "-1e400": b'{"source_event_id": "1", "type": "fire", "at": -1e400}',
    "NaN": b'{"source_event_id": "1", "type": "fire", "lon": NaN}',
    "Infinity": b'{"source_event_id": "1", "type": "fire", "place": [Infinity]}',
    "a key twice": b'{"source_event_id": "1", "type": "fire", "type": "fire"}',
    "a key twice deep inside": b'{"source_event_id": "1", "type": "fire", "place": {"a": {"b": 1, "b": 2}}}',
    "a control character": with_words(b'"\x01"'),
    "a hundred deep": with_words(b"[" * 100 + b"]" * 100),
    "a hundred thousand deep": b"[" * 100_000,
}


@pytest.mark.parametrize("what", list(NOT_JSON))
def test_what_two_readers_might_read_differently_is_not_json(desk: Any, what: str) -> None:
    refused = desk.post("/reports", raw=NOT_JSON[what])
    assert (refused.status, refused.code) == (400, "not_json")
    assert set(refused.facts) == {"reason"}
    assert number() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b" \n\t" + GOOD + b"\r\n",
        with_words(b'"\\ud83d\\ude92"'),
        with_words('"\U0001f692"'.encode()),
        with_words(b'"\\u0000"'),
        with_words('"\u2028\ufeff"'.encode()),
        b'{"source_event_id": "1", "type": "fire", "lon": 1e308, "lat": 5e-324}',
    ],
)
def test_what_every_reader_reads_alike_is_taken(desk: Any, raw: bytes) -> None:
    assert desk.post("/reports", raw=raw).status == 201


@pytest.mark.parametrize("sign", [b"", b"-"])
def test_a_number_of_5000_digits_is_json_and_what_wants_a_whole_number_refuses_it(
    desk: Any, fire: Any, sign: bytes
) -> None:
    refused = desk.post(f"/incidents/{fire.pk}/cancelling", raw=b'{"version": ' + sign + b"9" * 5000 + b"}")
    assert (refused.status, refused.facts["field"]) == (422, "version")


@pytest.mark.parametrize("body", [b"[]", b'"fire"', b"7", b"null", b"true", b"[" + GOOD + b"]"])
def test_json_that_is_no_object_is_no_report(desk: Any, body: bytes) -> None:
    refused = desk.post("/reports", raw=body)
    assert (refused.status, refused.code) == (422, "field_not_understood")
    assert number() == 0


@given(raw=st.binary(max_size=200))
@example(raw=b"\xef\xbb\xbf" + GOOD)
@example(raw=b"{}")
def test_no_bytes_whatever_break_the_server(desk: Any, raw: bytes) -> None:
    assert desk.post("/reports", raw=raw).status in (400, 422)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/jsonp",
        "multipart/form-data",
    ],
)
def test_only_json_is_taken_at_the_api(desk: Any, kind: str) -> None:
    refused = desk.post("/reports", raw=GOOD, kind=kind)
    assert (refused.status, refused.code) == (415, "not_the_right_kind")
    assert number() == 0


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_say_that_it_is_utf_8(desk: Any, kind: str) -> None:
    assert desk.post("/reports", raw=GOOD, kind=kind).status == 201


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_body_that_is_too_large_is_refused(desk: Any) -> None:
    refused = desk.post("/reports", {"source_event_id": "1", "type": "fire", "words": "火" * 400})
    assert (refused.status, refused.code, refused.facts) == (413, "body_too_large", {"limit": 1000})
    assert desk.post("/reports", {"source_event_id": "1", "type": "fire", "words": "x" * 900}).status == 201


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """(path, a body it would take but for one thing) of every address that takes one."""
    some = "00000000-0000-7000-8000-000000000000"
    return [
        ("/reports", {"source_event_id": "1", "type": "fire"}),
        (f"/incidents/{some}/assignments", {"unit": "SQ01", "version": 1}),
        (f"/assignments/{some}/status", {"status": "accepted", "key": "1"}),
        (f"/assignments/{some}/recall", {"reason": "x", "version": 1}),
        (f"/incidents/{some}/closing", {"disposition": "settled", "version": 1}),
        (f"/incidents/{some}/cancelling", {"version": 1}),
        (f"/incidents/{some}/reopening", {"version": 1}),
        (f"/incidents/{some}/relocation", {"lon": 100.0, "lat": 0.0, "version": 1}),
        (f"/incidents/{some}/notes", {"words": "x", "version": 1}),
        (f"/incidents/{some}/correction", {"seq": 1, "at": "2026-11-24T04:00:00Z", "version": 1}),
        ("/units/ZZ99/state", {"state": "available"}),
        ("/closures/path", {"from": [100.009, 0.005], "to": [100.009, 0.0]}),
        ("/closures", {"from": [100.009, 0.005], "to": [100.009, 0.0], "reason": "x"}),
    ]


def test_every_address_that_takes_a_body_is_tried_here() -> None:
    tried = {json.dumps(operation("POST", path), sort_keys=True) for path, _ in bodies()}
    taking = [methods["post"] for methods in openapi()["paths"].values() if "requestBody" in methods.get("post", {})]
    assert tried == {json.dumps(one, sort_keys=True) for one in taking}


@pytest.mark.parametrize(("path", "body"), bodies())
def test_an_unknown_field_or_a_wrong_type_is_refused_by_name(desk: Any, path: str, body: dict[str, Any]) -> None:
    refused = desk.post(path, body | {"colour": "red"})
    assert (refused.status, refused.code, refused.facts["field"]) == (422, "field_not_understood", "colour")
    for name, right in body.items():
        wrong = str(right) if isinstance(right, int | float) else 7
        refused = desk.post(path, body | {name: wrong})
        assert (refused.status, refused.facts["field"]) == (422, name), name


@pytest.mark.parametrize("version", [-1, "1", 1.5, 1.0, True, None, 2**31 + 1, 10**30, [], {}])
def test_a_version_is_a_whole_number(desk: Any, fire: Any, version: Any) -> None:
    refused = desk.post(f"/incidents/{fire.pk}/cancelling", {"version": version})
    assert (refused.status, refused.facts["field"]) == (422, "version")


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/incidents", {"limit": 0}, "limit"),
        ("/incidents", {"limit": 501}, "limit"),
        ("/incidents", {"limit": "all"}, "limit"),
        ("/units", {"limit": 501}, "limit"),
    ],
)
def test_a_limit_is_at_most_500(desk: Any, path: str, query: dict[str, Any], field: str) -> None:
    refused = desk.get(path, **query)
    assert (refused.status, refused.facts["field"]) == (422, field)


@pytest.mark.parametrize(("language", "begins"), [("en", "state is none"), ("zh", "state 不是")])
def test_a_state_that_is_none_is_refused_with_those_there_are(
    door: Callable[..., Any], language: str, begins: str
) -> None:
    refused = door("dispatcher", language=language).get("/incidents", state="foo")
    known = ", ".join(["open", "all", *IncidentState])
    assert (refused.status, refused.code) == (422, "field_not_understood")
    assert refused.facts == {"field": "state", "why": "literal_error", "known": known}
    assert refused["sentence"].startswith(begins)
    assert known in refused["sentence"]


@pytest.mark.parametrize("state", ["open", "all", *IncidentState])
def test_every_state_can_be_asked_for(desk: Any, fire: Any, state: str) -> None:
    assert len(desk.get("/incidents", state=str(state))["items"]) == (state in ("open", "all", "waiting"))


# --- pages of lists ------------------------------------------------------------


def test_lists_come_in_pages_that_miss_and_repeat_nothing(desk: Any, report: Callable[..., Any]) -> None:
    made = [str(report("help").pk) for _ in range(7)]
    seen, path = [], "/incidents?limit=3&state=open"
    while path:
        told = desk.get(path)
        assert len(told["items"]) <= 3
        seen += [one["id"] for one in told["items"]]
        path = (told["next"] or "").partition("/api/v1")[2]
    assert seen == made[::-1]
    seen, path = [], "/units?limit=2"
    while path:
        told = desk.get(path)
        seen += [one["callsign"] for one in told["items"]]
        path = (told["next"] or "").partition("/api/v1")[2]
    assert seen == ["SQ01", "SQ02", "SQ03"]


# --- addresses and methods that are none ------------------------------------------


@pytest.mark.parametrize("path", ["/nothing", "/incidents/", "/incidents/x/y", "/units/SQ01", "/"])
def test_an_address_that_is_none_is_told_as_json(door: Callable[..., Any], path: str) -> None:
    for language, ends in (("en", "."), ("zh", "。")):
        refused = door("dispatcher", language=language).get(path)
        assert (refused.status, refused.code) == (404, "no_such_thing")
        assert refused["sentence"].endswith(ends)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/board"), ("GET", "/reports"), ("DELETE", "/incidents"), ("PUT", "/reports"), ("PATCH", "/units")],
)
def test_a_method_that_an_address_does_not_take_is_told_as_json(prefecture: Any, method: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {prefecture.token('dispatcher')}", "Accept-Language": "en"}
    response = Client().generic(method, BASE + path, GOOD, "application/json", headers=headers)
    assert response.status_code == 405
    assert json.loads(response.content) == {
        "code": "method_not_allowed",
        "sentence": f"This address does not take {method}.",
        "facts": {"method": method},
    }
    assert response["Allow"]


# --- storage ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("database or disk is full"), "storage_full"),
        (OperationalError("database is locked"), "storage_busy"),
        (WriterBusy("database is locked: no turn to write within 10 s"), "storage_busy"),
    ],
)
def test_trouble_with_the_storage_is_told_as_such(
    desk: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(incidents_api, "receive_report", broken)
    refused = desk.post("/reports", raw=GOOD)
    assert (refused.status, refused.code) == (503, code)


def test_a_page_that_the_storage_cannot_give_says_so_too(prefecture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise OperationalError("database is locked")

    monkeypatch.setattr("fengsui.web.pages.page_of", broken)
    refused = Client().get("/sign-in", headers={"Accept": "text/html"})
    assert refused.status_code == 503
    assert b"storage_busy" in refused.content


def test_a_fault_of_ours_shows_no_more_than_that(
    desk: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("canary in the traceback")

    monkeypatch.setattr(incidents_api, "receive_report", broken)
    refused = desk.post("/reports", raw=GOOD)
    assert (refused.status, refused.code, refused.facts) == (500, "something_broke", {})
    assert "canary" not in str(refused.body)
    assert "canary" in caplog.text


# --- languages ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "is_english"),
    [
        ("en", True),
        ("en-GB,en;q=0.9", True),
        ("EN-us", True),
        ("fr, en;q=0.5", True),
        ("zh", False),
        ("zh-CN", False),
        ("zh-Hans-CN;q=1", False),
        ("zh-TW,zh;q=0.8", False),
        ("fr", False),
        ("*", False),
        ("", False),
        ("zh;q=0.4,en;q=0.9", True),
        ("en;q=0", False),
        ("\x00;;;,,q=", False),
        ("x" * 5000, False),
    ],
)
def test_the_sentence_is_in_the_reader_s_language(door: Callable[..., Any], asked: str, is_english: bool) -> None:
    refused = door("dispatcher", language=asked).post("/reports", {"source_event_id": "1", "type": "earthquake"})
    assert refused.code == "unknown_type"
    assert ("is not a type" in refused["sentence"]) is is_english
    assert refused.facts["type"] == "earthquake"


def test_every_refusal_has_a_sentence_in_both_languages_that_its_facts_fill() -> None:
    from django.utils.translation import gettext, override

    from fengsui_engine.refusal import Refusal

    def every(kind: type[Refusal]) -> list[type[Refusal]]:
        return [kind, *(one for below in kind.__subclasses__() for one in every(below))]

    for refusal in every(Refusal)[1:]:
        if not refusal.__module__.startswith("fengsui"):
            continue
        assert refusal.sentence, refusal
        with override("zh-hans"):
            assert gettext(refusal.sentence) != refusal.sentence, refusal
        assert 400 <= refusal.status < 600
