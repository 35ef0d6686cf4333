"""From a request to an actor: a program shows a bearer token, a page carries a session.

A session names a grant, so an account with two roles chooses one when it signs in; a grant or an account taken away
ends the session with the next request.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from ninja.utils import check_csrf

from fengsui.accounts.models import Account, Grant, Token
from fengsui.accounts.who_may import require
from fengsui.base.actors import Actor
from fengsui_engine.refusal import Refusal, say

_GRANT = "grant"


class Visitor:
    """Whoever is not signed in."""

    is_authenticated = False
    label: ClassVar[dict[str, str]] = {}


class NotSignedIn(Refusal):
    status = 401
    sentence = say("You are not signed in, or the token is not valid any more. Sign in again.")


class WrongNameOrPassword(Refusal):
    status = 401
    sentence = say("The name or the password is not right. Check both and try again.")


class FromAnotherPage(Refusal):
    status = 403
    sentence = say("This request did not come from a page of this site. Load the page again, then repeat it.")


def check_sign_in(username: str, password: str) -> Grant:
    """The first grant of the account with that name and password.

    Raises:
        WrongNameOrPassword: no such account, a wrong password, or nothing granted: all told alike.
    """
    account = Account.objects.filter(username=username, is_active=True).first()
    is_right = check_password(password, account.password if account is not None else _nobody_s_hash())
    grant = account.grants.order_by("pk").first() if account is not None and is_right else None
    if grant is None:
        raise WrongNameOrPassword()
    return grant


@cache
def _nobody_s_hash() -> str:
    """Checked when there is no such user, so that a wrong name takes as long as a wrong password."""
    return make_password("no such user")


def sign_in(request: HttpRequest, grant: Grant) -> None:
    """Start a session under a new id."""
    request.session.flush()
    request.session[_GRANT] = str(grant.pk)


def sign_out(request: HttpRequest) -> None:
    request.session.flush()


def session_grant(session: Any) -> Grant | None:
    """The grant a session stands for, with its account; None when there is none any more."""
    grant_id = session.get(_GRANT)
    if grant_id is None:
        return None
    return Grant.objects.select_related("account").filter(pk=grant_id, account__is_active=True).first()


def bearer_grant(header: str) -> Grant | None:
    """The grant of an `Authorization: Bearer …` header."""
    scheme, _, token = header.partition(" ")
    found = Token.objects.of(token.strip()) if scheme.lower() == "bearer" else None
    return None if found is None else found.grant


def api_actor(request: HttpRequest) -> Actor:
    """Who speaks on the API. A session needs the page's CSRF token for anything but reading.

    Raises:
        NotSignedIn: neither a valid token nor a session.
        FromAnotherPage: a session without the token.
    """
    header = request.headers.get("Authorization")
    grant = bearer_grant(header) if header else session_grant(request.session)
    if grant is None:
        raise NotSignedIn()
    # An empty header is no token: whoever comes in by the session owes the page's token.
    if not header and check_csrf(request) is not None:
        raise FromAnotherPage()
    return grant.actor()


def actor_of(request: HttpRequest, verb: str) -> Actor:
    """The actor of a request on the API, if its role has the verb.

    Raises:
        VerbNotAllowed: the table does not give the verb to the role.
    """
    actor: Actor = request.auth  # type: ignore[attr-defined]  # what `api_actor` gave
    require(actor, verb)
    return actor
