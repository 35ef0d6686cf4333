"""How a command speaks: results to stdout, everything else to stderr, refusals in the reader's language."""

import gettext
import json
import os
import sys
from pathlib import Path

from fengsui_engine.refusal import Refusal

_CATALOGUES = Path(__file__).parent.parent / "locale"


def progress(words: str) -> None:
    """One line about what is going on."""
    print(words, file=sys.stderr, flush=True)


def tell_refusal(refusal: Refusal, *, as_json: bool) -> None:
    """What happened and what to do; with `as_json` the error object of the contract."""
    sentence = translated(refusal.sentence) % refusal.facts
    if as_json:
        error = {"code": refusal.code, "sentence": sentence, "facts": refusal.facts}
        print(json.dumps(error, ensure_ascii=False, default=str), file=sys.stderr)
    else:
        print(f"{sentence} ({refusal.code})", file=sys.stderr)


def translated(sentence: str) -> str:
    """The sentence in the language of the terminal: Chinese or English."""
    languages = ["zh_Hans"] if is_chinese() else []
    return gettext.translation("django", _CATALOGUES, languages, fallback=True).gettext(sentence)


def is_chinese() -> bool:
    """Whether LANGUAGE, LC_ALL, LC_MESSAGES or LANG, the first that is set, asks for Chinese."""
    asked = next(
        (os.environ[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return asked.startswith("zh")
