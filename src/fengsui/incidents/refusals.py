"""Why something cannot be done to an incident, in the order in which the contract tells them."""

from typing import Any

from fengsui_engine.refusal import Refusal, say


class UnitNotFree(Refusal):
    """`incident` and `number` are of the one that has the unit; null where there is none that the reader may see."""

    status = 409
    sentence = say("%(unit)s cannot be sent now (%(state)s). Choose a free unit, or release it first.")
    _sent = say("%(unit)s has already been sent to %(number)s by %(sender)s. Choose the next unit, or ask for it.")

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        if facts.get("incident"):
            self.sentence = self._sent


class UnitOfAnotherCentre(Refusal):
    """Each centre's board follows its own journal: a unit lent across would change on a board that hears nothing."""

    status = 422
    sentence = say("%(unit)s belongs to %(centre)s. Choose a unit of this centre, or ask that centre to send it.")


class ChangedMeanwhile(Refusal):
    """`changed` is empty where the version that was sent lies ahead of the incident's own."""

    status = 409
    sentence = say("The incident changed since you saw it (%(changed)s). Look at it as it is now, then decide again.")
    _ahead = say("The incident is only at version %(version)s here. Load it again, then decide.")

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        if not facts.get("changed"):
            self.sentence = self._ahead


class UnknownType(Refusal):
    status = 422
    sentence = say("%(type)s is not a type of incident here. Use one of: %(known)s.")


class UnknownDisposition(Refusal):
    status = 422
    sentence = say("%(disposition)s is not a disposition here. Choose one from the list of dispositions.")


class TimeInTheFuture(Refusal):
    status = 422
    sentence = say("This time is still to come, so it cannot be when it happened. Check the date and the time.")


class TimeBeforeOrder(Refusal):
    status = 422
    sentence = say("This time lies before the order that it answers. Check the date and the time.")


class NoSuchTime(Refusal):
    status = 422
    sentence = say("Entry %(seq)s of this incident has no time of its own that could be corrected.")


class PinNotReadable(Refusal):
    status = 422
    sentence = say(
        "The new place needs longitude and latitude on the earth, or a place in words. Click on the map, or write it."
    )
