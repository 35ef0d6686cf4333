"""Open a running city: made-up streets, or real ones from an extract, with crews that drive and callers that call.

Everything of it is kept in one folder; started again, it carries on where it stopped. `--speed` changes the generator
only: the server's clock is real. `--calls-per-day 0` is a quiet city for checks: nobody calls, no crew answers by
itself.
"""

import argparse
from pathlib import Path

from fengsui.cli.arguments import port, positive_number, whole_number, zero_or_more
from fengsui.cli.output import progress
from fengsui_engine.refusal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("fengsui-demo"), metavar="DIR", help=say("the demo's folder"))
    parser.add_argument("--reset", action="store_true", help=say("start over: delete what the folder holds"))
    parser.add_argument("--port", type=port, default=8000)
    parser.add_argument(
        "--osm", type=Path, metavar="EXTRACT", help=say("real streets: .osm.pbf, .osm.gz, .osm.bz2 or .osm")
    )
    parser.add_argument("--seed", type=whole_number, default=1)
    parser.add_argument("--speed", type=positive_number, default=1.0, help=say("how fast calls come and crews move"))
    parser.add_argument("--calls-per-day", type=zero_or_more, default=900.0, metavar="N")
    parser.add_argument(
        "--credentials", type=Path, metavar="FILE", help=say("write addresses, tokens and passwords there (0600)")
    )


def run(args: argparse.Namespace) -> int:
    from fengsui.demo.start import Asked, run_demo

    asked = Asked(
        folder=args.data.absolute(),
        port=args.port,
        osm=args.osm,
        seed=args.seed,
        speed=args.speed,
        calls_per_day=args.calls_per_day,
        credentials=args.credentials,
        is_reset=args.reset,
    )
    return run_demo(asked, progress)
