"""Prove the record whole, or show where it ends.

fengsui journal verify --data DIR    follows every entry; a running server is not disturbed
fengsui journal head --data DIR      number and hash of each centre's last entry, to be kept elsewhere

Exit 1 when the record is broken: the first entry that does not hold is named.
"""

import argparse
from pathlib import Path

from fengsui.cli.language import in_words as told
from fengsui.cli.language import translated
from fengsui.cli.output import show_json
from fengsui.journal.verify import Verdict, head, verify
from fengsui_engine.refusal import say

# What is wrong with the entry that is named, for people.
WHY = {
    "hash": say("its text was changed"),
    "columns": say("its columns say something else than its text"),
    "about": say("what it is about is not what its text says"),
    "gap": say("it is missing"),
    "prev": say("it does not follow the entry before"),
    "id": say("its id was changed"),
    "head": say("the head of the centre was changed"),
    "extra": say("there are rows about it, but no entry"),
    "index": say("an index of the database does not lead to it"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("what", choices=["verify", "head"], help=say("prove every entry, or only show the heads"))
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help=say("the installation's data folder"))
    parser.add_argument("--json", action="store_true", help=say("the result as JSON"))


def run(args: argparse.Namespace) -> int:
    """Look, tell, and say by the exit code whether it holds."""
    verdict = verify(args.data) if args.what == "verify" else head(args.data)
    if args.json:
        show_json(verdict.as_json())
    else:
        print(in_words(verdict, is_proof=args.what == "verify"))
    return 0 if verdict.ok else 1


def in_words(verdict: Verdict, *, is_proof: bool) -> str:
    """The verdict for people: one line a centre, then one sentence."""
    lines = [f"{centre} {end['seq']} {end['hash']}" for centre, end in verdict.head.items()]
    if verdict.broken:
        broken = verdict.broken
        sentence = say("The record is broken at %(centre)s %(seq)s: %(why)s.")
        why = translated(WHY[broken.why])
        lines.append(told(sentence, centre=broken.centre, seq=broken.seq, why=why))
    elif is_proof:
        lines.append(told(say("The record is whole: %(n)s entries, each follows the one before."), n=verdict.entries))
    return "\n".join(lines)
