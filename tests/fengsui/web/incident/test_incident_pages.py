"""The incident's page and the list: what they show, to whom, and that no right and no line is passed over."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from control_room import NOON, fresh, send, tell
from fengsui.incidents.amend import add_note, correct_time
from fengsui.incidents.resolve import close_incident
from fengsui.journal.read import entries_about


@pytest.fixture
def see(prefecture: Any) -> Callable[..., Any]:
    """A page as somebody sees it: `see("auditor", "/incidents")`."""

    def opened(who: str, path: str, language: str = "en") -> Any:
        client = Client(headers={"Accept-Language": language})
        session = client.session
        session["grant"] = str(prefecture.grants[who].pk)
        session.save()
        return client.get(path)

    return opened


@pytest.fixture
def closed(fire: Any, sq01: Any, dispatcher: Any, crew: Any) -> Any:
    """The fire, attended by SQ01 with a late arrival, noted and closed; its arrival corrected."""
    sent = send(sq01, fire, by=dispatcher, now=NOON + timedelta(seconds=20))
    tell(sent, "accepted", by=crew, now=NOON + timedelta(seconds=30), at=NOON + timedelta(seconds=29))
    tell(sent, "on_scene", by=dispatcher, now=NOON + timedelta(seconds=400))
    add_note(incident=fresh(fire), words="the north gate is open", by=dispatcher, now=NOON + timedelta(seconds=410))
    entry = next(one for one in entries_about("incident", str(fire.pk)) if one.facts.get("status") == "on_scene")
    at = NOON + timedelta(seconds=170)
    correct_time(incident=fresh(fire), seq=entry.seq, at=at, by=dispatcher, now=NOON + timedelta(seconds=420))
    end = NOON + timedelta(seconds=500)
    return close_incident(
        incident=fresh(fire), disposition="settled", version=fresh(fire).version, by=dispatcher, now=end
    )


def plain(response: Any) -> str:
    """The page's text, without marks and without the block for its modules."""
    body = re.sub(r"<script.*?</script>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_every_act_is_on_the_page_with_its_entry_and_how_its_time_came_to_be(see: Any, closed: Any) -> None:
    text = plain(see("shift_lead", f"/incidents/{closed.pk}"))
    for entry in entries_about("incident", str(closed.pk)):
        assert f"#{entry.seq}" in text
    for said in ("SQ01 sent", "SQ01 accepted", "SQ01 is on scene", "the north gate is open", "Settled on the spot"):
        assert said in text
    assert "12:00:29.0" in text  # the device's own time, in the centre's zone


def test_a_corrected_time_stays_and_says_what_corrected_it(see: Any, closed: Any) -> None:
    text = plain(see("shift_lead", f"/incidents/{closed.pk}"))
    assert "12:06:40.0" in text
    assert re.search(r"in truth at 12:02:50 , corrected by #\d+", text)
    assert "arrived 02:50, within the 3 min ring" in text


def test_the_ranking_at_dispatch_says_whether_it_was_on_the_screen(see: Any, closed: Any) -> None:
    assert "None was on the screen; computed when it was sent." in plain(see("auditor", f"/incidents/{closed.pk}"))


def test_a_crew_does_not_see_where_others_are(see: Any, closed: Any) -> None:
    page = see("crew", f"/incidents/{closed.pk}")
    assert page.status_code == 200
    assert "Ranking when sent" not in plain(page)


@pytest.mark.parametrize(
    ("who", "acts"), [("auditor", []), ("call_taker", ["note"]), ("dispatcher", ["note", "correction", "reopening"])]
)
def test_the_page_offers_what_the_table_and_the_role_allow(see: Any, closed: Any, who: str, acts: list[str]) -> None:
    body = see(who, f"/incidents/{closed.pk}").content.decode()
    assert re.findall(r'data-open="(\w+)"', body) == acts


def test_who_read_it_is_shown_to_those_who_may_know(see: Any, closed: Any) -> None:
    assert "Who read it" in plain(see("auditor", f"/incidents/{closed.pk}"))
    assert "Who read it" not in plain(see("dispatcher", f"/incidents/{closed.pk}"))


def test_words_of_people_are_not_in_the_block_that_modules_read(see: Any, closed: Any) -> None:
    body = see("shift_lead", f"/incidents/{closed.pk}").content.decode()
    block = re.search(r'<script id="page"[^>]*>(.*?)</script>', body, re.DOTALL)
    assert block is not None
    assert "north gate" not in block[1]


def test_a_page_of_another_area_is_not_there(see: Any, closed: Any) -> None:
    page = see("county_dispatcher", f"/incidents/{closed.pk}")
    assert (page.status_code, "no_such_thing" in plain(page)) == (404, True)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("desk", "接处警席"),
        ("crew:SQ01", "班组 朔01"),
        ("device", "设备"),
        ("112 Nord", "112 Nord"),
        ("desk:7", "desk:7"),
    ],
)
def test_a_source_of_ours_has_a_word_and_a_foreign_one_its_own_name(
    see: Any, report: Any, source: str, word: str
) -> None:
    incident = report("help", source=source)
    text = plain(see("dispatcher", f"/incidents/{incident.pk}", "zh"))
    assert re.search(rf"报警 {re.escape(word)} \S+", text), text


def test_the_list_is_newest_first_and_can_be_cut_to_a_state(see: Any, closed: Any, flood: Any) -> None:
    assert re.findall(r"SQC-\d{6}-\d{4}", plain(see("planner", "/incidents"))) == [flood.number, closed.number]
    assert re.findall(r"SQC-\d{6}-\d{4}", plain(see("planner", "/incidents?state=closed"))) == [closed.number]


def test_an_empty_list_says_so(see: Any) -> None:
    assert "There is no incident yet." in plain(see("auditor", "/incidents"))


@pytest.mark.parametrize("query", ["?state=nonsense", "?before=nonsense", "?before=&state="])
def test_a_question_that_makes_no_sense_gets_the_whole_list(see: Any, fire: Any, query: str) -> None:
    assert fire.number in plain(see("auditor", f"/incidents{query}"))
