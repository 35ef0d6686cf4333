"""JSON that every reader reads alike, in and out."""

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.base.canonical import MAX_DEPTH, NotJson, canonical, strict_loads

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_goes_out_comes_in_again_and_goes_out_the_same(value: Any) -> None:
    text = canonical(value)
    assert strict_loads(text.encode()) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(TEXT, WHOLE, max_size=6))
def test_the_order_in_which_keys_were_put_does_not_show(value: dict[str, int]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_keys_are_sorted_by_utf_16_units__rfc_8785_section_3_2_3() -> None:
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical(value)).values()) == [2, 4, 6, 7, 1, 5, 3]


def test_texts_are_written_as_they_are_and_without_blanks__rfc_8785() -> None:
    assert canonical({"b": ["南环路", '\u20ac\n"\\'], "a": True}) == '{"a":true,"b":["南环路","€\\n\\"\\\\"]}'


@pytest.mark.parametrize("value", [1.0, {"a": [1, {"b": 0.5}]}, (2.0,), math.inf])
def test_a_float_is_refused_at_any_depth(value: Any) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        canonical(value)


def test_a_number_that_others_would_round_is_refused() -> None:
    with pytest.raises(ValueError):
        canonical(2**53 + 1)


def test_a_lone_surrogate_does_not_go_out() -> None:
    with pytest.raises(ValueError):
        canonical("\ud800")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a":1}{"b":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e400}',
        b'{"a":[-1e999]}',
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":"\\ud800"}',
        b'{"a":["\\udc00\\ud800"]}',
        b'{"\\udfff":1}',
        b'{"a":"\xff"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2),
        b"[" * 100_000,
        b"{'a':1}",
    ],
)
def test_what_readers_would_disagree_about_is_not_json_here(body: bytes) -> None:
    with pytest.raises(NotJson) as refused:
        strict_loads(body)
    assert (refused.value.code, refused.value.status) == ("not_json", 400)
    assert refused.value.facts["reason"]


def test_a_pair_of_surrogates_and_deep_but_not_too_deep_is_fine() -> None:
    assert strict_loads(b'"\\ud83d\\ude00"') == "😀"
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert strict_loads(deep) is not None
    assert strict_loads(b'{"a":1.5e3,"b":-0}') == {"a": 1500.0, "b": 0}


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(NotJson):
        json.dumps(strict_loads(body), allow_nan=False).encode()
