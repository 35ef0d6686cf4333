"""May this stand in the journal for ever?

Entries hold ids, codes, numbers and times. Names, numbers and words of people are sealed beside the incident, where
they can be erased. What is refused here is a mistake in the program, found by its tests; it is the second lock, not
the first.
"""

import re
from typing import Any

# A key that asks for personal data, whatever its value. `number` is not here: incidents have numbers.
FORBIDDEN_KEYS = frozenset(
    {
        "address", "birthday", "caller", "comment", "contact", "contact_name", "contact_number", "email", "face",
        "first_name", "full_name", "id_card", "imei", "imsi", "last_name", "licence_plate", "mac", "mobile", "name",
        "note", "notes", "person", "phone", "photo", "place_typed", "place_words", "plate", "remark", "resident",
        "surname", "tel", "telephone", "text", "words",
    }
)  # fmt: skip
# A code, an id, a digest, a time: printable ASCII without blanks. A sentence or a Chinese name is none.
_CODE = re.compile(r"[\x21-\x7e]{0,200}", re.ASCII)
# A mobile number or a citizen's number of the mainland.
_A_PERSON_S_NUMBER = re.compile(r"(?:\+?86)?1[3-9]\d{9}|\d{17}[\dXx]", re.ASCII)
_ACT = re.compile(r"[a-z][a-z_]*(?:\.[a-z][a-z_]*)+", re.ASCII)
_WORD = re.compile(r"[a-z][a-z_]{0,31}", re.ASCII)
_PURPOSE = re.compile(r"[a-z][a-z0-9_.]{0,63}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
_CENTRE = re.compile(r"[A-Z0-9]{1,32}", re.ASCII)


class NotForTheJournal(ValueError):
    """A program tried to write what must not, or cannot, stand in the journal."""


def check_facts(facts: Any, *, under: str = "facts") -> None:
    """Refuse keys that ask for personal data and texts that are not codes, at any depth.

    Raises:
        NotForTheJournal: with the place, never with the value.
    """
    if isinstance(facts, dict):
        for key, value in facts.items():
            if not isinstance(key, str) or not _CODE.fullmatch(key) or key.lower() in FORBIDDEN_KEYS:
                raise NotForTheJournal(f"{under} has a key that asks for personal data or is no code: {key!r}")
            check_facts(value, under=f"{under}.{key}")
    elif isinstance(facts, list | tuple):
        for item in facts:
            check_facts(item, under=f"{under}[]")
    elif isinstance(facts, str):
        check_code(facts, under=under)


def check_code(value: str, *, under: str) -> None:
    """Refuse a text that is not a code."""
    if not _CODE.fullmatch(value) or _A_PERSON_S_NUMBER.fullmatch(value):
        raise NotForTheJournal(f"{under} is a text of a person, not a code, an id or a time")


def check_act(what: str) -> None:
    """`unit.dispatched`: lower-case words with a dot between."""
    _must(_ACT, what, "what")


def check_ref(kind: str, about_id: str) -> None:
    """A kind of thing and its id."""
    _must(_WORD, kind, "kind")
    _must(_ID, about_id, "id")


def check_centre(centre: str) -> None:
    """The code of an area."""
    _must(_CENTRE, centre, "centre")


def check_purpose(purpose: str) -> None:
    """Why personal data were opened, as a code."""
    _must(_PURPOSE, purpose, "purpose")


def _must(form: re.Pattern[str], value: Any, called: str) -> None:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise NotForTheJournal(f"{called} is not written as {form.pattern}: {value!r}")
