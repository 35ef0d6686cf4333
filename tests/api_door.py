"""The API as a program meets it: a token, JSON, and every answer held against the published schema."""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.test import Client

from json_schema import faults

BASE = "/api/v1"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str | None:
        """The stable code of a refusal."""
        return self.body.get("code") if isinstance(self.body, dict) else None

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.body["facts"])

    def __getitem__(self, key: str) -> Any:
        return self.body[key]


class Door:
    """Asks as the holder of `token`, in `language`."""

    def __init__(self, token: str | None, *, language: str = "en") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {token}"} if token else {})

    def get(self, path: str, **query: Any) -> Answer:
        return self._told("GET", path, self.client.get(BASE + path, query, headers=self.headers))

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        """Send `body` as JSON, or `raw` bytes as `kind`."""
        raw = options.get("raw", json.dumps({} if body is None else body, allow_nan=False).encode())
        kind = options.get("kind", "application/json")
        return self._told(
            "POST", path, self.client.post(BASE + path, data=raw, content_type=kind, headers=self.headers)
        )

    def delete(self, path: str) -> Answer:
        return self._told("DELETE", path, self.client.delete(BASE + path, headers=self.headers))

    def _told(self, method: str, path: str, response: Any) -> Answer:
        body = json.loads(response.content) if response.content else None
        answer = Answer(response.status_code, body, response.headers)
        _hold_against_schema(method, path, answer)
        return answer


def _hold_against_schema(method: str, path: str, answer: Answer) -> None:
    if answer.status >= 400:
        assert set(answer.body) == {"code", "sentence", "facts"}, answer
        assert re.fullmatch(r"[a-z][a-z_]*", answer.body["code"])
        assert answer.body["sentence"]
        assert isinstance(answer.body["facts"], dict)
        return
    if path == "/openapi.json":
        return
    promised = operation(method, path)["responses"]
    assert str(answer.status) in promised, f"{method} {path} answered {answer.status}, which is not in the schema"
    schema = promised[str(answer.status)]["content"]["application/json"]["schema"]
    assert not (found := faults(answer.body, schema, openapi())), f"{method} {path}: {found}"


@cache
def openapi() -> dict[str, Any]:
    from fengsui.web.api import api

    return dict(json.loads(json.dumps(api.get_openapi_schema(path_prefix=f"{BASE}/"))))


def operation(method: str, path: str) -> dict[str, Any]:
    """The published operation that answers `path`."""
    for template, operations in openapi()["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template.removeprefix(BASE)))
        if re.fullmatch(pattern, path.partition("?")[0]) and method.lower() in operations:
            return dict(operations[method.lower()])
    raise AssertionError(f"{method} {path} is not in the schema")
