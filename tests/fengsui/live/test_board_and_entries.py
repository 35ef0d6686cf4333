"""Old snapshot + entries = new snapshot, for whoever looks, however the entries arrive."""

import json
from collections.abc import Iterable
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from control_room import empty, entries, fresh, furnish, number, send, tell
from fengsui.base.models import Area
from fengsui.force.models import Unit
from fengsui.live.board import board
from fengsui.live.frames import cursor_frame, entry_frame
from shift import Shift, Step, steps

ENDED = {"closed", "cancelled"}
KEY = {"incidents": "id", "units": "callsign", "closures": "id"}
City = dict[str, Any]


# --- the browser's rule, as static/live/city.js has it --------------------------------


def snapshot(told: dict[str, Any]) -> City:
    return {"last": told["last"]} | {kind: {row[key]: row for row in told[kind]} for kind, key in KEY.items()}


def apply(city: City, entry: dict[str, Any]) -> City:
    """The city after one entry: of two rows with the same key the higher version stays."""
    following: City = city | {"last": max(city["last"], entry["seq"])}
    for kind, rows in entry["rows"].items():
        following[kind] = dict(city[kind])
        for row in rows:
            known = city[kind].get(row[KEY[kind]])
            if known is None or row["version"] > known["version"]:
                following[kind][row[KEY[kind]]] = row
    return following


def shown(city: City) -> City:
    """What a desk draws: what has ended is remembered and not shown; positions stand outside."""
    incidents = {key: row for key, row in city["incidents"].items() if row["state"] not in ENDED}
    closures = {key: row for key, row in city["closures"].items() if row["state"] != "lifted"}
    units = without_positions(city["units"])
    return {"last": city["last"], "incidents": incidents, "units": units, "closures": closures}


def without_positions(units: dict[str, Any]) -> dict[str, Any]:
    apart = ("lon", "lat", "position_at")
    return {key: {name: value for name, value in row.items() if name not in apart} for key, row in units.items()}


def told(frame: bytes | None) -> dict[str, Any] | None:
    if frame is None:
        return None
    data = next(line for line in frame.decode().splitlines() if line.startswith("data: "))
    return dict(json.loads(data.removeprefix("data: ")))


# --- the property -------------------------------------------------------------------------


class Watched:
    """A shift watched by a desk and by a crew: boards after each step, each entry as it was first told."""

    def __init__(self) -> None:
        empty()
        self.prefecture = furnish()
        self.readers = {"desk": self.prefecture.actor("dispatcher"), "crew": self.prefecture.actor("crew")}
        self.boards: list[dict[str, Any]] = []
        self.early: dict[str, dict[int, bytes | None]] = {"desk": {}, "crew": {}}
        self.look()

    def look(self) -> None:
        self.boards.append({who: board("SQC", reader=reader) for who, reader in self.readers.items()})
        for entry in entries(after=self.boards[-2]["desk"]["last"] if len(self.boards) > 1 else 0):
            for who in self.readers:
                self.early[who][entry.seq] = self.encoded(who, entry)

    def encoded(self, who: str, entry: Any) -> bytes | None:
        return entry_frame(entry, reader=self.readers["crew"] if who == "crew" else None)

    def arrivals(self, who: str, since: int, random: Random) -> list[dict[str, Any]]:
        """What was missed, in any order, each as first told or as told at the reconnect; perhaps begun too early
        (a stream is whole from where it begins), and some of it twice.
        """
        begun = random.randint(max(0, since - 4), since)
        missed = [entry for entry in entries() if entry.seq > begun]
        missed += [entry for entry in missed if random.random() < 0.3]
        frames = [self.early[who][entry.seq] if random.random() < 0.4 else self.encoded(who, entry) for entry in missed]
        random.shuffle(frames)
        return [one for frame in frames if (one := told(frame)) is not None]


CROWDED: list[Step] = [
    ("report", 0, 1), ("dispatch", 0, 0), ("dispatch", 0, 1), ("status", 0, 2), ("unit_state", 2, 1), ("report", 0, 0),
    ("status", 1, 0), ("close", 1, 0), ("dispatch", 0, 0), ("note", 0, 0), ("reopen", 0, 0), ("move", 0, 3),
    ("cancel", 0, 0), ("recall", 0, 0), ("relocate", 0, 4),
]  # fmt: skip


