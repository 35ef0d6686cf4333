"""What does an entry look like as text, and what is its hash?

One form for the writer, the reader and `verify`; no Django, no clock. The text is canonical JSON (RFC 8785) with the
keys

    about   [{"id", "kind"}]
    at      microseconds since 1970, UTC
    by      {"id", "role"}
    centre  the centre's code
    facts   codes, numbers, ids, times
    prev    hash of the entry before; FIRST_PREV at number 1
    seq     1, 2, 3 …
    v       version of the facts' shape
    what    the act, "unit.dispatched"

and its hash is SHA-256 over exactly these bytes in UTF-8, written in hexadecimal.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from fengsui.base.canonical import canonical

FIRST_PREV = "0" * 64

# The text of an entry as a regular expression; `facts` is whatever stands between `centre` and `prev`. No string can be
# taken for a key, because a quotation mark inside a string is escaped.
ENTRY_TEXT = (
    r'\{"about":\[(?P<about>.*?)\],"at":(?P<at>-?\d+),"by":\{.*?\},"centre":"(?P<centre>[A-Z0-9]+)","facts":\{.*\},'
    r'"prev":"(?P<prev>[0-9a-f]{64})","seq":(?P<seq>\d+),"v":(?P<v>\d+),"what":"(?P<what>[a-z_.]+)"\}'
)

Ref = tuple[str, str]
"""What an entry is about: (kind, id)."""


def entry_text(*, about: str, at: int, by: str, centre: str, facts: str, prev: str, seq: int, v: int, what: str) -> str:
    """The canonical text of an entry whose `about`, `by` and `facts` are canonical JSON already.

    The keys stand here in the order that RFC 8785 sorts them into; codes, hashes and names of acts need no escaping.
    """
    return (
        f'{{"about":{about},"at":{at},"by":{by},"centre":"{centre}","facts":{facts},'
        f'"prev":"{prev}","seq":{seq},"v":{v},"what":"{what}"}}'
    )


def about_text(about: Sequence[Ref]) -> str:
    return canonical([{"id": about_id, "kind": kind} for kind, about_id in about])


def facts_text(facts: dict[str, Any]) -> str:
    return canonical(facts)


def by_text(actor_id: str, role: str) -> str:
    return canonical({"id": actor_id, "role": role})


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
