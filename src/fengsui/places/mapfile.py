"""How do named arrays become one file that is checked when it is loaded?

Layout: a first line with kind and version, the SHA-256 of all that follows, the length of a JSON head, the head (names,
types and places of the arrays, and small facts), then the bytes of the arrays. No code is ever loaded from it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fengsui_engine.refusal import Refusal, say

MAGIC = b"fengsui map\n"
VERSION = 1
_TYPES = {"float64": np.float64, "int64": np.int64, "int32": np.int32, "uint8": np.uint8}
_START = len(MAGIC) + 4 + 32 + 8

Arrays = dict[str, NDArray[Any]]


class MapFileMissing(Refusal):
    sentence = say("There is no map file at %(path)s. Build it from the extract that the roads were built from.")
    status = 503


class MapFileBroken(Refusal):
    sentence = say("The map file %(path)s cannot be used: %(why)s. Build it again from its extract.")
    status = 503


def pack(facts: Mapping[str, Any], arrays: Arrays) -> tuple[str, bytes]:
    """(digest, bytes) of the file that holds these facts and arrays; the same input gives the same bytes."""
    head_arrays, at = [], 0
    for name, array in arrays.items():
        head_arrays.append({"name": name, "type": array.dtype.name, "shape": list(array.shape), "at": at})
        at += array.nbytes
    head = json.dumps({"facts": facts, "arrays": head_arrays}, sort_keys=True).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    rest = len(head).to_bytes(8, "little") + head + body
    digest = hashlib.sha256(rest)
    return digest.hexdigest(), MAGIC + VERSION.to_bytes(4, "little") + digest.digest() + rest


def write(path: Path, packed: bytes) -> None:
    """Write the file whole or not at all."""
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as out:
        out.write(packed)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def read(path: Path) -> tuple[str, dict[str, Any], Arrays]:
    """(digest, facts, arrays) of a file that `write` made.

    Raises:
        MapFileMissing: nothing is there.
        MapFileBroken: it is something else, another version, cut short or changed.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MapFileMissing(path=path.name) from None
    except OSError as error:
        raise MapFileBroken(path=path.name, why=error.strerror or "unreadable") from None
    _check(path, data)
    try:
        head_size = int.from_bytes(data[_START - 8 : _START], "little")
        head = json.loads(data[_START : _START + head_size])
        body = memoryview(data)[_START + head_size :]
        arrays = {a["name"]: _array(a, body) for a in head["arrays"]}
        return data[len(MAGIC) + 4 : _START - 8].hex(), dict(head["facts"]), arrays
    except (ValueError, KeyError, TypeError, RecursionError):
        raise MapFileBroken(path=path.name, why="its head does not fit its body") from None


def _check(path: Path, data: bytes) -> None:
    if not data.startswith(MAGIC) or len(data) < _START:
        raise MapFileBroken(path=path.name, why="it is not a map file")
    if int.from_bytes(data[len(MAGIC) : len(MAGIC) + 4], "little") != VERSION:
        raise MapFileBroken(path=path.name, why="it was written by another version")
    if hashlib.sha256(memoryview(data)[_START - 8 :]).digest() != data[len(MAGIC) + 4 : _START - 8]:
        raise MapFileBroken(path=path.name, why="its bytes do not fit its digest")


def _array(told: Mapping[str, Any], body: memoryview) -> NDArray[Any]:
    kind, shape, at = np.dtype(_TYPES[told["type"]]), tuple(int(n) for n in told["shape"]), int(told["at"])
    size = int(np.prod(shape, dtype=np.int64))
    if min((at, *shape)) < 0:
        raise ValueError(at)
    return np.frombuffer(body, dtype=kind, count=size, offset=at).reshape(shape) if size else np.zeros(shape, kind)
