"""How is a road network kept in one file?

    magic (16 bytes) · version (u32) · length of the header (u32) · SHA-256 of the header (32 bytes)
    header: JSON with the table of arrays (name, kind, shape, place), names, source, digest
    arrays, each at a multiple of 64 bytes, little-endian, as they are used

The file is mapped, not read: opening costs no memory of its own and several processes share one copy. Everything is
checked at opening, the content too: its digest is recomputed (0.5 to 2 ms a megabyte, so under 30 ms for a city).
A dispatch that rests on a damaged road file is worse than a slower start.
"""

import json
import mmap
import os
import struct
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.roads.network import ARRAYS, RoadNetwork, StreetName, content_digest
from fengsui_engine.roads.refusals import (
    RoadFileNotFound,
    RoadFileOfAnotherVersion,
    RoadFileUnreadable,
    RoadsInconsistent,
)

MAGIC = b"fengsui roads\r\n\x1a"
VERSION = 1
PROLOGUE = struct.Struct("<16sII32s")
ALIGNMENT = 64


def write_roads(roads: RoadNetwork, path: "str | os.PathLike[str]") -> None:
    """Write `roads` to `path`, whole or not at all: it is written beside and moved into place."""
    target = Path(path)
    header, places = _header(roads)
    beside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as out:
            out.write(PROLOGUE.pack(MAGIC, VERSION, len(header), sha256(header).digest()) + header)
            for name, place in places.items():
                out.write(b"\0" * (place - out.tell()))
                out.write(_little_endian(getattr(roads, name)).tobytes())
            out.flush()
            os.fsync(out.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def read_roads(path: "str | os.PathLike[str]") -> RoadNetwork:
    """Map a road file and check it.

    Raises:
        RoadFileNotFound: there is no such file.
        RoadFileUnreadable: another kind of file, cut short, or changed since it was written.
        RoadFileOfAnotherVersion: written by another version.
    """
    source = Path(path)
    content = _mapped(source)
    header = _checked_header(content, source.name)
    arrays: dict[str, Any] = {name: _array(content, entry, source.name) for name, entry in header["arrays"].items()}
    told: dict[str, Any] = {
        "names": tuple(StreetName(*name) for name in header["names"]),
        "source": header["source"],
        "dropped_nodes": header["dropped_nodes"],
    }
    if arrays.keys() != ARRAYS.keys():
        raise RoadFileUnreadable(file=source.name, detail="it lacks an array")
    if content_digest(arrays, **told) != header["digest"]:
        raise RoadFileUnreadable(file=source.name, detail="its content was changed after it was written")
    try:
        return RoadNetwork(**arrays, **told, digest=header["digest"])
    except RoadsInconsistent as wrong:
        raise RoadFileUnreadable(file=source.name, detail=wrong.facts["detail"]) from None


def _header(roads: RoadNetwork) -> tuple[bytes, dict[str, int]]:
    """The header, and where each array starts; the places depend on the header's own length, so it is padded."""
    told = {"names": roads.names, "source": roads.source, "dropped_nodes": roads.dropped_nodes, "digest": roads.digest}
    table = {name: {"kind": np.dtype(ARRAYS[name][0]).str, "shape": getattr(roads, name).shape} for name in ARRAYS}
    room = len(json.dumps({"arrays": table, **told})) + len(table) * 32
    place, places = PROLOGUE.size + room, {}
    for name in ARRAYS:
        place += -place % ALIGNMENT
        places[name] = place
        place += getattr(roads, name).nbytes
    placed = {name: {**entry, "place": places[name]} for name, entry in table.items()}
    return json.dumps({"arrays": placed, **told}).encode().ljust(room), places


def _little_endian(array: NDArray[Any]) -> NDArray[Any]:
    return array if sys.byteorder == "little" else array.astype(array.dtype.newbyteorder("<"))


def _mapped(source: Path) -> mmap.mmap:
    if not source.is_file():
        raise RoadFileNotFound(file=str(source))
    with source.open("rb") as opened:
        if os.fstat(opened.fileno()).st_size < PROLOGUE.size:
            raise RoadFileUnreadable(file=source.name, detail="it is too short")
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


def _checked_header(content: mmap.mmap, file: str) -> dict[str, Any]:
    magic, version, length, digest = PROLOGUE.unpack_from(content)
    if magic.rstrip(b"\0") != MAGIC:
        raise RoadFileUnreadable(file=file, detail="it does not begin like one")
    if version != VERSION:
        raise RoadFileOfAnotherVersion(file=file, version=version, expected=VERSION)
    header = content[PROLOGUE.size : PROLOGUE.size + length]
    if len(header) != length or sha256(header).digest() != digest:
        raise RoadFileUnreadable(file=file, detail="its header is damaged")
    told: dict[str, Any] = json.loads(header)
    return told


def _array(content: mmap.mmap, entry: dict[str, Any], file: str) -> NDArray[Any]:
    kind = np.dtype(entry["kind"])
    count = int(np.prod(entry["shape"], dtype=np.int64))
    if entry["place"] + count * kind.itemsize > len(content):
        raise RoadFileUnreadable(file=file, detail="it is cut short")
    array = np.frombuffer(content, dtype=kind, count=count, offset=entry["place"]).reshape(entry["shape"])
    return array.astype(kind.newbyteorder("=")) if sys.byteorder != "little" else array
