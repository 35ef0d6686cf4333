"""Why something cannot be done to a unit, or why there is none."""

from fengsui_engine.refusal import Refusal, say


class NoSuchUnit(Refusal):
    status = 404
    sentence = say("There is no unit %(unit)s here. Choose one from the board.")


class NotASettableState(Refusal):
    status = 422
    sentence = say(
        "%(state)s cannot be set by hand. Use available, off_duty or out_of_service; sending a unit commits it."
    )
