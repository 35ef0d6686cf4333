"""Measure a job beside its peers, all in one run.

fengsui bench nearest [--inputs DIR] [--json]

Inputs are read from --inputs, else from $FENGSUI_BENCH_DATA. Figures of one run compare with each other, not with those
of another machine or hour.
"""

import argparse
import os
from importlib import import_module
from pathlib import Path

from fengsui.bench import JOBS
from fengsui.bench.report import Report
from fengsui.cli.output import progress, show_json, show_table
from fengsui_engine.refusal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("job", choices=sorted(JOBS), help=say("what to measure"))
    parser.add_argument("--inputs", type=Path, metavar="DIR", help=say("folder of input files ($FENGSUI_BENCH_DATA)"))
    parser.add_argument("--json", action="store_true", help=say("as JSON"))


def run(args: argparse.Namespace) -> int:
    """Measure and tell."""
    named = os.environ.get("FENGSUI_BENCH_DATA")
    inputs = args.inputs or (Path(named) if named else None)
    report: Report = import_module(JOBS[args.job]).measure(inputs, progress)
    if args.json:
        show_json(report.as_json())
    else:
        show_table(*report.as_table())
        for line in report.remarks:
            print(line)
    return 0
