"""Does a value keep to a schema? As much of JSON Schema 2020-12 as the published one uses; an unknown word is a fault.

A library would do more; this does what is needed and refuses to overlook the rest.
"""

import re
from typing import Any

_KINDS = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_WORDS_ABOUT = {"title", "description", "default", "examples", "format", "$ref", "anyOf", "allOf", "type", "required"}
_WORDS = _WORDS_ABOUT | {
    "properties",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
}


def faults(value: Any, schema: Any, document: dict[str, Any], at: str = "$") -> list[str]:
    """What about `value` does not keep to `schema`; empty where it does."""
    if schema is True or schema == {}:
        return []
    if unknown := set(schema) - _WORDS:
        return [f"{at}: the check does not know {sorted(unknown)}"]
    if "$ref" in schema:
        return faults(value, _looked_up(schema["$ref"], document), document, at)
    found = [one for part in schema.get("allOf", []) for one in faults(value, part, document, at)]
    if "anyOf" in schema and all(faults(value, part, document, at) for part in schema["anyOf"]):
        found.append(f"{at}: {value!r} is none of {schema['anyOf']}")
    if "type" in schema and not _KINDS[schema["type"]](value):
        return [*found, f"{at}: {value!r} is no {schema['type']}"]
    return found + _bounds(value, schema, at) + _parts(value, schema, document, at)


def _looked_up(ref: str, document: dict[str, Any]) -> Any:
    found: Any = document
    for step in ref.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _bounds(value: Any, schema: dict[str, Any], at: str) -> list[str]:
    broken = {
        "enum": lambda limit: value not in limit,
        "const": lambda limit: value != limit,
        "minimum": lambda limit: value < limit,
        "maximum": lambda limit: value > limit,
        "minLength": lambda limit: len(value) < limit,
        "maxLength": lambda limit: len(value) > limit,
        "pattern": lambda limit: not re.search(limit, value),
    }
    return [
        f"{at}: {value!r} breaks {word} {schema[word]}"
        for word, is_broken in broken.items()
        if word in schema and is_broken(schema[word])
    ]


def _parts(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str) -> list[str]:
    found: list[str] = []
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            found += faults(item, schema["items"], document, f"{at}[{i}]")
    if isinstance(value, dict):
        properties, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            if name in properties:
                found += faults(item, properties[name], document, f"{at}.{name}")
            elif rest is False or (properties and rest is True):
                found.append(f"{at}: {name} is not told of")
            elif isinstance(rest, dict):
                found += faults(item, rest, document, f"{at}.{name}")
    return found
