"""JSON that two programs read the same way, in and out.

Out: RFC 8785, so that the text of an entry can be hashed. In: what Python's reader lets through and others do not is
refused: lone surrogates, numbers beyond a double, `NaN`, a key twice, a structure nested without end.
"""

import json
import math
from typing import Any, NoReturn

import rfc8785

from fengsui_engine.refusal import Refusal, say

MAX_DEPTH = 32
# Python's reader stops with an error at 4300 digits, where the text is JSON all the same.
_MAX_DIGITS = 4000


class NotJson(Refusal):
    status = 400
    sentence = say("The body is not JSON that can be read without doubt (%(reason)s). Send one JSON object in UTF-8.")


class _Doubtful(ValueError):
    """JSON that two readers may read differently; the text is a code."""


def canonical(value: Any) -> str:
    """The one text of `value` under RFC 8785. Floats are refused: an entry holds whole numbers."""
    _refuse_floats(value)
    return rfc8785.dumps(value).decode()


def strict_loads(text: bytes) -> Any:
    """What `text` says, if every reader would agree on it.

    Raises:
        NotJson: with the reason.
    """
    try:
        value = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except (ValueError, RecursionError) as why:
        raise NotJson(reason=_in_short(why)) from None
    _refuse_deep_or_lone(value, depth=0)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Doubtful("key_twice")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise _Doubtful("not_a_number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Doubtful("number_too_large")
    return number


def _whole(text: str) -> int | str:
    """A whole number; one too long to be read stays the text that came: what needs a number refuses it by its field."""
    return int(text) if len(text) <= _MAX_DIGITS else text


def _in_short(why: Exception) -> str:
    if isinstance(why, _Doubtful):
        return str(why)
    if isinstance(why, UnicodeDecodeError):
        return "not_utf8"
    return "nested_too_deeply" if isinstance(why, RecursionError) else "not_json_text"


def _refuse_deep_or_lone(value: Any, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise NotJson(reason="nested_too_deeply")
    if isinstance(value, str):
        _refuse_lone_surrogate(value)
    elif isinstance(value, list):
        for item in value:
            _refuse_deep_or_lone(item, depth=depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_lone_surrogate(key)
            _refuse_deep_or_lone(item, depth=depth + 1)


def _refuse_lone_surrogate(text: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise NotJson(reason="lone_surrogate")


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"an entry holds whole numbers, not {value!r}")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
