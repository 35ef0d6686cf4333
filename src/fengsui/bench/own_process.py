"""How does one program not disturb the next? Each runs in a process of its own, on the same road file."""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from fengsui_engine.roads import RoadNetwork

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Alone:
    """Runs jobs one after the other, each in a new process that maps the same file."""

    kept: Path

    def run(
        self, job: Callable[Concatenate[RoadNetwork, Given], Answer], *given: Given.args, **named: Given.kwargs
    ) -> Answer:
        """What the job answers; it stands at the top of its module, and is given the network first."""
        return in_new_process(_with_roads, job, self.kept, given, named)


def in_new_process(job: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer:
    """What a job answers in a process that did nothing before; one that is killed is an error, not a wait."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        return child.submit(job, *given, **named).result()


@contextmanager
def kept_for_all(roads: RoadNetwork) -> Iterator[Alone]:
    """The network as a file, as long as jobs run."""
    with tempfile.TemporaryDirectory(prefix="fengsui-bench-") as folder:
        kept = Path(folder) / "measured.roads"
        roads.save(kept)
        yield Alone(kept)


def _with_roads(job: Callable[..., Answer], kept: Path, given: tuple[object, ...], named: dict[str, object]) -> Answer:
    return job(RoadNetwork.open(kept), *given, **named)
