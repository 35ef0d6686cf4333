"""What a careless or hostile client sends: it is refused with a sentence, and breaks nothing for anybody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from api_door import Door
from control_room import NOON, fresh, send, tell
from fengsui.incidents.amend import correct_time
from fengsui.incidents.refusals import TimeInTheFuture
from fengsui.journal.read import entries_about

FIRST_DAY = datetime(1, 1, 1, tzinfo=UTC)
LAST_DAY = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def as_page(prefecture: Any, who: str, **options: Any) -> Client:
    """A browser in which somebody is signed in."""
    client = Client(headers={"Accept-Language": "en"}, raise_request_exception=False, **options)
    session = client.session
    session["grant"] = str(prefecture.grants[who].pk)
    session.save()
    return client


@pytest.mark.parametrize("header", [None, "", " ", "Bearer", "Bearer "])
def test_a_session_writes_nothing_without_its_page_s_token(prefecture: Any, fire: Any, header: str | None) -> None:
    client = as_page(prefecture, "dispatcher", enforce_csrf_checks=True)
    answer = client.post(
        f"/api/v1/incidents/{fire.pk}/notes",
        data={"words": "from elsewhere"},
        content_type="application/json",
        headers={} if header is None else {"Authorization": header},
    )
    assert answer.status_code in (401, 403)
    assert fresh(fire).version == 1


@pytest.mark.parametrize("year", [FIRST_DAY, LAST_DAY])
def test_a_phone_with_an_absurd_clock_does_not_take_the_incident_s_page_away(
    prefecture: Any, fire: Any, sq01: Any, dispatcher: Any, crew: Any, year: datetime
) -> None:
    tell(send(sq01, fire, by=dispatcher), "accepted", by=crew, at=year)
    assert as_page(prefecture, "dispatcher").get(f"/incidents/{fire.pk}").status_code == 200


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_a_report_from_an_absurd_time_can_be_read_on_its_page(prefecture: Any, at: str) -> None:
    door = Door(prefecture.token("dispatcher"))
    taken = door.post("/reports", {"source_event_id": "absurd", "type": "help", "at": at})
    assert as_page(prefecture, "dispatcher").get(f"/incidents/{taken['incident']}").status_code == 200


def test_a_time_corrected_into_another_century_draws_no_tick_for_each_of_its_hours(
    prefecture: Any, fire: Any, sq01: Any, dispatcher: Any
) -> None:
    tell(send(sq01, fire, by=dispatcher), "on_scene", by=dispatcher, now=NOON + timedelta(seconds=90))
    entry = next(one for one in entries_about("incident", str(fire.pk)) if one.facts.get("status") == "on_scene")
    at = datetime(2126, 1, 1, tzinfo=UTC)
    correct_time(incident=fresh(fire), seq=entry.seq, at=at, by=dispatcher, now=at + timedelta(days=1))
    page = as_page(prefecture, "dispatcher").get(f"/incidents/{fire.pk}")
    assert page.status_code == 200
    assert page.content.count(b'class="tick') < 100


def test_a_time_still_to_come_corrects_nothing(prefecture: Any, fire: Any, sq01: Any, dispatcher: Any) -> None:
    tell(send(sq01, fire, by=dispatcher), "on_scene", by=dispatcher, now=NOON + timedelta(seconds=90))
    entry = next(one for one in entries_about("incident", str(fire.pk)) if one.facts.get("status") == "on_scene")
    with pytest.raises(TimeInTheFuture):
        correct_time(incident=fire, seq=entry.seq, at=NOON + timedelta(hours=1), by=dispatcher, now=NOON)


def test_an_address_with_thousands_of_fields_is_refused(prefecture: Any) -> None:
    query = "&".join(f"a{n}=1" for n in range(2000))
    answer = Door(prefecture.token("dispatcher")).get(f"/incidents?{query}")
    assert (answer.status, answer.code) == (422, "field_not_understood")
