"""Who may do what? The product's one table, turned into a page."""

from html import escape

from fengsui.accounts.who_may import MAY
from from_the_code.catalogue import code_in_chinese
from from_the_code.html_table import code, html_table

# What a verb of the table is, for readers. A verb without a line here stops the build.
MEANS = {
    "read_lists": "see the board, the live stream, lists of incidents",
    "read_incident": "open one incident whole, with the caller's words and contact (leaves an access line)",
    "recommend": "ask for a recommendation",
    "report": "take a report",
    "note": "write a note",
    "relocate": "put an incident at another place",
    "dispatch": "send a unit",
    "set_status": "report a crew's step",
    "recall": "call a unit back",
    "close": "close an incident",
    "cancel": "cancel an incident",
    "reopen": "open an incident again",
    "correct": "correct a time, by a new entry",
    "read_units": "list units",
    "set_unit_state": "bring a unit on or off duty, or out of service",
    "close_street": "close a street, see what would be closed, and open it again",
    "search_places": "search for a place",
    "set_demo_speed": "set how fast the day of the demo goes",
    "read_access_lines": "read who opened what",
    "manage_accounts": "accounts: no page or call uses it",
    "manage_registers": "registers of units and posts: no page or call uses it",
}
OWN = "_own"
YES, ONLY_OWN, NO = "yes", "own", "–"


def verbs() -> list[str]:
    """Every verb that some role has, in the order of MEANS."""
    granted = {verb.removesuffix(OWN) for held in MAY.values() for verb in held}
    unexplained = granted - MEANS.keys()
    if unexplained:
        raise ValueError(f"docs/_ext/roles.py does not say what {sorted(unexplained)} means")
    return [verb for verb in MEANS if verb in granted]


def cell(role: str, verb: str) -> str:
    if verb in MAY[role]:
        return YES
    return ONLY_OWN if verb + OWN in MAY[role] else NO


def table() -> str:
    heads = [f"{code(role)}<br>{escape(code_in_chinese(role))}" for role in MAY]
    rows = [(f"{code(verb)}<br>{escape(MEANS[verb])}", *(cell(role, verb) for role in MAY)) for verb in verbs()]
    return html_table(("verb", *heads), rows, kind="who-may")
