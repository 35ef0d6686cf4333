"""Why a street cannot be closed as it was asked for."""

from fengsui_engine.refusal import Refusal, say


class NoPath(Refusal):
    status = 409
    sentence = say("No street leads from the one point to the other. Choose two points on one street, or along a way.")


class PathTooLong(Refusal):
    status = 422
    sentence = say(
        "The shortest way between the two points is %(metres)s m long; at most %(limit)s m are closed between points"
        " that lie like these. Choose them nearer to each other, on the street that is closed."
    )


class UntilHasPassed(Refusal):
    status = 422
    sentence = say("%(until)s has passed already. Choose a later time, or leave it open.")
