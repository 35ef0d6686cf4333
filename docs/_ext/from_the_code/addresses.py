"""At which addresses does the interface answer? Read from the same description that programs load."""

from html import escape
from typing import Any

from fengsui.web.api import api
from from_the_code.html_table import code, html_table

METHODS = ("get", "post", "put", "patch", "delete")


def description() -> dict[str, Any]:
    """The OpenAPI document."""
    told: dict[str, Any] = api.get_openapi_schema()
    return told


def every_address() -> list[tuple[str, str, str]]:
    """(method, path, what it does) in the order in which the interface names them."""
    return [
        (method.upper(), path, _said(operation))
        for path, operations in description()["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    ]


def table() -> str:
    rows = [(code(method), code(path), escape(said)) for method, path, said in every_address()]
    return html_table(("method", "address", "what it does"), rows, kind="addresses")


def _said(operation: dict[str, Any]) -> str:
    """The operation's own first line, or its name."""
    described = str(operation.get("description") or operation.get("summary", ""))
    return described.strip().split("\n")[0]
