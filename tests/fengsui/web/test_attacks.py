"""What a careless or hostile client sends: it is refused with a sentence, and breaks nothing for anybody else."""

from typing import Any

import pytest
from django.test import Client

from control_room import fresh


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
