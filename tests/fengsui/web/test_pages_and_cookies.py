"""What every page does: asks who is there, keeps strangers out, says nothing to other sites, remembers the choice."""

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from fengsui.base.timers import timers
from fengsui.places.city import swap
from fengsui.web.switches import demo_switch

# A test's name must be the same in every process: no chance in it.
PAGES = ["/", "/desk", "/crew", "/incidents", f"/incidents/{UUID(int=4, version=4)}"]
WHO_SEES: dict[str, set[str]] = {
    "/desk": {"call_taker", "dispatcher", "shift_lead", "planner", "auditor"},
    "/crew": {"crew"},
    "/incidents": {"call_taker", "dispatcher", "shift_lead", "crew", "planner", "auditor"},
}
ROLES = {"call_taker", "dispatcher", "shift_lead", "crew", "planner", "auditor", "administrator"}
# Reached without signing in: the door itself, two choices, the map (no words of people), the health of the server.
OPEN_TO_ALL = {"sign-in", "sign-in/one-click", "sign-out", "language", "theme", "healthz", "map/ground"}
GUARDED = {"", "desk", "crew", "incidents", "incidents/<uuid:incident_id>", "demo/speed"}


@pytest.fixture
def as_page(prefecture: Any) -> Callable[..., Client]:
    """A browser in which somebody is signed in, or nobody."""

    def open_browser(who: str | None = None, language: str = "en") -> Client:
        client = Client(headers={"Accept-Language": language})
        if who is not None:
            session = client.session
            session["grant"] = str(prefecture.grants[who].pk)
            session.save()
        return client

    return open_browser


def test_every_page_is_known_to_these_tests() -> None:
    pages = {str(one.pattern) for one in get_resolver().url_patterns if isinstance(one, URLPattern)}
    assert pages == OPEN_TO_ALL | GUARDED


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_is_sent_to_the_door_and_back(as_page: Callable[..., Client], path: str) -> None:
    answer = as_page().get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in?next={path}")


@pytest.mark.parametrize("path", list(WHO_SEES))
def test_each_role_sees_its_own_pages(as_page: Callable[..., Client], path: str) -> None:
    for role in ROLES:
        answer = as_page(role).get(path)
        if role in WHO_SEES[path]:
            assert answer.status_code == 200, role
        elif answer.status_code == 302:
            assert (role, answer["Location"]) == ("crew", "/crew")
        else:
            assert (answer.status_code, answer.context["refusal"]["code"]) == (403, "verb_not_allowed"), role


@pytest.mark.parametrize(
    ("who", "home"),
    [
        ("dispatcher", "/desk"),
        ("call_taker", "/desk"),
        ("shift_lead", "/desk"),
        ("crew", "/crew"),
        ("planner", "/incidents"),
        ("auditor", "/incidents"),
    ],
)
def test_everybody_has_a_first_page_of_their_own(as_page: Callable[..., Client], who: str, home: str) -> None:
    client = as_page(who)
    assert client.get("/")["Location"] == home
    assert client.get(home).status_code == 200


@pytest.mark.parametrize(("language", "word"), [("en", "administrator"), ("zh", "系统管理员")])
def test_the_administrator_s_first_page_says_what_there_is_today(
    as_page: Callable[..., Client], language: str, word: str
) -> None:
    client = as_page("administrator", language)
    page = client.get("/")
    text = page.content.decode()
    assert (page.status_code, word in text) == (200, True)
    assert 'href="/incidents"' not in text, "no way into a refusal"
    for named in re.findall(r"GET (/api/\S+?)<", text):
        assert client.get(named).status_code == 200


def test_a_page_of_another_area_s_incident_is_as_if_it_were_not_there(
    as_page: Callable[..., Client], fire: Any
) -> None:
    outside = as_page("county_dispatcher").get(f"/incidents/{fire.pk}")
    missing = as_page("county_dispatcher").get(f"/incidents/{uuid4()}")
    assert (outside.status_code, missing.status_code) == (404, 404)
    assert outside.context["refusal"] == missing.context["refusal"]


@pytest.mark.parametrize("path", ["/desk", "/sign-in", "/nothing", "/healthz", "/api/v1/board", "/incidents"])
def test_every_answer_carries_the_strict_policy(as_page: Callable[..., Client], path: str) -> None:
    answer = as_page("dispatcher").get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/desk", "/sign-in", "/incidents"])
def test_no_page_asks_another_site_for_anything(as_page: Callable[..., Client], path: str) -> None:
    text = as_page("dispatcher").get(path).content.decode()
    assert "http://" not in text.replace("http://www.w3.org/", "")
    assert "https://" not in text
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text


