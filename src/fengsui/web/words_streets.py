"""The sentences of closing streets on the desk, and the reasons that are offered. `words.py` takes the sentences in."""

from django.utils import translation
from django.utils.translation import gettext

from fengsui_engine.refusal import say

WORDS_STREETS: dict[str, str] = {
    "cmd.street": say("Close a street"),
    "cmd.closures": say("Closed streets"),
    "cmd.undo": say("Undo"),
    "said.lifted": say("Open to traffic again"),
    # Over the map
    "streets.closed": say("Closed %(n)s"),
    "streets.lost": say("%(n)s not whole"),
    "streets.made": say("Closed: %(streets)s, %(metres)s, %(until)s"),
    # The form
    "closing.title": say("Close a street"),
    "closing.start": say("1 · From"),
    "closing.end": say("2 · To"),
    "closing.place_hint": say("Click the map, or type a crossing"),
    "closing.start_none": say("Not set yet"),
    "closing.end_none": say("Not set yet"),
    "place.not_found": say("No such place. Try other words, or click the map."),
    "closing.hint_start": say("Set where it begins, then where it ends."),
    "closing.hint_end": say("Now set where it ends."),
    "closing.asking": say("Looking for the path…"),
    "closing.nameless": say("Streets without a name"),
    "closing.already": say("%(n)s of %(of)s parts are closed already"),
    "closing.ways": say("Direction"),
    "closing.both": say("Both ways"),
    "closing.one": say("One way"),
    "closing.until": say("For how long"),
    "closing.for.30": say("30 min"),
    "closing.for.60": say("1 h"),
    "closing.for.120": say("2 h"),
    "closing.for.0": say("until lifted"),
    "closing.time": say("Until"),
    "closing.no_time": say("That is no time of day. Write it like 14:30, or leave it empty."),
    "closing.reason": say("Reason"),
    "closing.do": say("Close it"),
    "closing.back": say("Back"),
    "closing.aim_start": say("Click where it begins"),
    "closing.aim_end": say("Click where it ends"),
    "closing.aim_move": say("Click again to move the end"),
    "closing.mark_start": say("From"),
    "closing.mark_end": say("To"),
    # The list
    "closures.title": say("Closed streets"),
    "closures.n": say("%(n)s in force"),
    "closures.none": say("No street is closed. C closes one."),
    "closures.none_read": say("No street is closed."),
    "closures.one_way": say("one way"),
    "closures.until": say("until %(time)s"),
    "closures.since": say("closed %(time)s"),
    "closures.lift": say("Open again"),
    "closures.again": say("Close again"),
    "closures.who_may": say("A dispatcher or the shift lead can open it again."),
    "closures.lost_do": say(
        "The present road file does not have all of these streets: part of them may be open."
        " Close them again, or open them."
    ),
    "closures.lost_said": say(
        "A closed street is not closed whole on the new road file. L lists it: close it again, or open it."
    ),
}

# Offered, not asked for: a reason is free words.
REASONS: dict[str, str] = {
    "works": say("Road works"),
    "accident": say("Accident"),
    "water": say("Flooded"),
    "event": say("Public event"),
    "slide": say("Landslide"),
}


def closure_reasons() -> list[dict[str, str]]:
    """The offered reasons in both languages: what one desk wrote in Chinese, another reads in English."""
    with translation.override("zh-hans"):
        chinese = {code: gettext(sentence) for code, sentence in REASONS.items()}
    return [{"code": code, "zh": chinese[code], "en": english} for code, english in REASONS.items()]