@settings(max_examples=settings().max_examples // 3)
@given(steps=steps, random=st.randoms(use_true_random=False))
@example(steps=CROWDED, random=Random(1))
def test_an_old_board_plus_what_was_missed_is_the_new_board(prefecture: Any, steps: list[Step], random: Random) -> None:
    watched = Watched()
    Shift(watched.prefecture, after_each=watched.look).work(steps)
    for who in ("desk", "crew"):
        wanted = shown(snapshot(watched.boards[-1][who]))
        for old in watched.boards:
            city = snapshot(old[who])
            for entry in watched.arrivals(who, city["last"], random):
                city = apply(city, entry)
            city["last"] = max(city["last"], number())  # the cursor covers what is not for this reader
            assert shown(city) == wanted, who


@settings(max_examples=settings().max_examples // 3)
@given(steps=steps)
@example(steps=CROWDED)
def test_entry_by_entry_each_board_follows_from_the_one_before(prefecture: Any, steps: list[Step]) -> None:
    watched = Watched()
    Shift(watched.prefecture, after_each=watched.look).work(steps)
    for before, after in zip(watched.boards, watched.boards[1:], strict=False):
        city = snapshot(before["desk"])
        for seq in range(before["desk"]["last"] + 1, after["desk"]["last"] + 1):
            city = apply(city, told(watched.early["desk"][seq]) or {})
        assert shown(city) == shown(snapshot(after["desk"]))


@settings(max_examples=settings().max_examples // 3)
@given(steps=steps)
@example(steps=CROWDED)
def test_no_entry_s_facts_hold_words_and_a_crew_hears_only_of_its_own(prefecture: Any, steps: list[Step]) -> None:
    watched = Watched()
    with transaction.atomic():
        Unit.objects.filter(callsign="SQ03").update(name={"zh": "canary-unit", "en": "canary-unit"})
    Shift(watched.prefecture, after_each=watched.look).work(steps)
    own = {
        one["id"]
        for one in board("SQC", reader=watched.readers["desk"])["incidents"]
        for assignment in one["assignments"]
        if assignment["unit"] == "SQ01"
    }
    heard = json.dumps([told(frame) for frame in watched.early["crew"].values()], ensure_ascii=False)
    heard += json.dumps(watched.boards[-1]["crew"], ensure_ascii=False)
    assert "canary" not in heard
    assert "ranking" not in heard
    assert {one["id"] for one in watched.boards[-1]["crew"]["incidents"]} == own
    assert [one["callsign"] for one in watched.boards[-1]["crew"]["units"]] == ["SQ01"]
    for frame in watched.early["desk"].values():
        assert b"canary-words" not in (frame or b"")


# --- what a board and an entry are ----------------------------------------------------------


def test_the_board_is_the_contract_s(desk: Any, fire: Any, sq01: Any, dispatcher: Any) -> None:
    send(sq01, fire, by=dispatcher)
    board = desk.get("/board", centre="SQC")
    assert set(board.body) == {"last", "incidents", "units", "closures"}
    assert board["last"] == number()
    item = board["incidents"][0]
    assert {
        "id",
        "number",
        "type",
        "priority",
        "state",
        "place",
        "lon",
        "lat",
        "doubt",
        "received_at",
        "version",
    } < set(item)
    assert {"id", "unit", "status"} < set(item["assignments"][0])
    unit = board["units"][0]
    assert {"callsign", "state", "kind", "lon", "lat", "position_at", "centre", "version"} < set(unit)
    assert [one["callsign"] for one in board["units"]] == ["SQ01", "SQ02", "SQ03"]
    assert (unit["incident"], unit["status"]) == (fire.number, "ordered")


def test_an_entry_on_the_wire_is_the_contract_s(fire: Any, sq01: Any, dispatcher: Any) -> None:
    send(sq01, fire, by=dispatcher)
    frame = entry_frame(entries()[-1]) or b""
    lines = frame.decode().split("\n")
    assert lines[0] == "event: entry"
    assert lines[1] == "id: 2"
    assert lines[2].startswith("data: {")
    assert frame.endswith(b"\n\n")
    assert frame.count(b"\n") == 4  # a line break inside data would end the event
    entry = told(frame) or {}
    assert set(entry) == {"seq", "at", "what", "v", "about", "by", "facts", "rows"}
    assert set(entry["rows"]) == {"incidents", "units"}
    assert {"kind": "unit", "id": "SQ01"} in entry["about"]
    assert entry["by"] == {"role": "dispatcher", "id": dispatcher.id}


def test_a_cursor_is_the_contract_s() -> None:
    assert cursor_frame(4, 9) == b"event: cursor\nid: 9\ndata: [4,9]\n\n"


def test_a_crew_hears_nothing_of_others_and_all_of_its_own(
    fire: Any, flood: Any, sq01: Any, sq02: Any, dispatcher: Any, crew: Any
) -> None:
    own = send(sq01, fire, by=dispatcher)
    send(sq02, flood, by=dispatcher)
    tell(own, "accepted", by=crew)
    heard = [told(entry_frame(entry, reader=crew)) for entry in entries()]
    assert [one and one["what"] for one in heard] == [
        "incident.opened",
        None,
        "unit.dispatched",
        None,
        "assignment.status_set",
    ]
    assert set(heard[2]["facts"]) <= {"unit", "status", "how", "type", "priority", "disposition", "doubts"}  # type: ignore[index]


def test_a_crew_s_board_keeps_an_incident_it_was_sent_to(
    door: Any, fire: Any, flood: Any, sq01: Any, sq02: Any, dispatcher: Any
) -> None:
    tell(send(sq01, fire, by=dispatcher), "declined", by=dispatcher)
    send(sq02, flood, by=dispatcher)
    told = door("crew").get("/board")
    assert [one["id"] for one in told["incidents"]] == [str(fire.pk)]
    assert [one["callsign"] for one in told["units"]] == ["SQ01"]
    assert door("other_crew").get("/board")["incidents"][0]["id"] == str(flood.pk)


def test_the_board_of_a_centre_holds_nothing_of_a_centre_below_it(prefecture: Any, fire: Any, door: Any) -> None:
    """A prefecture may have a command centre of its own: each board follows its own journal."""
    from fengsui.accounts.models import Account, Grant

    with transaction.atomic():
        Area.objects.filter(code="SQ").update(is_centre=True)
        account = Account.objects.create(username="prefecture", label={})
        above = Grant.objects.create(account=account, role="dispatcher", area_code="SQ", centre_code="SQ").actor()
    assert board("SQ", reader=above) == {"last": 0, "incidents": [], "units": [], "closures": []}
    assert [one["id"] for one in board("SQC", reader=above)["incidents"]] == [str(fire.pk)]


@pytest.mark.parametrize("centre", ["SQL", "SQ", "NONE", "sqc", ""])
def test_only_a_centre_of_one_s_area_has_a_board(desk: Any, fire: Any, centre: str) -> None:
    answer = desk.get("/board", centre=centre)
    assert answer.status == (200 if centre == "" else 404)


def test_positions_raise_no_version_and_write_no_entry(desk: Any, fire: Any, sq01: Any) -> None:
    from fengsui.force.actions import move_units

    before = number(), fresh(sq01).version
    move_units([(sq01, 100.01, 0.001)], at=fire.received_at)
    assert (number(), fresh(sq01).version) == before
    assert desk.get("/board")["units"][0]["lon"] == 100.01


def sizes(frames: Iterable[bytes | None]) -> list[int]:
    return [len(frame) for frame in frames if frame]


def test_an_entry_of_a_busy_incident_is_small(fire: Any, sq01: Any, sq02: Any, sq03: Any, dispatcher: Any) -> None:
    for unit in (sq01, sq02, sq03):
        send(unit, fire, by=dispatcher)
    assert max(sizes(entry_frame(entry) for entry in entries())) < 4096
