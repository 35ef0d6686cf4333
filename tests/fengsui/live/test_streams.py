"""The hub and its streams: in order, to whom it concerns, and a slow or lost reader comes back whole."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from control_room import report, send
from fengsui.accounts.models import Token
from fengsui.base.actors import Actor
from fengsui.force.actions import move_units
from fengsui.force.models import Unit
from fengsui.live import hub as hub_module
from fengsui.live import stream as stream_module
from fengsui.live.hub import MOST_QUEUED_BYTES, Hub, Subscriber, held_units
from fengsui.live.stream import live

Event = tuple[str, str | None, Any]  # event, id, data


def events(data: bytes) -> list[Event]:
    """What a browser makes of a stream's bytes; comments and `retry` left out."""
    found = []
    for block in data.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return found


async def elsewhere(do: Callable[[], Any]) -> Any:
    """Do it in a thread with database connections of its own, as the server's pages do."""

    def run() -> Any:
        try:
            return do()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


@asynccontextmanager
async def running() -> AsyncIterator[Hub]:
    hub = Hub()
    following = asyncio.create_task(hub.run())
    await asyncio.sleep(0)
    try:
        yield hub
    finally:
        for subscriber in [one for group in hub.subscribers.values() for one in group]:
            hub.leave(subscriber)
        await hub._in_thread(connections.close_all)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        hub._reading.shutdown()


def played(scene: Callable[[Hub], Coroutine[Any, Any, None]]) -> None:
    """Play a scene with a running hub, five seconds at most."""

    async def play() -> None:
        async with running() as hub:
            await asyncio.wait_for(scene(hub), 5)

    asyncio.run(play())


async def joined(hub: Hub, reader: Actor, *, at: int) -> Subscriber:
    subscriber = Subscriber(centre="SQC", reader=reader, at=at)
    assert await hub.join(subscriber)
    return subscriber


async def heard(subscriber: Subscriber, *, up_to: int) -> list[Event]:
    """What a reader hears until it has been told of number `up_to`."""
    told: list[Event] = []
    while not any(event == "cursor" and data[1] >= up_to for event, _, data in told):
        told += events(await subscriber.get(timeout_s=2))
    return told


def entries_of(told: list[Event]) -> list[int]:
    return [data["seq"] for event, _, data in told if event == "entry"]


# --- in order, each once ---------------------------------------------------------------


