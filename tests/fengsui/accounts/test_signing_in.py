"""Who comes in, by name and password, by token, and how long they stay."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client

from api_door import Door
from fengsui.accounts import sessions
from fengsui.accounts.models import Account, Grant, Token
from fengsui.accounts.sessions import WrongNameOrPassword, check_sign_in

PASSWORD = "Beacon-烽燧-7"


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True)


@pytest.fixture
def seated(prefecture: Any) -> Account:
    """The dispatcher's account, with a password."""
    account = Account.objects.get(username="dispatcher")
    account.set_password(PASSWORD)
    with transaction.atomic():
        account.save()
    return account


def csrf(visitor: Client, path: str = "/sign-in") -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get(path).content.decode())
    assert found is not None
    return found[1]


def sign_in(visitor: Client, username: str = "dispatcher", password: str = PASSWORD, **also: str) -> Any:
    body = {"username": username, "password": password, "csrfmiddlewaretoken": csrf(visitor)} | also
    return visitor.post("/sign-in", body)


def session_id(visitor: Client) -> str:
    return str(visitor.cookies["fengsui_session"].value)


# --- name and password -----------------------------------------------------------


def test_with_name_and_password_one_comes_to_one_s_own_page(visitor: Client, seated: Account) -> None:
    answer = sign_in(visitor)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert visitor.get("/")["Location"] == "/desk"
    assert visitor.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("dispatcher", "not-this-one"),
        ("dispatcher", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("DISPATCHER", PASSWORD),
        ("crew", ""),  # has no password at all
        ("dispatcher", PASSWORD + " "),
        ("dispatcher\x00", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("x" * 5000, "y" * 5000),
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    visitor: Client, seated: Account, username: str, password: str
) -> None:
    answer = sign_in(visitor, username, password)
    assert answer.status_code == 401
    assert answer.context["refusal"]["code"] == "wrong_name_or_password"
    assert answer.context["refusal"]["facts"] == {}
    assert visitor.get("/desk").status_code == 302
    if password:
        assert password not in answer.content.decode()


def test_a_wrong_name_takes_as_long_as_a_wrong_password(seated: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both check one Argon2 hash, of the same parameters."""
    checked: list[str] = []
    monkeypatch.setattr(
        sessions,
        "check_password",
        lambda password, encoded: bool(checked.append(encoded)) or check_password(password, encoded),
    )
    for username in ("dispatcher", "nobody"):
        with pytest.raises(WrongNameOrPassword):
            check_sign_in(username, "wrong")
    assert len(checked) == 2
    known, unknown = (encoded.rsplit("$", 2)[0] for encoded in checked)
    assert known == unknown
    assert "m=19456,t=2,p=1" in known


def test_an_account_that_is_closed_or_holds_nothing_does_not_come_in(seated: Account) -> None:
    assert check_sign_in("dispatcher", PASSWORD).role == "dispatcher"
    with transaction.atomic():
        Account.objects.update(is_active=False)
    with pytest.raises(WrongNameOrPassword):
        check_sign_in("dispatcher", PASSWORD)
    with transaction.atomic():
        Account.objects.update(is_active=True)
        Grant.objects.all().delete()
    with pytest.raises(WrongNameOrPassword):
        check_sign_in("dispatcher", PASSWORD)


def test_no_password_is_kept_as_it_was_said(seated: Account) -> None:
    seated.refresh_from_db()
    assert seated.password.startswith("argon2$argon2id$")
    assert PASSWORD not in seated.password


# --- sessions ---------------------------------------------------------------------------


def test_signing_in_changes_the_session_s_id_and_the_old_one_is_worth_nothing(visitor: Client, seated: Account) -> None:
    session = visitor.session
    session["before"] = "planted"
    session.save()
    planted = session_id(visitor)
    sign_in(visitor)
    assert session_id(visitor) != planted
    assert "before" not in visitor.session
    assert not Session.objects.filter(session_key=planted).exists()
    first = session_id(visitor)
    sign_in(visitor)
    assert session_id(visitor) != first


def test_signing_out_ends_the_session_for_good(visitor: Client, seated: Account) -> None:
    sign_in(visitor)
    kept = session_id(visitor)
    answer = visitor.post("/sign-out", {"csrfmiddlewaretoken": csrf(visitor)})
    assert answer["Location"] == "/sign-in"
    visitor.cookies["fengsui_session"] = kept
    assert visitor.get("/desk")["Location"] == "/sign-in?next=/desk"


@pytest.mark.parametrize("what", ["account closed", "grant taken away"])
def test_what_is_taken_away_ends_the_session_with_the_next_request(visitor: Client, seated: Account, what: str) -> None:
    sign_in(visitor)
    assert visitor.get("/desk").status_code == 200
    with transaction.atomic():
        if what == "account closed":
            Account.objects.update(is_active=False)
        else:
            Grant.objects.filter(account=seated).delete()
    assert visitor.get("/desk").status_code == 302
    assert visitor.get("/api/v1/board").status_code == 401


def test_the_cookies_are_not_for_scripts_of_others(visitor: Client, seated: Account) -> None:
    sign_in(visitor)
    session, token = visitor.cookies["fengsui_session"], visitor.cookies["fengsui_csrf"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    assert token["samesite"] == "Lax"
    assert session["max-age"] == 12 * 3600


def test_a_form_from_elsewhere_signs_nobody_in(seated: Account) -> None:
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post("/sign-in", {"username": "dispatcher", "password": PASSWORD})
    assert answer.status_code == 403
    assert "fengsui_session" not in stranger.cookies


def test_a_page_s_session_needs_its_token_for_every_act_and_for_no_reading(
    visitor: Client, seated: Account, fire: Any
) -> None:
    sign_in(visitor)
    assert visitor.get("/api/v1/board").status_code == 200
    path, body = f"/api/v1/incidents/{fire.pk}/notes", {"words": "风大"}
    refused = visitor.post(path, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "from_another_page")
    token = visitor.get("/desk").context["page"]["csrf"]
    taken = visitor.post(path, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert taken.status_code == 201


def test_a_token_needs_no_page(prefecture: Any, fire: Any) -> None:
    door = Door(prefecture.token("dispatcher"))
    door.client.handler.enforce_csrf_checks = True
    assert door.post(f"/incidents/{fire.pk}/notes", {"words": "风大"}).status == 201


# --- where one goes next --------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/desk",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "\t//evil.example",
        "desk",
        "nowhere",
        "",
        "https://testserver@evil.example/",
    ],
)
def test_next_does_not_leave_the_site(visitor: Client, seated: Account, wanted: str) -> None:
    answer = sign_in(visitor, next=wanted)
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("wanted", ["/desk", "/incidents?state=open&x=%E7%83%BD", "/incidents/1#part"])
def test_next_leads_back_to_where_one_wanted_to_go(visitor: Client, seated: Account, wanted: str) -> None:
    assert sign_in(visitor, next=wanted)["Location"] == wanted


def test_next_is_an_address_and_no_header(visitor: Client, seated: Account) -> None:
    answer = sign_in(visitor, next="/desk\r\nSet-Cookie: planted=1")
    assert answer["Location"] == "/desk%0D%0ASet-Cookie:%20planted=1"
    assert "planted" not in visitor.cookies


@pytest.mark.parametrize("path", ["/language", "/theme"])
def test_a_choice_does_not_lead_off_the_site_either(visitor: Client, seated: Account, path: str) -> None:
    sign_in(visitor)
    token = csrf(visitor)
    for wanted in ("//evil.example", "nowhere"):
        body = {"language": "en", "theme": "dark", "next": wanted, "csrfmiddlewaretoken": token}
        assert visitor.post(path, body)["Location"] == "/"


# --- the demo's one click ---------------------------------------------------------------------


def test_one_click_signs_in_as_nobody_where_there_is_no_demo(visitor: Client, seated: Account) -> None:
    for grant in (str(Grant.objects.get(account=seated).pk), "", "x"):
        answer = visitor.post("/sign-in/one-click", {"grant": grant, "csrfmiddlewaretoken": csrf(visitor)})
        assert answer.status_code == 404
    assert visitor.get("/desk").status_code == 302


def test_one_click_signs_in_only_as_whom_it_offers(
    visitor: Client, prefecture: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fengsui.web.switches import demo_switch

    class Offer:
        def one_click(self) -> list[dict[str, Any]]:
            return [{"grant": prefecture.grants["crew"].pk, "role": "crew", "zh": "班组", "en": "Crew", "unit": "SQ01"}]

        def state(self) -> None:
            return None

    monkeypatch.setattr(demo_switch, "generator", Offer())
    token = csrf(visitor)
    for who, status in (("administrator", 404), ("crew", 302)):
        body = {"grant": str(prefecture.grants[who].pk), "csrfmiddlewaretoken": token}
        assert visitor.post("/sign-in/one-click", body).status_code == status
    assert visitor.get("/")["Location"] == "/crew"


# --- tokens -----------------------------------------------------------------------------------------


def test_a_token_is_kept_as_a_digest_only(prefecture: Any) -> None:
    token = prefecture.token("dispatcher")
    assert len(token) >= 43  # 256 bits
    with connection.cursor() as cursor:
        rows = cursor.execute("SELECT * FROM accounts_token").fetchall()
    assert token not in str(rows)
    assert len(Token.objects.get().digest) == 64


def test_a_token_opens_the_api_and_no_page(prefecture: Any) -> None:
    header = {"Authorization": f"Bearer {prefecture.token('dispatcher')}"}
    assert Client().get("/api/v1/board", headers=header).status_code == 200
    assert Client().get("/desk", headers=header).status_code == 302


@pytest.mark.parametrize("form", ["bearer {}", "BEARER {}", "Bearer  {}", "Bearer {} "])
def test_the_word_bearer_is_read_as_the_standard_says(prefecture: Any, form: str) -> None:
    header = {"Authorization": form.format(prefecture.token("dispatcher"))}
    assert Client().get("/api/v1/board", headers=header).status_code == 200


@pytest.mark.parametrize("form", ["{}", "Basic {}", "Token {}", "Bearer", "Bearer {}x", "Bearer {}, Bearer {}"])
def test_nothing_else_is_a_token(prefecture: Any, form: str) -> None:
    token = prefecture.token("dispatcher")
    answer = Client().get("/api/v1/board", headers={"Authorization": form.format(token, token)})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("what", ["revoked", "account closed", "grant taken away"])
def test_a_token_that_was_taken_away_opens_nothing(
    door: Callable[..., Any], prefecture: Any, noon: Any, what: str
) -> None:
    holder, other = door("dispatcher"), door("other_dispatcher")
    assert holder.get("/board").status == 200
    with transaction.atomic():
        if what == "revoked":
            Token.objects.filter(grant=prefecture.grants["dispatcher"]).update(revoked_at=noon)
        elif what == "account closed":
            Account.objects.filter(username="dispatcher").update(is_active=False)
        else:
            Grant.objects.filter(pk=prefecture.grants["dispatcher"].pk).delete()
    assert (holder.get("/board").status, other.get("/board").status) == (401, 200)


def test_a_bad_token_is_not_mended_by_a_good_session(visitor: Client, seated: Account) -> None:
    sign_in(visitor)
    answer = visitor.get("/api/v1/board", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


# --- the tables' own guards ----------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"role": "king"}, {"role": "crew", "unit": ""}])
def test_a_grant_has_a_known_role_and_a_crew_its_unit(seated: Account, wrong: dict[str, str]) -> None:
    from django.db import IntegrityError

    right = {"role": "dispatcher", "area_code": "SQC", "centre_code": "SQC"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(account=seated, **right | wrong)
