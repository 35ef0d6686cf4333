"""How the road engine says no: what happened, then what to do."""

from fengsui_engine.refusal import Refusal, say


class NoSuchFile(Refusal):
    """There is no such file."""

    sentence = say("There is no file %(file)s. Check the name.")
    status = 404


class ExtractNotFound(NoSuchFile):
    """There is no such map extract."""


class RoadFileNotFound(NoSuchFile):
    """There is no such road file."""


class ExtractUnreadable(Refusal):
    """The map extract is damaged, cut short or of another kind."""

    sentence = say("%(file)s cannot be read as a map extract; it may be cut short. Fetch it again. (%(detail)s)")


class ExtractTooLarge(Refusal):
    """The map extract, or what it unpacks to, is more than is taken."""

    sentence = say("%(file)s is too large: %(detail)s. Cut the city out of it first, for example with osmium extract.")
    status = 413


class ExtractHasNoRoads(Refusal):
    """The extract holds no street that a vehicle can drive."""

    sentence = say("%(file)s holds no road that a vehicle can drive. Choose an extract with roads.")


class TooManyTurnBans(Refusal):
    """Obeying the turn bans of this extract would take more room than is given to it."""

    sentence = say(
        "The turn bans make more than %(limit)s %(what)s. Build without --obey-turns, or from a smaller extract."
    )
    status = 413


class GraphUnreadable(Refusal):
    """A DIMACS file breaks its own rules."""

    sentence = say(
        "%(file)s is not a DIMACS graph: %(detail)s. Fetch it again, or check that graph and coordinates match."
    )


class RoadFileUnreadable(Refusal):
    """The road file is damaged, cut short or not a road file at all."""

    sentence = say("%(file)s is not a whole road file: %(detail)s. Build it again with: fengsui roads build")


class RoadFileOfAnotherVersion(Refusal):
    """The road file was written by another version of Fengsui."""

    sentence = say(
        "%(file)s is a road file of version %(version)s; this program reads version %(expected)s."
        " Build it again with: fengsui roads build"
    )


class RoadsInconsistent(Refusal):
    """The arrays of a road network contradict each other."""

    sentence = say("These arrays are not a road network: %(detail)s.")


class CountOutOfRange(Refusal):
    """How many units, or threads, is no number above 0."""

    sentence = say("%(what)s must be at least 1, not %(count)s.")


class NotOnePlace(Refusal):
    """A question about one place is asked of none, or of several."""

    sentence = say("This asks about one place, not %(count)s.")


class FarFromRoad(Refusal):
    """A point lies farther from any road than a crew is assumed to walk."""

    sentence = say(
        "%(lon)s,%(lat)s (%(what)s) is more than %(limit_km)s km from any road of this city."
        " Check the coordinates (longitude first), or use the road file of that place."
    )


class NodeOutsideNetwork(Refusal):
    """A node number that the network does not have."""

    sentence = say("There is no node %(node)s; this network has %(n_nodes)s, counted from 0.")


class EdgeOutsideNetwork(Refusal):
    """An edge number that the network does not have."""

    sentence = say("There is no edge %(edge)s; this network has %(n_edges)s, counted from 0.")


class EdgeSlowedTwice(Refusal):
    """An edge with two speeds."""

    sentence = say("Edge %(edge)s is given two speeds. Give each edge one.")


class SpeedOutOfRange(Refusal):
    """A share of the usual speed that nobody drives."""

    sentence = say("%(speed)s is not a share of the usual speed. Give one for each edge, %(least)s to %(most)s.")


class LimitOutOfRange(Refusal):
    """A time limit that no search can have."""

    sentence = say("%(limit_ms)s is not a time limit. Give whole milliseconds, 0 to %(most)s.")