# --- language and theme -----------------------------------------------------------


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh"), ("fr", "zh"), ("en-GB,en;q=0.8", "en")])
def test_a_page_speaks_the_browser_s_language_else_chinese(
    as_page: Callable[..., Client], language: str, tag: str
) -> None:
    assert f'<html lang="{tag}' in as_page(language=language).get("/sign-in").content.decode()


def test_a_chosen_language_stays_and_goes_before_the_browser_s(as_page: Callable[..., Client]) -> None:
    client = as_page("dispatcher", language="en")
    answer = client.post("/language", {"language": "zh-hans"})
    assert answer.status_code == 204
    cookie = client.cookies["fengsui_language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("zh-hans", "Lax", True)
    assert '<html lang="zh' in client.get("/desk").content.decode()
    refused = client.get("/api/v1/incidents/x")
    assert refused.json()["sentence"].endswith("。")


@pytest.mark.parametrize("language", ["fr", "", "../../etc", "en\r\nSet-Cookie: x=y", "zh-hans;"])
def test_a_language_that_is_none_is_not_kept(as_page: Callable[..., Client], language: str) -> None:
    client = as_page("dispatcher")
    client.post("/language", {"language": language})
    assert "fengsui_language" not in client.cookies
    client.cookies["fengsui_language"] = "xx"
    assert '<html lang="en' in client.get("/desk").content.decode()


def test_a_chosen_theme_stays_and_scripts_may_read_it(as_page: Callable[..., Client]) -> None:
    client = as_page("dispatcher")
    assert 'data-theme="dark"' in client.get("/desk").content.decode()
    client.post("/theme", {"theme": "light"})
    assert client.cookies["fengsui_theme"]["httponly"] == ""
    assert 'data-theme="light"' in client.get("/desk").content.decode()
    client.post("/theme", {"theme": "pink"})
    assert client.cookies["fengsui_theme"].value == "light"


@pytest.mark.parametrize("path", ["/language", "/theme", "/sign-out", "/sign-in/one-click", "/demo/speed"])
def test_what_changes_something_is_not_done_by_a_link(as_page: Callable[..., Client], path: str) -> None:
    assert as_page("dispatcher").get(path).status_code == 405


def test_there_is_no_demo_to_speed_up_here(as_page: Callable[..., Client]) -> None:
    assert as_page("dispatcher").post("/demo/speed", {"speed": "10"}).status_code == 404


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_who_sends_crews_sets_the_speed_of_the_demo(
    as_page: Callable[..., Client], role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    generator = SimpleNamespace(set=lambda **said: asked.append(said), state=dict)
    monkeypatch.setattr(demo_switch, "generator", generator)
    answer = as_page(role).post("/demo/speed", {"speed": "10"})
    may = role in ("dispatcher", "shift_lead")
    assert answer.status_code == (204 if may else 403)
    assert asked == ([{"speed": 10, "paused": None}] if may else [])


# --- what a page tells its modules --------------------------------------------------------


def test_a_page_s_block_holds_no_words_and_what_one_may(as_page: Callable[..., Client], report: Any) -> None:
    report("fire", words="canary-words", contact={"name": "canary-name"}, place="canary-place")
    page = as_page("dispatcher").get("/desk")
    assert "canary" not in page.content.decode()
    told = page.context["page"]
    assert (told["role"], told["unit"], told["centre"]["code"]) == ("dispatcher", None, "SQC")
    assert "dispatch" in told["may"]
    assert "dispatch" not in as_page("auditor").get("/desk").context["page"]["may"]
    assert json.dumps(told, default=str)


def test_opening_an_incident_s_page_leaves_one_line(as_page: Callable[..., Client], fire: Any) -> None:
    from fengsui.journal.access import lines_about

    assert as_page("auditor").get(f"/incidents/{fire.pk}").status_code == 200
    (line,) = lines_about("incident", str(fire.pk))
    assert (line.role, line.purpose) == ("auditor", "incident_page")


# --- health -----------------------------------------------------------------------------------


def test_the_server_is_ready_only_while_everything_answers(
    prefecture: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    monkeypatch.setattr(timers, "are_ticking", lambda: True)
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["kernels"] in ("warming", "warm")
    monkeypatch.setattr(timers, "are_ticking", lambda: False)
    assert (Client().get("/healthz").status_code, Client().get("/healthz").json()["missing"]) == (503, ["timers"])
    monkeypatch.setattr(timers, "are_ticking", lambda: True)
    settings.FENGSUI_ROADS = tmp_path / "none.roads"
    swap(None)
    assert (Client().get("/healthz").status_code, Client().get("/healthz").json()["missing"]) == (503, ["roads"])
