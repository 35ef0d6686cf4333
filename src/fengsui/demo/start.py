"""Opening the demo: a folder with everything in it, made once, carried on with after that."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from fengsui_engine.refusal import Refusal, say

if TYPE_CHECKING:
    from socket import socket

    from fengsui.demo.areas import Plan

Progress = Callable[..., None]
# What the demo puts into its folder, and so may take out again, drafts and the database's companions included. Nothing
# of a person's goes: not an extract that lies beside, nor a file whose name only begins alike.
_ITS_OWN = re.compile(
    r"(fengsui|keys)\.sqlite3(-wal|-shm|-journal)?|city\.(next\.)?(roads|map)(\.[\d.]*part)?|ground\.lock|shuoquan-\d+\.osm\.pbf"
    r"|\.?(demo|credentials)\.json(\.new)?|secret\.key|lock"
)
_FORMAT = 3


class DemoFolderInUse(Refusal):
    status = 409
    sentence = say("A demo is already running in %(folder)s. Stop it first, or give another folder with --data.")


class DemoFolderOfAnotherCity(Refusal):
    status = 409
    sentence = say(
        "%(folder)s holds another city (%(there)s, not %(asked)s). Give another with --data, or --reset to start over."
    )


class DemoFolderOfAnotherVersion(Refusal):
    status = 409
    sentence = say(
        "%(folder)s was made by another version of Fengsui. Start over with --reset, or give another with --data."
    )


class NotADemoFolder(Refusal):
    status = 409
    sentence = say("%(folder)s holds files that are not a demo's. Give an empty folder with --data.")


class DemoFolderBroken(Refusal):
    status = 409
    sentence = say(
        "%(file)s in %(folder)s is missing or damaged. Start over with --reset, or give another with --data."
    )


class PortTaken(Refusal):
    status = 409
    sentence = say("Port %(port)s is taken. Stop what listens there, or choose another with --port.")


@dataclass(frozen=True)
class Asked:
    """The command line of `fengsui demo`."""

    folder: Path
    port: int = 8000
    osm: Path | None = None
    seed: int = 1
    speed: float = 1.0
    calls_per_day: float = 900.0
    credentials: Path | None = None
    is_reset: bool = False


def run_demo(asked: Asked, progress: Progress) -> int:
    """Make or open the folder, then serve until told to stop."""
    os.umask(0o077)  # keys, passwords and people's words are read by whoever runs this, and by nobody else
    lock = _hold(asked.folder)
    if asked.is_reset:
        _empty(asked.folder)
    _require_same_city(asked)
    os.environ |= {
        "FENGSUI_DATA": str(asked.folder),
        "FENGSUI_DEMO": "true",
        "DJANGO_SETTINGS_MODULE": "fengsui.settings",
    }
    bound = _listening(asked.port)
    is_new = not (asked.folder / "demo.json").exists()
    compiling = _compile_beside() if is_new else None
    if is_new:
        _lay_ground(asked, progress)
    _set_up(asked.folder)
    told = _fill(asked, progress) if is_new else _carry_on(asked)
    _tell(asked, told)
    _generate(asked)
    _warm_after(compiling)
    progress(say("Fengsui is at %(url)s (stop with Ctrl-C)"), url=f"http://127.0.0.1:{asked.port}")
    _serve(bound)
    kept = say("The city is kept in %(folder)s. Start it again in the same way, and it carries on from here.")
    progress(kept, folder=asked.folder)
    lock.close()
    return 0


def _hold(folder: Path) -> IO[str]:
    folder.mkdir(parents=True, exist_ok=True)
    held = [path for path in folder.iterdir() if _is_ours(path) or not path.name.startswith(".")]
    # The lock is the first thing that a demo makes: what lies there without one is somebody else's.
    is_strange = not all(map(_is_ours, held)) or (bool(held) and not (folder / "lock").exists())
    if is_strange and not (folder / "demo.json").exists():
        raise NotADemoFolder(folder=str(folder))
    lock = (folder / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise DemoFolderInUse(folder=str(folder)) from None
    return lock


def _is_ours(path: Path) -> bool:
    return _ITS_OWN.fullmatch(path.name) is not None


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != "lock" and _is_ours(path):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _identity(asked: Asked) -> str:
    """What the city is made from: the extract's bytes, or the seed."""
    if asked.osm is None:
        return f"seed {asked.seed}"
    if not asked.osm.exists():
        from fengsui_engine.roads import ExtractNotFound

        raise ExtractNotFound(file=str(asked.osm))
    with asked.osm.open("rb") as opened:
        digest = sha256(opened.read(64 * 1024 * 1024)).hexdigest()[:12]
    return f"{asked.osm.name} {digest}"


