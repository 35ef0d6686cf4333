"""How do named arrays become one file that is mapped, and checked before it is used?

    magic (16 bytes) · version (u32) · length of the header (u32) · SHA-256 of the header (32 bytes)
    header: JSON with the table of arrays (name, kind, shape, place, SHA-256), what the kind of file tells beside them,
        and the digest of it all
    arrays, each at a multiple of 64 bytes, little-endian, as they are used; zeros between them

The file is mapped, not read: opening costs no memory of its own and several processes share one copy. Every byte is
checked at opening, the zeros too (0.5 to 2 ms a megabyte on one core; arrays are hashed on several), and the array that
was changed is named. No code is ever loaded from it. Each kind of file has its own magic and version, and says in its
own words why it refuses one.
"""

import json
import mmap
import os
import struct
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PROLOGUE = struct.Struct("<16sII32s")
ALIGNMENT = 64
WORTH_THREADS = 4_000_000
"""Bytes: below, starting threads costs more than they save."""
MOST_THREADS = 4

Arrays = Mapping[str, NDArray[Any]]
Told = Mapping[str, Any]  # JSON values; not "arrays" or "digest"


class ArrayFileDamaged(Exception):
    """It is another kind of file, cut short, or changed since it was written; `detail` says which."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ArrayFileOfAnotherVersion(Exception):
    """It was written by another version of the program."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True)
class FileKind:
    """How a kind of file begins, and which version of it is written and read."""

    magic: bytes
    version: int


@dataclass(frozen=True)
class Content:
    """What a file holds; the arrays are read-only and lie in the mapped file."""

    arrays: dict[str, NDArray[Any]]
    told: dict[str, Any]
    digest: str


def digest_of(arrays: Arrays, told: Told) -> str:
    """SHA-256 over the content, in its order: two files with one digest hold the same."""
    return _digest(told, {name: array.shape for name, array in arrays.items()}, _hashes(arrays))


def _digest(told: Told, shapes: Mapping[str, tuple[int, ...]], hashes: Mapping[str, str]) -> str:
    digest = sha256(json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode())
    for name, shape in shapes.items():
        digest.update(f"\n{name} {shape} {hashes[name]}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _hashes(arrays: Arrays) -> dict[str, str]:
    """SHA-256 of each array; long ones beside each other, since hashing releases the interpreter's lock."""
    if sum(array.nbytes for array in arrays.values()) < WORTH_THREADS:
        return {name: _hash(array) for name, array in arrays.items()}
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as threads:
        return dict(zip(arrays, threads.map(_hash, arrays.values()), strict=True))


def _hash(array: NDArray[Any]) -> str:
    return sha256(_little_endian(np.ascontiguousarray(array)).reshape(-1).view(np.uint8).data).hexdigest()


def write_arrays(path: Path, kind: FileKind, arrays: Arrays, told: Told) -> None:
    """Write the file whole or not at all: it is written beside and moved into place."""
    header, places = _header(arrays, told)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as out:
            out.write(PROLOGUE.pack(kind.magic, kind.version, len(header), sha256(header).digest()) + header)
            for name, place in places.items():
                out.write(b"\0" * (place - out.tell()))
                out.write(_little_endian(arrays[name]).tobytes())
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_arrays(path: Path, kind: FileKind) -> Content:
    """Map a file and check it.

    Raises:
        FileNotFoundError: there is no such file.
        ArrayFileDamaged: another kind of file, cut short, or changed since it was written.
        ArrayFileOfAnotherVersion: written by another version.
    """
    mapped = _mapped(path)
    header = _checked_header(mapped, kind)
    try:
        told = json.loads(header)
        table = told.pop("arrays")
        arrays = {name: _array(mapped, entry) for name, entry in table.items()}
        expected = {name: entry["sha256"] for name, entry in table.items()}
        digest = told.pop("digest")
        _check_between(mapped, PROLOGUE.size + len(header), table, arrays)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise ArrayFileDamaged("its header does not fit its content") from None
    hashes = _hashes(arrays)
    for name in arrays:
        if hashes[name] != expected[name]:
            raise ArrayFileDamaged(f"its array {name!a} was changed after it was written")
    if _digest(told, {name: array.shape for name, array in arrays.items()}, hashes) != digest:
        raise ArrayFileDamaged("its content was changed after it was written")
    return Content(arrays, told, digest)


def _check_between(mapped: mmap.mmap, start: int, table: Mapping[str, Any], arrays: Arrays) -> None:
    """Nothing but zeros lies between the arrays, and nothing behind the last."""
    for name in sorted(table, key=lambda name: int(table[name]["place"])):
        if mapped[start : table[name]["place"]].strip(b"\0"):
            raise ArrayFileDamaged(f"something was written before its array {name!a}")
        start = table[name]["place"] + arrays[name].nbytes
    if start != len(mapped):
        raise ArrayFileDamaged("something was written behind its end")


def _header(arrays: Arrays, told: Told) -> tuple[bytes, dict[str, int]]:
    """The header, and where each array starts; the places depend on the header's own length, so it is padded."""
    hashes = _hashes(arrays)
    told = {**told, "digest": _digest(told, {name: array.shape for name, array in arrays.items()}, hashes)}
    table = {
        name: {"kind": array.dtype.newbyteorder("<").str, "shape": array.shape, "sha256": hashes[name]}
        for name, array in arrays.items()
    }
    room = len(json.dumps({"arrays": table, **told})) + len(table) * 32
    place, places = PROLOGUE.size + room, {}
    for name, array in arrays.items():
        place += -place % ALIGNMENT
        places[name] = place
        place += array.nbytes
    placed = {name: {**entry, "place": places[name]} for name, entry in table.items()}
    return json.dumps({"arrays": placed, **told}).encode().ljust(room), places


def _little_endian(array: NDArray[Any]) -> NDArray[Any]:
    return array if sys.byteorder == "little" else array.astype(array.dtype.newbyteorder("<"))


def _mapped(path: Path) -> mmap.mmap:
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb") as opened:
        if os.fstat(opened.fileno()).st_size < PROLOGUE.size:
            raise ArrayFileDamaged("it is too short")
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


def _checked_header(mapped: mmap.mmap, kind: FileKind) -> bytes:
    magic, version, length, digest = PROLOGUE.unpack_from(mapped)
    if magic.rstrip(b"\0") != kind.magic:
        raise ArrayFileDamaged("it does not begin like one")
    if version != kind.version:
        raise ArrayFileOfAnotherVersion(version)
    header = mapped[PROLOGUE.size : PROLOGUE.size + length]
    if len(header) != length or sha256(header).digest() != digest:
        raise ArrayFileDamaged("its header is damaged")
    return header


def _array(mapped: mmap.mmap, entry: Mapping[str, Any]) -> NDArray[Any]:
    kind, shape, place = np.dtype(entry["kind"]), tuple(entry["shape"]), entry["place"]
    if min((place, *shape)) < 0:
        raise ValueError(place)
    count = int(np.prod(shape, dtype=np.int64))
    if place + count * kind.itemsize > len(mapped):
        raise ArrayFileDamaged("it is cut short")
    array = np.frombuffer(mapped, dtype=kind, count=count, offset=place).reshape(shape)
    return array.astype(kind.newbyteorder("=")) if sys.byteorder != "little" else array
