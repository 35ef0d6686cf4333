"""Refusals that any face may give, and how every refusal is told."""

from typing import Any

from django.utils.translation import gettext, override
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from fengsui_engine.refusal import Refusal, say


class NoSuchThing(Refusal):
    status = 404
    sentence = say("There is nothing at this address, or it belongs to another area.")


class BodyTooLarge(Refusal):
    status = 413
    sentence = say("The body is larger than %(limit)s bytes. Send less at a time.")


class NotTheRightKind(Refusal):
    status = 415
    sentence = say("The body must be application/json, not %(kind)s.")


class FieldNotUnderstood(Refusal):
    """`known` is there where only some values are taken."""

    status = 422
    sentence = say("%(field)s is not understood (%(why)s). Correct it, or leave it out if it is unknown here.")
    _one_of = say("%(field)s is none of the values known here. Use one of: %(known)s.")

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        if "known" in facts:
            self.sentence = self._one_of


class TimeNotReadable(Refusal):
    status = 422
    sentence = say("%(at)s is not a time that can be read. Write it as 2026-11-24T03:12:05.100Z.")


class MethodNotAllowed(Refusal):
    status = 405
    sentence = say("This address does not take %(method)s.")


class StorageBusy(Refusal):
    status = 503
    sentence = say("The storage is busy and this was not saved. Send it again in a moment.")


class StorageFull(Refusal):
    status = 503
    sentence = say("The disk is full and this was not saved. Make room, then send it again.")


class SomethingBroke(Refusal):
    status = 500
    sentence = say("Something went wrong here and this was not saved. Try again; if it stays, tell the administrator.")


def told(refusal: Refusal) -> dict[str, Any]:
    """The error object of the contract, its sentence in the language of the moment."""
    # A field keeps the name that programs write, even where that is a code with a word of its own.
    said = {key: value if key == "field" else _said(value) for key, value in refusal.facts.items()}
    return {"code": refusal.code, "sentence": gettext(refusal.sentence) % said, "facts": refusal.facts}


# Codes that stand inside sentences, and what people call them.
_CODES = {
    "waiting": say("waiting"),
    "assigned": say("sent"),
    "on_scene": say("on scene"),
    "closed": say("closed"),
    "cancelled": say("cancelled"),
    "off_duty": say("off duty"),
    "available": say("free"),
    "committed": say("on an incident"),
    "out_of_service": say("out of service"),
    "ordered": say("sent"),
    "accepted": say("accepted"),
    "en_route": say("en route"),
    "cleared": say("cleared"),
    "declined": say("declined"),
    "recalled": say("recalled"),
    "state": say("its state"),
    "place": say("its place"),
    "type": say("its type"),
    "priority": say("its priority"),
    "units": say("its units"),
    "key_twice": say("a key occurs twice"),
    "not_a_number": say("NaN and Infinity are not JSON"),
    "number_too_large": say("a number is too large"),
    "not_utf8": say("not UTF-8"),
    "nested_too_deeply": say("nested too deeply"),
    "not_json_text": say("not JSON"),
    "lone_surrogate": say("half a character"),
    "missing": say("it is missing"),
    "extra_forbidden": say("unknown here"),
    "string_type": say("it must be text"),
    "string_too_long": say("it is too long"),
    "string_too_short": say("it is empty or too short"),
    "int_type": say("it must be a whole number"),
    "int_parsing": say("it must be a whole number"),
    "int_from_float": say("it must be a whole number"),
    "float_type": say("it must be a number"),
    "float_parsing": say("it must be a number"),
    "finite_number": say("it must be a number"),
    "too_long": say("it has too many parts"),
    "too_short": say("it has too few parts"),
    "tuple_type": say("it must be a list"),
    "list_type": say("it must be a list"),
    "bool_type": say("it must be true or false"),
    "model_attributes_type": say("it must be an object"),
    "model_type": say("it must be an object"),
    "less_than_equal": say("it is too large"),
    "greater_than_equal": say("it is too small"),
    "literal_error": say("it is none of the values known here"),
    "enum": say("it is none of the values known here"),
    "call_taker": say("call taker"),
    "dispatcher": say("dispatcher"),
    "shift_lead": say("shift lead"),
    "crew": say("crew"),
    "planner": say("planner"),
    "auditor": say("auditor"),
    "administrator": say("administrator"),
}


def _said(value: Any) -> Any:
    """A fact as it stands in a sentence: codes in the reader's words, lists with commas."""
    if isinstance(value, list | tuple):
        return gettext(", ").join(str(_said(item)) for item in value)
    return gettext(_CODES[value]) if isinstance(value, str) and value in _CODES else value


def as_answer(refusal: Refusal, accept_language: str) -> dict[str, Any]:
    """The error object in the language that a header asks for."""
    with override(language_of(accept_language)):
        return told(refusal)


def language_of(accept_language: str, *, default: str = "zh-hans") -> str:
    """The first language of an Accept-Language header that Fengsui speaks."""
    for code, quality in parse_accept_lang_header(accept_language):
        if code == "*":
            break
        if quality == 0:  # "not this one"
            continue
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return default