def _require_same_city(asked: Asked) -> None:
    kept = asked.folder / "demo.json"
    if not kept.exists():
        # Nothing, or a first start that was broken off: begin again from nothing.
        _empty(asked.folder)
        return
    told = _kept(kept, "identity")
    if told.get("format") != _FORMAT:
        raise DemoFolderOfAnotherVersion(folder=str(asked.folder))
    there = told["identity"]
    if there != _identity(asked):
        raise DemoFolderOfAnotherCity(folder=str(asked.folder), there=there, asked=_identity(asked))
    for name in ("fengsui.sqlite3", "keys.sqlite3"):
        if not (asked.folder / name).exists():  # a new and empty one would pass for the city that was here
            raise DemoFolderBroken(file=name, folder=str(asked.folder))


def _kept(path: Path, key: str) -> dict[str, Any]:
    """The object in one of the folder's JSON files, which has `key`."""
    try:
        told = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        told = None
    if not isinstance(told, dict) or key not in told:
        raise DemoFolderBroken(file=path.name, folder=str(path.parent))
    return told


def _listening(port: int) -> socket:
    from fengsui.web.server import listening

    try:
        return listening("127.0.0.1", port)
    except OSError:
        raise PortTaken(port=port) from None


def _lay_ground(asked: Asked, progress: Progress) -> None:
    from fengsui.demo.ground import made_up_extract
    from fengsui.places.ground import lay_ground

    extract = asked.osm or made_up_extract(asked.seed, asked.folder, progress)
    lay_ground(extract, asked.folder / "city.roads", progress)


def _compile_beside() -> subprocess.Popen[bytes]:
    """Compile the kernels on the other core while the ground is laid; they are kept for every later start."""
    compiling = "from fengsui_engine.roads import warm_up; warm_up()"
    return subprocess.Popen([sys.executable, "-c", compiling], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603


def _warm_after(compiling: subprocess.Popen[bytes] | None) -> None:
    from fengsui.web.warmth import warmth

    if compiling is not None:
        warmth.waits_for = compiling.wait


def _set_up(folder: Path) -> None:
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, OperationalError

    django.setup()
    for database, name in (("default", "fengsui.sqlite3"), ("keys", "keys.sqlite3")):
        try:
            call_command("migrate", database=database, verbosity=0, interactive=False)
        except OperationalError:
            raise  # a full disk, a lock: the file may well be whole
        except DatabaseError:
            raise DemoFolderBroken(file=name, folder=str(folder)) from None


def _plan(asked: Asked) -> Plan:
    from fengsui.demo.areas import MADE_UP, REAL_STREETS

    return MADE_UP if asked.osm is None else REAL_STREETS


def _fill(asked: Asked, progress: Progress) -> dict[str, Any]:
    """Areas, force and people, in one commit; `demo.json` last: without it the folder is made again."""
    import numpy as np
    from django.db import transaction

    from fengsui.base import clock
    from fengsui.demo.areas import make_areas
    from fengsui.demo.fleet import make_force
    from fengsui.demo.people import make_people, write_private
    from fengsui.places.city import city

    progress(say("calling the crews on duty"))
    here, plan, now = city(), _plan(asked), clock.now()
    with transaction.atomic():
        make_areas(plan)
        make_force(here.roads, here.basemap, plan, rng=np.random.default_rng([asked.seed, 1]), now=now)
        told = make_people(plan, f"{plan.prefixes[plan.first][0]}01", now=now)
    write_private(asked.folder / "credentials.json", told)
    (asked.folder / "demo.json").write_text(json.dumps({"identity": _identity(asked), "format": _FORMAT}))
    return told


def _carry_on(asked: Asked) -> dict[str, Any]:
    from fengsui.places.city import city

    city()  # refuses what is damaged here, not at the first page
    return _kept(asked.folder / "credentials.json", "tokens")


def _tell(asked: Asked, told: dict[str, Any]) -> None:
    from fengsui.demo.people import write_private

    told = {"url": f"http://127.0.0.1:{asked.port}"} | told
    write_private(asked.folder / "credentials.json", told)
    if asked.credentials is not None:
        write_private(asked.credentials, told)


def _generate(asked: Asked) -> None:
    from fengsui.base.timers import timers
    from fengsui.demo.generator import TICK_S, Generator, Settings
    from fengsui.web.switches import demo_switch

    settings = Settings(calls_per_day=asked.calls_per_day, speed=asked.speed, seed=asked.seed)
    generator = Generator(_plan(asked), settings, is_real_streets=asked.osm is not None)
    demo_switch.generator = generator
    timers.every(TICK_S, generator.tick)


def _serve(bound: socket) -> None:
    from fengsui.web.server import run

    sys.stderr.flush()
    run(bound)
