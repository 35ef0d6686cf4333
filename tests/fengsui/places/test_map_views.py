"""The map and the search over HTTP."""

import gzip
import json
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from drawn_town import Drawing, tile_of

from fengsui.accounts.who_may import VerbNotAllowed
from fengsui.base.actors import Actor
from fengsui.places import city as city_module
from fengsui.places import views
from fengsui.places.basemap import build_basemap
from fengsui.places.city import City, assemble, city, load_city
from fengsui.places.ground import CityMissing, MapOfOtherRoads, map_path
from fengsui_engine.roads import RoadNetwork

X, Y = tile_of(100.002, 40.002, 14)


def get_tile(digest: str, z: int = 14, x: int = X, y: int = Y, **headers: str) -> HttpResponse:
    return views.tile(RequestFactory().get("/map", headers=headers), digest, z, x, y)


def get_search(*, role: str | None = "dispatcher", **query: str) -> HttpResponse:
    request: Any = RequestFactory().get("/places/search", query)
    request.actor = role and Actor(id="x", role=role, area="SQC", centre="SQC")
    return views.search(request)


def test_the_addresses_lead_to_the_views() -> None:
    assert resolve("/map/0a1b/14/3/4.mvt", urlconf="fengsui.places.urls").func is views.tile
    assert resolve("/places/search", urlconf="fengsui.places.urls").func is views.search


def test_a_tile_may_be_kept_for_good(served: City) -> None:
    answer = get_tile(served.digest, accept_encoding="gzip, br")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Encoding"] == "gzip"
    assert "road" in mapbox_vector_tile.decode(gzip.decompress(answer.content))


def test_a_client_that_cannot_unpack_gets_the_same_tile_plain(served: City) -> None:
    packed, plain = get_tile(served.digest, accept_encoding="gzip"), get_tile(served.digest)
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content


def test_a_tile_that_the_browser_has_is_not_sent_again(served: City) -> None:
    etag = get_tile(served.digest)["ETag"]
    again = get_tile(served.digest, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")


def test_an_empty_tile_is_204(served: City) -> None:
    answer = get_tile(served.digest, x=0, y=0)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(("z", "x", "y"), [(15, X, Y), (4, 0, 0), (14, 2**14, 0), (14, 0, 10**30), (10**9, 0, 0)])
def test_a_tile_outside_the_pyramid_is_404(served: City, z: int, x: int, y: int) -> None:
    with pytest.raises(views.NoSuchTile):
        get_tile(served.digest, z, x, y)


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{"accept": "*/*"}, {"accept": "text/html"}])
def test_a_tile_of_another_map_is_404_and_not_kept(served: City, client: Client, headers: dict[str, str]) -> None:
    answer = client.get(f"/map/{'0' * 16}/14/{X}/{Y}.mvt", headers=headers)
    assert answer.status_code == 404
    assert "immutable" not in answer.get("Cache-Control", "")
    assert b"no_such_tile" in answer.content


@pytest.mark.django_db
def test_search_answers_signed_in_people_only(served: City, client: Client) -> None:
    answer = client.get("/places/search", {"q": "南环路"}, headers={"accept": "*/*"})
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "sentence", "facts"}
    assert answer.json()["code"] == "not_signed_in"


@pytest.mark.parametrize("role", ["dispatcher", "call_taker"])
def test_search_is_for_the_roles_that_the_table_names(served: City, role: str) -> None:
    assert get_search(role=role, q="南环路").status_code == 200


def test_search_is_not_for_administrators(served: City) -> None:
    with pytest.raises(VerbNotAllowed):
        get_search(role="administrator", q="南环路")


def test_search_answers_kind_name_and_place(served: City) -> None:
    items = json.loads(get_search(q="南关医院", lon="100.0", lat="40.0").content)["items"]
    assert items[0]["kind"] == "landmark"
    assert items[0]["name"] == {"zh": "南关医院", "en": "Nanguan Hospital"}
    assert set(items[0]) == {"kind", "name", "lon", "lat"}


@pytest.mark.parametrize(
    "near",
    [{}, {"lon": "abc", "lat": "40"}, {"lon": "nan", "lat": "inf"}, {"lon": "1e400", "lat": ""}, {"lon": "1" * 5000}],
)
def test_a_place_to_be_near_to_that_cannot_be_read_is_left_aside(served: City, near: dict[str, str]) -> None:
    answer = get_search(q="南环路", **near)
    assert answer.status_code == 200
    assert json.loads(answer.content)["items"]


def test_an_empty_question_has_no_answers(served: City) -> None:
    assert json.loads(get_search().content) == {"items": []}


def test_without_a_city_the_answer_says_what_is_missing(settings: Any, tmp_path: Path) -> None:
    settings.FENGSUI_ROADS = tmp_path / "city.roads"
    city_module.swap(None)
    with pytest.raises(CityMissing) as refusal:
        city()
    assert refusal.value.facts == {"path": "city.roads"}
    assert refusal.value.status == 503


def test_a_city_is_loaded_from_its_two_files_once(settings: Any, tmp_path: Path, town: City) -> None:
    settings.FENGSUI_ROADS = tmp_path / "city.roads"
    town.roads.save(tmp_path / "city.roads")
    town.basemap.save(map_path(tmp_path / "city.roads"))
    city_module.swap(None)
    try:
        assert city() is city()
        assert city().digest == town.digest
        assert city().is_near_road(100.0, 40.0)
        assert not city().is_near_road(0.0, 0.0)
    finally:
        city_module.swap(None)


def test_a_map_of_other_roads_is_refused(roads: RoadNetwork, tmp_path: Path, extract: Path) -> None:
    from fengsui_engine.roads import build_from_osm

    drawing = Drawing()
    drawing.way([(0.0, 0.0), (1.0, 0.0)], highway="residential")
    other = build_from_osm(drawing.write(tmp_path / "other.osm.pbf"))
    with pytest.raises(MapOfOtherRoads):
        assemble(other, build_basemap(extract, roads))


def test_a_road_file_without_its_map_is_refused(tmp_path: Path, roads: RoadNetwork) -> None:
    roads.save(tmp_path / "city.roads")
    with pytest.raises(CityMissing):
        load_city(tmp_path / "city.roads")
