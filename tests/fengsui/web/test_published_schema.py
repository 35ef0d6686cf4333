"""The published schema: OpenAPI 3.1, whole, and what the contract names is in it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from api_door import BASE, openapi
from fengsui.live import stream
from fengsui.live.frames import EVENTS
from json_schema import faults

# call, success, fields of the answer, as the contract writes them
CONTRACT = [
    ("POST", "/reports", "201", {"receipt", "incident", "number"}),
    ("POST", "/reports", "200", {"receipt", "incident", "number"}),
    ("GET", "/incidents", "200", {"items", "next"}),
    (
        "GET",
        "/incidents/{incident_id}",
        "200",
        {"id", "number", "type", "priority", "state", "place", "lon", "lat", "doubt", "received_at", "version"}
        | {"assignments", "place_words", "words", "contact", "timeline", "reports"},
    ),
    ("GET", "/incidents/{incident_id}/recommendation", "200", {"id", "roads", "units", "not", "doubt"}),
    ("POST", "/incidents/{incident_id}/assignments", "201", {"id", "incident", "unit", "status", "version"}),
    ("POST", "/assignments/{assignment_id}/status", "200", {"id", "incident", "unit", "status", "version"}),
    ("POST", "/assignments/{assignment_id}/recall", "200", {"id", "incident", "unit", "status", "version"}),
    ("POST", "/incidents/{incident_id}/closing", "200", {"id", "state", "version"}),
    ("POST", "/incidents/{incident_id}/cancelling", "200", {"id", "state", "version"}),
    ("POST", "/incidents/{incident_id}/reopening", "200", {"id", "state", "version"}),
    ("POST", "/incidents/{incident_id}/relocation", "200", {"id", "state", "version"}),
    ("POST", "/incidents/{incident_id}/notes", "201", {"id", "version"}),
    ("POST", "/incidents/{incident_id}/correction", "201", {"id", "version"}),
    ("GET", "/dispositions", "200", {"items", "next"}),
    ("GET", "/units", "200", {"items", "next"}),
    (
        "POST",
        "/units/{callsign}/state",
        "200",
        {"callsign", "state", "kind", "lon", "lat", "position_at", "centre", "version"},
    ),
    ("GET", "/board", "200", {"last", "incidents", "units"}),
]


def test_it_is_open_to_programs_and_of_version_3_1(db: None) -> None:
    answer = Client().get(f"{BASE}/openapi.json")
    told = json.loads(answer.content)
    assert answer.status_code == 200
    assert told["openapi"].startswith("3.1.")
    assert told == openapi()


def schema_of(method: str, path: str, status: str) -> dict[str, Any]:
    answer = openapi()["paths"][BASE + path][method.lower()]["responses"][status]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    while "$ref" in schema:
        schema = openapi()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


@pytest.mark.parametrize(("method", "path", "status", "fields"), CONTRACT)
def test_what_the_contract_names_is_promised(method: str, path: str, status: str, fields: set[str]) -> None:
    schema = schema_of(method, path, status)
    assert fields <= set(schema["properties"])
    assert fields <= set(schema["required"])


def test_the_live_stream_is_described_with_every_event_that_it_sends() -> None:
    told = openapi()["paths"][f"{BASE}/live"]["get"]
    assert {(one["name"], one["in"]) for one in told["parameters"]} == {
        ("centre", "query"),
        ("after", "query"),
        ("Last-Event-ID", "header"),
    }
    assert set(told["responses"]["200"]["content"]) == {"text/event-stream"}
    sources = Path(stream.__file__).parent.glob("*.py")
    sent = {event for source in sources for event in re.findall(r'\bframe\("(\w+)"', source.read_text())}
    assert sent == set(EVENTS) >= {"entry", "position", "cursor", "health", "resync"}
    assert all(f"`{event}`" in told["description"] for event in sent)


def test_every_body_refuses_unknown_fields() -> None:
    taken = [
        methods["post"]["requestBody"]["content"]["application/json"]["schema"]
        for methods in openapi()["paths"].values()
        if "requestBody" in methods.get("post", {})
    ]
    names = {
        part["$ref"].rpartition("/")[2] for schema in taken for part in schema.get("anyOf", [schema]) if "$ref" in part
    }
    assert len(names) == 13
    for name in names:
        assert openapi()["components"]["schemas"][name]["additionalProperties"] is False, name


def test_every_operation_says_what_it_does_or_is_named_for_it() -> None:
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["operationId"], (method, path)


def test_the_check_of_answers_can_fail() -> None:
    """The little validator that holds every answer of these tests against the schema is itself tried."""
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "integer", "minimum": 1}, "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    }
    assert faults({"a": 1, "b": None}, schema, {}) == []
    for wrong in ({}, {"a": 0}, {"a": "1"}, {"a": True}, {"a": 1, "b": 2}, {"a": 1, "c": 1}, [], None):
        assert faults(wrong, schema, {}), wrong
    assert faults([1, "x"], {"type": "array", "items": {"type": "integer"}}, {})
    assert faults("x", {"oneOf": []}, {}) == ["$: the check does not know ['oneOf']"]
