"""Why something cannot be done to a unit."""

from fengsui_engine.refusal import Refusal, say


class NotASettableState(Refusal):
    status = 422
    sentence = say(
        "%(state)s cannot be set by hand. Use available, off_duty or out_of_service; sending a unit commits it."
    )