def test_every_act_is_heard_once_in_order_with_cursors_that_leave_no_gap(dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        await elsewhere(lambda: report("fire", by=dispatcher))
        reader = await joined(hub, dispatcher, at=0)
        for _ in range(6):
            await elsewhere(lambda: report("fire", by=dispatcher))
        told = await heard(reader, up_to=7)
        assert entries_of(told) == [1, 2, 3, 4, 5, 6, 7]
        cursors = [data for event, _, data in told if event == "cursor"]
        assert cursors[0][0] == 0
        assert all(before[1] == after[0] for before, after in pairwise(cursors))
        assert all(id_ == str(data["seq"]) for event, id_, data in told if event == "entry")

    played(scene)


def test_a_reader_that_comes_back_hears_exactly_what_it_missed(dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        for _ in range(5):
            await elsewhere(lambda: report("fire", by=dispatcher))
        reader = await joined(hub, dispatcher, at=3)
        assert entries_of(await heard(reader, up_to=5)) == [4, 5]

    played(scene)


def test_readers_of_other_centres_hear_nothing(dispatcher: Actor, county_dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        ours, theirs = await joined(hub, dispatcher, at=0), Subscriber("SQL", county_dispatcher, 0)
        assert await hub.join(theirs)
        await elsewhere(lambda: report("fire", by=dispatcher))
        await heard(ours, up_to=1)
        assert theirs.queue.empty()

    played(scene)


def test_who_has_left_hears_no_more_and_a_crew_s_page_is_known_while_open(dispatcher: Actor, crew: Actor) -> None:
    async def scene(hub: Hub) -> None:
        reader, phone = await joined(hub, dispatcher, at=0), await joined(hub, crew, at=0)
        assert held_units() == {"SQ01"}
        hub.leave(phone)
        hub.leave(phone)
        assert held_units() == set()
        await elsewhere(lambda: report("fire", by=dispatcher))
        await heard(reader, up_to=1)
        assert phone.queue.empty()

    played(scene)


# --- slow, lost ----------------------------------------------------------------------------


def test_a_slow_reader_is_cut_and_holds_no_more_memory(dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        slow = Subscriber("SQC", dispatcher, 0)
        chunk = b"x" * 10_000
        for _ in range(100):
            slow.put(chunk)
        assert slow.is_cut
        assert sum(len(part) for part in slow.queue._queue) <= MOST_QUEUED_BYTES  # type: ignore[attr-defined]

    played(scene)


def test_a_reader_that_keeps_up_is_never_cut(dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        quick = Subscriber("SQC", dispatcher, 0)
        for _ in range(100):
            quick.put(b"x" * 10_000)
            assert len(await quick.get(timeout_s=1)) == 10_000
        assert not quick.is_cut

    played(scene)


def test_the_one_that_was_cut_resumes_where_it_stopped_and_the_others_noticed_nothing(
    dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "MOST_QUEUED_BYTES", 6_000)

    async def scene(hub: Hub) -> None:
        slow, quick = await joined(hub, dispatcher, at=0), await joined(hub, dispatcher, at=0)
        for seq in range(1, 9):
            await elsewhere(lambda: report("fire", by=dispatcher))
            assert entries_of(await heard(quick, up_to=seq)) == [seq]
        assert slow.is_cut
        hub.leave(slow)
        seen = entries_of(events(await slow.get(timeout_s=1)))
        assert 0 < len(seen) < 8
        again = await joined(hub, dispatcher, at=seen[-1])
        assert seen + entries_of(await heard(again, up_to=8)) == list(range(1, 9))

    played(scene)


def test_who_missed_more_than_a_queue_holds_is_sent_to_the_board_and_not_round_in_circles(
    dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "MOST_QUEUED_BYTES", 3_000)

    async def scene(hub: Hub) -> None:
        for _ in range(8):
            await elsewhere(lambda: report("fire", by=dispatcher))
        assert not await hub.join(Subscriber("SQC", dispatcher, 0))
        assert not hub.subscribers["SQC"]

    played(scene)


@pytest.mark.parametrize(("at", "is_taken"), [(0, True), (2, True), (3, False), (10**17, False)])
def test_a_number_beyond_the_journal_s_means_lost(dispatcher: Actor, at: int, is_taken: bool) -> None:
    async def scene(hub: Hub) -> None:
        for _ in range(2):
            await elsewhere(lambda: report("fire", by=dispatcher))
        assert await hub.join(Subscriber("SQC", dispatcher, at)) is is_taken

    played(scene)


def test_who_missed_too_many_entries_loads_the_board(dispatcher: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "MOST_MISSED", 2)

    async def scene(hub: Hub) -> None:
        for _ in range(4):
            await elsewhere(lambda: report("fire", by=dispatcher))
        assert not await hub.join(Subscriber("SQC", dispatcher, 1))
        assert await hub.join(Subscriber("SQC", dispatcher, 2))

    played(scene)


# --- races --------------------------------------------------------------------------------


def test_a_crew_that_joins_while_others_are_being_told_hears_nothing_of_theirs(
    dispatcher: Actor, crew: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(hub: Hub) -> None:
        desk = await joined(hub, dispatcher, at=0)
        phone, in_thread = Subscriber("SQC", crew, 0), hub._in_thread

        async def slowly(function: Any, *arguments: Any) -> Any:
            done = await in_thread(function, *arguments)
            if function is hub_module._frames and phone not in hub.subscribers["SQC"]:
                assert await hub.join(phone)
            return done

        monkeypatch.setattr(hub, "_in_thread", slowly)
        await elsewhere(lambda: report("fire", by=dispatcher))
        assert entries_of(await heard(desk, up_to=1)) == [1]
        told = await heard(phone, up_to=1)
        assert [event for event, _, _ in told] == ["cursor"]

    played(scene)


def test_what_is_committed_while_the_first_reader_looks_up_the_number_is_heard(
    dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(hub: Hub) -> None:
        last = hub.last

        async def slowly(centre: str) -> int:
            found = await last(centre)
            await elsewhere(lambda: report("fire", by=dispatcher))
            await asyncio.sleep(0.05)  # its wake-up finds nobody looking
            return found

        monkeypatch.setattr(hub, "last", slowly)
        reader = await joined(hub, dispatcher, at=0)
        assert entries_of(await heard(reader, up_to=1)) == [1]

    played(scene)


def test_a_journal_that_cannot_be_read_is_told_and_then_caught_up(
    dispatcher: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(hub: Hub) -> None:
        reader, frames = await joined(hub, dispatcher, at=0), hub_module._frames

        def broken(*_: Any) -> Any:
            raise DatabaseError("disk I/O error")

        monkeypatch.setattr(hub_module, "_frames", broken)
        await elsewhere(lambda: report("fire", by=dispatcher))
        event, id_, data = events(await reader.get(timeout_s=2))[0]
        assert (event, id_, set(data)) == ("health", None, {"what", "since", "still_works"})
        monkeypatch.setattr(hub_module, "_frames", frames)
        assert entries_of(await heard(reader, up_to=1)) == [1]

    played(scene)


# --- positions ------------------------------------------------------------------------------


def test_positions_go_to_desks_and_each_crew_hears_its_own(
    dispatcher: Actor, crew: Actor, sq01: Any, sq02: Any
) -> None:
    at = sq01.state_since

    async def scene(hub: Hub) -> None:
        desk, phone = await joined(hub, dispatcher, at=0), await joined(hub, crew, at=0)
        await elsewhere(lambda: move_units([(sq01, 100.1234567, 0.001), (sq02, 100.2, 0.002)], at=at))
        told = events(await desk.get(timeout_s=2))
        assert [(event, id_) for event, id_, _ in told] == [("position", None)] * 2
        assert told[0][2] == {"unit": "SQ01", "lon": 100.123457, "lat": 0.001, "at": "2026-11-24T04:00:00.000Z"}
        assert [data["unit"] for _, _, data in events(await phone.get(timeout_s=2))] == ["SQ01"]

    played(scene)


# --- the stream over ASGI ---------------------------------------------------------------------


class Listener:
    """A browser at `/api/v1/live`."""

    def __init__(self, hub: Hub, token: str | None, query: str = "", **headers: str) -> None:
        told = {"authorization": f"Bearer {token}"} if token else {}
        self.headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in (told | headers).items()]
        self.scope = {"headers": self.headers, "query_string": query.encode()}
        self.status = 0
        self.answered: dict[bytes, bytes] = {}
        self.body = b""
        self.is_over = False
        self.leaves = asyncio.Event()
        self.task = asyncio.create_task(live(self.scope, self._receive, self._send, hub))

    async def _receive(self) -> dict[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.answered = message["status"], dict(message["headers"])
        else:
            self.body += message["body"]
            self.is_over = not message.get("more_body", False)

    async def until(self, event: str, n: int = 1) -> list[Event]:
        while len([one for one in events(self.body) if one[0] == event]) < n:
            await asyncio.sleep(0.01)
        return events(self.body)

    async def gone(self) -> None:
        self.leaves.set()
        await self.task


async def token_of(prefecture: Any, who: str) -> str:
    return str(await elsewhere(lambda: prefecture.token(who)))


def test_a_stream_begins_with_where_it_stands_and_goes_on(prefecture: Any, dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        await elsewhere(lambda: report("fire", by=dispatcher))
        listener = Listener(hub, await token_of(prefecture, "dispatcher"), "centre=SQC")
        assert await listener.until("cursor") == [("cursor", "1", [1, 1])]
        assert (listener.status, listener.answered[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
        assert listener.answered[b"cache-control"] == b"no-store"
        await elsewhere(lambda: report("fire", by=dispatcher))
        told = await listener.until("cursor", 2)
        assert [(event, id_) for event, id_, _ in told] == [("cursor", "1"), ("entry", "2"), ("cursor", "2")]
        await listener.gone()
        assert not hub.subscribers["SQC"]

    played(scene)


@pytest.mark.parametrize("how", ["header", "query", "header before query"])
def test_a_stream_resumes_after_the_last_id(prefecture: Any, dispatcher: Actor, how: str) -> None:
    async def scene(hub: Hub) -> None:
        for _ in range(3):
            await elsewhere(lambda: report("fire", by=dispatcher))
        headers = {} if how == "query" else {"last_event_id": "1"}
        query = "" if how == "header" else "after=1" if how == "query" else "after=3"
        listener = Listener(hub, await token_of(prefecture, "dispatcher"), query, **headers)
        assert entries_of(await listener.until("cursor")) == [2, 3]
        await listener.gone()

    played(scene)


def test_a_quiet_stream_says_that_it_lives(prefecture: Any, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "_QUIET_S", 0.02)

    async def scene(hub: Hub) -> None:
        listener = Listener(hub, await token_of(prefecture, "dispatcher"))
        assert (await listener.until("cursor", 4))[3] == ("cursor", "0", [0, 0])
        await listener.gone()

    played(scene)


def test_no_cursor_overtakes_an_entry_that_still_waits(
    prefecture: Any, dispatcher: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry may be queued in the very moment in which the stream has waited long enough."""
    get, n_asked = Subscriber.get, 0

    async def late(self: Subscriber, *, timeout_s: float) -> bytes:
        nonlocal n_asked
        n_asked += 1
        if n_asked > 1:
            return await get(self, timeout_s=timeout_s)
        while self.queue.empty():
            await asyncio.sleep(0.01)
        raise TimeoutError

    monkeypatch.setattr(Subscriber, "get", late)

    async def scene(hub: Hub) -> None:
        listener = Listener(hub, await token_of(prefecture, "dispatcher"))
        await listener.until("cursor")
        await elsewhere(lambda: report("fire", by=dispatcher))
        told = await listener.until("cursor", 2)
        assert [(event, data if event == "cursor" else None) for event, _, data in told[:3]] == [
            ("cursor", [0, 0]),
            ("entry", None),
            ("cursor", [0, 1]),
        ]
        await listener.gone()

    played(scene)


def test_a_reader_ahead_of_the_journal_is_told_to_load_the_board(prefecture: Any, dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        listener = Listener(hub, await token_of(prefecture, "dispatcher"), "after=99")
        assert await listener.until("resync") == [("resync", None, {"centre": "SQC"})]
        await listener.task
        assert listener.is_over

    played(scene)


def test_one_that_was_cut_is_ended(prefecture: Any, dispatcher: Actor) -> None:
    async def scene(hub: Hub) -> None:
        listener = Listener(hub, await token_of(prefecture, "dispatcher"))
        await listener.until("cursor")
        (subscriber,) = hub.subscribers["SQC"]
        subscriber.put(b"x" * (MOST_QUEUED_BYTES + 1))
        await listener.task
        assert listener.is_over
        assert not hub.subscribers["SQC"]

    played(scene)


@pytest.mark.parametrize(
    ("who", "query", "status", "code"),
    [
        (None, "", 401, "not_signed_in"),
        ("nonsense", "", 401, "not_signed_in"),
        ("administrator", "", 403, "verb_not_allowed"),
        ("dispatcher", "centre=SQL", 404, "no_such_thing"),
        ("dispatcher", "centre=NONE", 404, "no_such_thing"),
        ("dispatcher", "after=-1", 422, "not_a_number"),
        ("dispatcher", "after=soon", 422, "not_a_number"),
        ("dispatcher", "after=" + "9" * 40, 422, "not_a_number"),
        ("dispatcher", "after=%D9%A1", 422, "not_a_number"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_may_not_listen_is_told_why(
    prefecture: Any, who: str | None, query: str, status: int, code: str, language: str
) -> None:
    async def scene(hub: Hub) -> None:
        token = await token_of(prefecture, who) if who in prefecture.grants else who
        listener = Listener(hub, token, query, accept_language=language)
        await listener.task
        told = json.loads(listener.body)
        assert (listener.status, told["code"], set(told)) == (status, code, {"code", "sentence", "facts"})
        assert told["sentence"].endswith(".") is (language == "en")

    played(scene)


def test_a_token_taken_away_listens_no_more(prefecture: Any, dispatcher: Actor, noon: Any) -> None:
    def revoke() -> None:
        with transaction.atomic():
            Token.objects.update(revoked_at=noon)

    async def scene(hub: Hub) -> None:
        token = await token_of(prefecture, "dispatcher")
        await elsewhere(revoke)
        listener = Listener(hub, token)
        await listener.task
        assert listener.status == 401

    played(scene)


def test_an_open_stream_ends_when_its_token_is_taken_away(
    prefecture: Any, dispatcher: Actor, noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "_QUIET_S", 0.02)
    monkeypatch.setattr(stream_module, "_LOOK_AGAIN_S", 0.05)

    def revoke() -> None:
        with transaction.atomic():
            Token.objects.update(revoked_at=noon)

    async def scene(hub: Hub) -> None:
        listener = Listener(hub, await token_of(prefecture, "dispatcher"))
        await listener.until("cursor", 5)
        assert not listener.is_over
        await elsewhere(revoke)
        await listener.task
        assert listener.is_over
        assert not hub.subscribers["SQC"]

    played(scene)


def test_a_page_s_session_listens_too(prefecture: Any, dispatcher: Actor) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    def signed_in() -> str:
        session = SessionStore()
        session["grant"] = str(prefecture.grants["dispatcher"].pk)
        session.save()
        return str(session.session_key)

    async def scene(hub: Hub) -> None:
        listener = Listener(hub, None, cookie=f"other=1; fengsui_session={await elsewhere(signed_in)}")
        await listener.until("cursor")
        assert listener.status == 200
        await listener.gone()

    played(scene)


def test_a_crew_s_stream_holds_nothing_of_others(
    prefecture: Any, dispatcher: Actor, fire: Any, flood: Any, sq01: Any, sq02: Any
) -> None:
    send(sq01, fire, by=dispatcher)
    send(sq02, flood, by=dispatcher)
    with transaction.atomic():
        Unit.objects.filter(callsign="SQ03").update(name={"zh": "canary", "en": "canary"})

    async def scene(hub: Hub) -> None:
        listener = Listener(hub, await token_of(prefecture, "crew"), "after=0")
        told = await listener.until("cursor")
        await elsewhere(lambda: move_units([(sq02, 100.2, 0.002), (sq01, 100.1, 0.001)], at=fire.received_at))
        await listener.until("position")
        await listener.gone()
        text = listener.body.decode()
        assert entries_of(told) == [1, 3]
        assert flood.number not in text
        assert str(flood.pk) not in text
        assert "SQ02" not in text
        assert "SQ03" not in text
        assert told[-1] == ("cursor", "4", [0, 4])

    played(scene)
