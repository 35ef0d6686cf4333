"""Draw a made-up city: `python -m fengsui.demo.city --seed 1 -o FILE`."""

import argparse
import sys
import time
from pathlib import Path

from fengsui.demo.city import build_city, write_extract


def show(fraction: float, words: str) -> None:
    """One line of progress on standard error."""
    print(f"\r{fraction:4.0%} {words:<30}", end="", file=sys.stderr, flush=True)


def whole(text: str) -> int:
    """A seed: a whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("write a whole number from 0")
    return int(text)


def main() -> int:
    """Draw the city of a seed and write its extract."""
    parser = argparse.ArgumentParser(prog="python -m fengsui.demo.city", description=__doc__)
    parser.add_argument("--seed", type=whole, default=1, help="the same seed gives the same bytes")
    parser.add_argument("-o", "--output", type=Path, required=True, help="file to write, .osm.pbf")
    arguments = parser.parse_args()
    started = time.perf_counter()
    city = build_city(arguments.seed, progress=show)
    write_extract(city, arguments.output)
    seconds = time.perf_counter() - started
    print(file=sys.stderr)
    print(f"seed {arguments.seed}: {arguments.output}, {arguments.output.stat().st_size} bytes, {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
