"""What does a map hold that the road network does not, and why?

One table: whatever is left out is counted under one of these codes, and told in these words. A network keeps the counts
(`RoadNetwork.dropped`), so that a street that somebody misses is not a riddle.
"""

from enum import StrEnum

from fengsui_engine.refusal import say


class Dropped(StrEnum):
    """Why something of the map is not in the network."""

    WAYS_NOT_DRIVEN = "ways_not_driven"
    WAYS_NO_ACCESS = "ways_no_access"
    WAYS_IMPASSABLE = "ways_impassable"
    WAYS_UNDER_CONSTRUCTION = "ways_under_construction"
    WAYS_AREAS = "ways_areas"
    WAYS_FERRIES = "ways_ferries"
    WAYS_REVERSIBLE = "ways_reversible"
    WAYS_REPEATED = "ways_repeated"
    TRACKS_SOFT = "tracks_soft"
    PIECES_CUT_AT_THE_EDGE = "pieces_cut_at_the_edge"
    BARRIERS_NOT_PASSED = "barriers_not_passed"
    NODES_NOT_IN_CORE = "nodes_not_in_core"
    METRES_NOT_IN_CORE = "metres_not_in_core"
    TURN_BANS_READ = "turn_bans_read"
    TURN_BANS_NOT_OBEYED = "turn_bans_not_obeyed"
    TURN_BANS_FOR_OTHERS = "turn_bans_for_others"
    TURN_BANS_WITHOUT_EFFECT = "turn_bans_without_effect"
    TURN_BANS_NOT_UNDERSTOOD = "turn_bans_not_understood"


WORDS: dict[str, str] = {
    Dropped.WAYS_NOT_DRIVEN: say("ways that are not driven: footways, cycleways, steps, squares"),
    Dropped.WAYS_NO_ACCESS: say("ways that are closed to crews"),
    Dropped.WAYS_IMPASSABLE: say("ways that no vehicle gets through"),
    Dropped.WAYS_UNDER_CONSTRUCTION: say("ways that are not built yet, or no more"),
    Dropped.WAYS_AREAS: say("ways that are areas, not lines"),
    Dropped.WAYS_FERRIES: say("ferries"),
    Dropped.WAYS_REVERSIBLE: say("ways whose direction changes by the hour"),
    Dropped.WAYS_REPEATED: say("ways that are in the extract twice"),
    Dropped.TRACKS_SOFT: say("tracks that are not firm"),
    Dropped.PIECES_CUT_AT_THE_EDGE: say("pieces that the edge of the extract cuts off"),
    Dropped.BARRIERS_NOT_PASSED: say("barriers on streets that no crew passes"),
    Dropped.NODES_NOT_IN_CORE: say("points that do not hang together with the rest"),
    Dropped.METRES_NOT_IN_CORE: say("metres of street between those points"),
    Dropped.TURN_BANS_READ: say("turn bans in the extract"),
    Dropped.TURN_BANS_NOT_OBEYED: say("… of these not obeyed, because crews on a call need not"),
    Dropped.TURN_BANS_FOR_OTHERS: say("… of these for others, or for some hours only"),
    Dropped.TURN_BANS_WITHOUT_EFFECT: say("… of these about a street that is not driven or not here"),
    Dropped.TURN_BANS_NOT_UNDERSTOOD: say("… of these not understood"),
}
"""The codes in words, in the order in which they are told."""
