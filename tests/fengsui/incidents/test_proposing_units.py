"""Who can be there soonest, by road, and why; why not the others."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from control_room import NOON, fresh, number, send
from fengsui.force.models import Position, Unit
from fengsui.incidents import recommend as recommending
from fengsui.incidents.recommend import recommend, shown_recommendation
from fengsui_engine.roads import nearest, snap


def station_more(n_units: int, *, state: str = "available", at: tuple[float, float] | None = (100.0135, 0.0)) -> None:
    """More units of the city centre, all at one place (or nowhere)."""
    with transaction.atomic():
        for i in range(n_units):
            one = Unit.objects.create(
                callsign=f"X{state[:2].upper()}{'' if at else 'N'}{i:03d}",
                name={"zh": "", "en": ""},
                kind_id="patrol",
                centre_code="SQC",
                state=state,
                state_since=NOON,
                valid_from=NOON,
            )
            if at is not None:
                Position.objects.create(unit=one, lon=at[0], lat=at[1], at=datetime.now(UTC))


def test_the_nearest_by_road_come_first_with_seconds_metres_state_and_age(desk: Any, fire: Any) -> None:
    told = desk.get(f"/incidents/{fire.pk}/recommendation")
    assert [one["unit"] for one in told["units"]] == ["SQ02", "SQ01", "SQ03"]
    assert [one["seconds"] for one in told["units"]] == sorted(one["seconds"] for one in told["units"])
    assert {one["state"] for one in told["units"]} == {"available"}
    assert all(0 <= one["position_age_s"] < 60 for one in told["units"])
    assert told["units"][0]["metres"] == pytest.approx(556, abs=1)  # Bell Tower Street, end to end
    assert told["doubt"] is None
    assert told["not"] == []


def test_the_times_are_the_engine_s_own(desk: Any, fire: Any, drawn: Any) -> None:
    told = desk.get(f"/incidents/{fire.pk}/recommendation")
    places = {position.unit.callsign: (position.lon, position.lat) for position in Position.objects.all()}
    where = np.array([places[one["unit"]] for one in told["units"]])
    found = nearest(
        drawn.roads, snap(drawn.roads, [fire.lon], [fire.lat]), snap(drawn.roads, where[:, 0], where[:, 1]), k=3
    )
    assert [round(one["seconds"] * 1000) for one in told["units"]] == found.ms.tolist()
    assert told["roads"] == drawn.roads.digest


def test_a_one_way_street_makes_the_near_unit_far(report: Callable[..., Any], desk: Any, prefecture: Any) -> None:
    """SQ03 stands two corners away, but College Road leads only towards it."""
    incident = report("fire", lon=100.0135, lat=0.0)
    told = {one["unit"]: one["seconds"] for one in desk.get(f"/incidents/{incident.pk}/recommendation")["units"]}
    assert told["SQ02"] < told["SQ03"]


def test_the_kind_of_every_unit_is_told_and_filters_none(desk: Any, fire: Any) -> None:
    told = desk.get(f"/incidents/{fire.pk}/recommendation", k=2)
    kinds = dict(Unit.objects.values_list("callsign", "kind_id"))
    named = [*told["units"], *told["not"]]
    assert {one["unit"]: one["kind"] for one in named} == {one["unit"]: kinds[one["unit"]] for one in named}
    assert len({one["kind"] for one in named}) > 1


@pytest.mark.parametrize("k", [1, 2, 3, 50])
def test_k_are_proposed_and_the_others_are_told_with_their_reasons(desk: Any, fire: Any, k: int) -> None:
    told = desk.get(f"/incidents/{fire.pk}/recommendation", k=k)
    assert len(told["units"]) == min(k, 3)
    assert len(told["not"]) == 3 - len(told["units"])
    assert all(one["reasons"][0]["code"] == "farther" for one in told["not"])


def test_a_unit_the_search_did_not_come_to_is_beyond_and_not_without_a_way(
    desk: Any, fire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommending, "_BUSY_SHOWN", recommending.MOST_NOT)  # the search stops at the k-th
    told = desk.get(f"/incidents/{fire.pk}/recommendation", k=1)
    assert [one["reasons"][0]["code"] for one in told["not"]] == ["beyond", "beyond"]


@pytest.mark.parametrize("k", [0, -1, 51, "many", ""])
def test_a_number_of_units_that_makes_no_sense_is_refused(desk: Any, fire: Any, k: Any) -> None:
    refused = desk.get(f"/incidents/{fire.pk}/recommendation", k=k)
    assert (refused.status, refused.facts["field"]) == (422, "k")


def test_five_are_proposed_unless_another_number_is_asked_for(desk: Any, fire: Any) -> None:
    station_more(4)
    assert len(desk.get(f"/incidents/{fire.pk}/recommendation")["units"]) == 5


def test_every_proposal_says_why_and_every_other_why_not_in_the_reader_s_words(door: Any, fire: Any) -> None:
    station_more(8)
    station_more(4, at=None)
    station_more(3, state="out_of_service")
    said = []
    for language in ("en", "zh"):
        told = door("dispatcher", language=language).get(f"/incidents/{fire.pk}/recommendation", k=4)
        reasons = [reason for one in told["units"] for reason in one["why"]]
        reasons += [reason for one in told["not"] for reason in one["reasons"]]
        assert all(one["why"] for one in told["units"])
        assert all(one["reasons"] for one in told["not"])
        assert all(reason["code"] and reason["sentence"] for reason in reasons)
        said.append([reason["sentence"] for reason in reasons])
    assert len(said[0]) == len(said[1])
    assert not set(said[0]) & set(said[1])


@pytest.mark.parametrize("n_units", [16, 17, 18, 60])
def test_of_those_not_proposed_at_most_twenty_are_told(desk: Any, fire: Any, n_units: int) -> None:
    station_more(n_units)
    told = desk.get(f"/incidents/{fire.pk}/recommendation", k=1)
    assert len(told["not"]) == min(20, n_units + 3 - 1)
    named = [one["unit"] for one in told["not"]]
    assert len(set(named)) == len(named)
    assert told["units"][0]["unit"] not in named


def test_the_busy_are_told_among_the_others_and_never_proposed(
    desk: Any, fire: Any, flood: Any, sq02: Any, dispatcher: Any
) -> None:
    send(sq02, flood, by=dispatcher)
    told = desk.get(f"/incidents/{fire.pk}/recommendation")
    assert [one["unit"] for one in told["units"]] == ["SQ01", "SQ03"]
    assert [(one["unit"], [reason["code"] for reason in one["reasons"]]) for one in told["not"]] == [
        ("SQ02", ["committed"])
    ]


@pytest.mark.parametrize(("state", "code"), [("off_duty", "off_duty"), ("out_of_service", "out_of_service")])
def test_who_is_not_there_is_told_as_such(desk: Any, fire: Any, state: str, code: str) -> None:
    desk.post("/units/SQ02/state", {"state": state})
    told = desk.get(f"/incidents/{fire.pk}/recommendation")
    assert [(one["unit"], one["reasons"][0]["code"]) for one in told["not"]] == [("SQ02", code)]


def test_a_unit_without_a_place_or_far_from_roads_is_not_ranked(desk: Any, fire: Any) -> None:
    with transaction.atomic():
        Position.objects.filter(unit__callsign="SQ01").delete()
        Position.objects.filter(unit__callsign="SQ02").update(lon=101.0, lat=1.0)
    told = desk.get(f"/incidents/{fire.pk}/recommendation")
    assert [one["unit"] for one in told["units"]] == ["SQ03"]
    assert {one["unit"]: one["reasons"][0]["code"] for one in told["not"]} == {
        "SQ01": "no_position",
        "SQ02": "far_from_roads",
    }


def test_an_old_position_is_ranked_and_said(fire: Any, noon: datetime) -> None:
    with transaction.atomic():
        Position.objects.update(at=noon - timedelta(minutes=10))
    found = recommend(fire, k=5, now=noon)
    assert [proposal.position_age_s for proposal in found.units] == [600, 600, 600]
    assert all("position_old" in [reason["code"] for reason in proposal.why] for proposal in found.units)


def test_equal_times_are_ordered_by_call_sign(desk: Any, fire: Any) -> None:
    station_more(6, at=(100.009, 0.0))
    told = desk.get(f"/incidents/{fire.pk}/recommendation", k=6)["units"]
    assert [one["unit"] for one in told] == [f"XAV{i:03d}" for i in range(6)]
    assert [one["why"][0]["code"] for one in told] == ["nearest"] + ["as_near"] * 5


def test_who_is_as_fast_but_behind_by_call_sign_is_not_told_to_be_farther(desk: Any, fire: Any) -> None:
    station_more(6, at=(100.009, 0.0))
    told = {one["unit"]: one["reasons"][0] for one in desk.get(f"/incidents/{fire.pk}/recommendation", k=5)["not"]}
    assert told["XAV005"]["code"] == "as_near_as_last"
    assert "farther" not in told["XAV005"]["sentence"]
    assert told["SQ02"]["code"] == "farther"


@pytest.mark.parametrize(
    ("said", "doubt"), [({}, "no_pin"), ({"place": "桥头"}, "no_pin"), ({"lon": 101.5, "lat": 0.0}, "far_from_roads")]
)
def test_without_a_place_near_a_road_nobody_is_ranked_and_the_doubt_is_told(
    desk: Any, report: Callable[..., Any], said: dict[str, Any], doubt: str
) -> None:
    told = desk.get(f"/incidents/{report('help', **said).pk}/recommendation")
    assert (told.status, told["units"], told["doubt"]) == (200, [], [doubt])


def test_where_nobody_is_free_that_is_the_doubt(desk: Any, fire: Any) -> None:
    for callsign in ("SQ01", "SQ02", "SQ03"):
        desk.post(f"/units/{callsign}/state", {"state": "off_duty"})
    told = desk.get(f"/incidents/{fire.pk}/recommendation")
    assert (told["units"], told["doubt"], len(told["not"])) == ([], ["no_free_unit"], 3)


def test_only_the_incident_s_own_centre_is_asked(desk: Any, fire: Any) -> None:
    told = desk.get(f"/incidents/{fire.pk}/recommendation", k=50)
    named = {one["unit"] for one in told["units"]} | {one["unit"] for one in told["not"]}
    assert named == {"SQ01", "SQ02", "SQ03"}


def test_to_look_is_no_act(desk: Any, fire: Any) -> None:
    before = number(), fresh(fire).version
    desk.get(f"/incidents/{fire.pk}/recommendation")
    assert (number(), fresh(fire).version) == before


def test_the_id_is_ours_and_of_this_incident_or_nothing(fire: Any, flood: Any, noon: datetime) -> None:
    found = recommend(fire, k=2, now=noon)
    text = found.as_text()
    assert shown_recommendation(text, fire) == found.as_facts(shown=True)
    assert shown_recommendation(text, flood) is None
    for i in range(0, len(text), 7):
        other = "A" if text[i] != "A" else "B"
        assert shown_recommendation(text[:i] + other + text[i + 1 :], fire) is None


def test_an_id_of_fifty_units_is_taken_back(desk: Any, fire: Any) -> None:
    station_more(60)
    shown = desk.get(f"/incidents/{fire.pk}/recommendation", k=50)
    body = {"unit": "SQ02", "version": 1, "recommendation": shown["id"]}
    assert desk.post(f"/incidents/{fire.pk}/assignments", body).status == 201
    from control_room import last

    assert last().facts["recommendation"]["shown"] is True


def test_the_way_is_drawn_for_a_crew(door: Any, desk: Any, fire: Any, sq01: Any, dispatcher: Any) -> None:
    send(sq01, fire, by=dispatcher)
    way = door("crew").get(f"/incidents/{fire.pk}/route", unit="SQ01")
    assert way.status == 200
    assert way["geometry"]["type"] == "LineString"
    assert way["geometry"]["coordinates"][0] == pytest.approx([100.0, 0.005], abs=1e-5)
    assert way["geometry"]["coordinates"][-1] == pytest.approx([100.009, 0.0], abs=1e-5)
    told = {one["unit"]: one for one in desk.get(f"/incidents/{fire.pk}/recommendation")["not"]}
    assert "SQ01" in told


def test_where_there_is_no_way_to_draw_it_is_said(desk: Any, report: Callable[..., Any], fire: Any) -> None:
    assert desk.get(f"/incidents/{report('help').pk}/route", unit="SQ01").code == "no_route"
    with transaction.atomic():
        Position.objects.filter(unit__callsign="SQ01").delete()
    assert desk.get(f"/incidents/{fire.pk}/route", unit="SQ01").code == "no_route"
    assert desk.get(f"/incidents/{fire.pk}/route", unit="LQ01").code == "no_such_unit"
