"""How a command speaks: results to stdout, everything else to stderr."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from errno import EISDIR, ENOENT
from pathlib import Path
from typing import Any

from fengsui.cli.language import in_words, told, translated
from fengsui_engine.refusal import Refusal


def insist_on_folder(path: Path) -> None:
    """There is a folder that `path` can be written into, known before the work is done.

    Raises:
        FileNotFoundError, IsADirectoryError: there is none, or `path` is a folder itself.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), str(path.parent))
    if not path.name or path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))


def progress(sentence: str, *, share: float | None = None, **facts: Any) -> None:
    """Say on stderr what is being done: a marked sentence with its facts, and how much of the work lies behind."""
    said = in_words(sentence, **facts)
    _say(said if share is None else f"{share:4.0%} {said}")


def show_json(result: Mapping[str, Any]) -> None:
    """The result for programs: one line of JSON."""
    print(json.dumps(result, ensure_ascii=False, allow_nan=False))


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The result for people: columns under marked heads, the first flush left and the others flush right."""
    heads = [translated(head) for head in heads]
    widths = [max(_width(line[i]) for line in (heads, *rows)) for i in range(len(heads))]
    for line in (heads, *rows):
        cells = [_padded(cell, width, is_left=i == 0) for i, (cell, width) in enumerate(zip(line, widths, strict=True))]
        print("  ".join(cells).rstrip())


def show_facts(facts: Sequence[tuple[str, str]]) -> None:
    """The result for people: one fact a line, its marked name first."""
    named = [(translated(name), value) for name, value in facts]
    width = max(_width(name) for name, _ in named)
    for name, value in named:
        print(f"{_padded(name, width, is_left=True)}  {value}")


def tell_refusal(refusal: Refusal, *, as_json: bool) -> None:
    """Why something is not done, on stderr."""
    if as_json:
        tell_error(refusal.code, told(refusal), refusal.facts)
    else:
        _say(told(refusal))


def tell_misuse(usage: str, sentence: str, *, as_json: bool) -> None:
    """How a command is typed, on stderr."""
    if as_json:
        tell_error("misused", sentence, {})
    else:
        _say(f"{usage.rstrip()}\n{sentence}".rstrip())


def tell_error(code: str, sentence: str, facts: Mapping[str, Any]) -> None:
    """The error object of the contract, on stderr."""
    told = {"code": code, "sentence": sentence, "facts": dict(facts)}
    print(json.dumps(told, ensure_ascii=False, default=str), file=sys.stderr, flush=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _width(text: str) -> int:
    """Columns on a screen; a Chinese character takes two."""
    return sum(2 if "\u1100" <= letter <= "\uffdc" else 1 for letter in text)


def _padded(text: str, width: int, *, is_left: bool) -> str:
    room = " " * (width - _width(text))
    return text + room if is_left else room + text
