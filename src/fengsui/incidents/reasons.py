"""The engine's reasons, said in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from fengsui_engine.dispatching.reasons import Reason
from fengsui_engine.refusal import say

_SENTENCES = {
    "nearest": say("Nearest by road"),
    "slower": say("%(seconds)s s after the first"),
    "hardly_slower": say("Less than a second after the first"),
    "as_near": say("As soon as the first; ordered by call sign"),
    "position_old": say("Position %(seconds)s s old"),
    "off_road": say("%(metres)s m from the nearest road"),
    "on_it": say("Sent here already"),
    "committed": say("On another incident"),
    "off_duty": say("Off duty"),
    "out_of_service": say("Out of service"),
    "no_position": say("No position known"),
    "far_from_roads": say("Position is far from any road"),
    "no_way": say("No way by road"),
    "beyond": say("Free, but farther than the others"),
    "as_near_as_last": say("Free and as fast as the last proposed; behind by call sign"),
    "farther": say("Free, but farther: %(seconds)s s by road"),
}


def told(reasons: list[Reason]) -> list[dict[str, Any]]:
    """Reasons as {code, sentence, …facts}."""
    sentences = (_SENTENCES[reason["code"]] for reason in reasons)
    return [reason | {"sentence": _(sentence) % reason} for reason, sentence in zip(reasons, sentences, strict=True)]
