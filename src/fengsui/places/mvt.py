"""How do shapes in whole numbers become one layer of a vector tile?

Mapbox Vector Tile 2.1, written with numpy: the commands of a whole layer are laid out and packed as variable-length
numbers in a few array steps, because a tile of a city centre has tens of thousands of corners.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EXTENT = 4096

POINT, LINE, POLYGON = 1, 2, 3
_MOVE_TO_ONE, _LINE_TO, _CLOSE = 9, 2, 15

Ints = NDArray[np.int64]
Properties = Mapping[str, str | bool]


@dataclass(frozen=True)
class Parts:
    """Points, lines or rings of features, in tile units.

    `corners` (n, 2); part p owns corners first[p]:first[p+1]; rings are not closed; a feature's parts stand together.
    """

    corners: Ints
    first: Ints
    feature: Ints


def encode_layer(name: str, kind: int, parts: Parts, properties: Sequence[Properties]) -> bytes:
    """One layer with a feature for each entry of `properties`; empty bytes when there is none.

    `parts.feature` numbers the entries of `properties` from 0, ascending, and leaves none out.
    """
    if not properties:
        return b""
    geometry, ends = _geometry(kind, parts, len(properties))
    keys: dict[str, int] = {}
    values: dict[str | bool, int] = {}
    features = bytearray()
    start = 0
    for entry, end in zip(properties, ends, strict=True):
        tags = b"".join(
            _varint(keys.setdefault(key, len(keys))) + _varint(values.setdefault(value, len(values)))
            for key, value in entry.items()
        )
        packed = geometry[start:end]
        feature = _field(2, tags) + b"\x18" + _varint(kind) + _field(4, packed)
        features += _field(2, feature)
        start = end
    head = b"\x78\x02" + _field(1, name.encode())
    tables = b"".join(_field(3, key.encode()) for key in keys) + b"".join(_field(4, _value(v)) for v in values)
    return _field(3, head + bytes(features) + tables + b"\x28" + _varint(EXTENT))


def _geometry(kind: int, parts: Parts, n_features: int) -> tuple[bytes, list[int]]:
    """The packed commands of all features, and where each feature's ends."""
    size = np.diff(parts.first)
    words = _n_words(kind, size)
    start = np.concatenate([[0], np.cumsum(words)])
    commands = np.zeros(int(start[-1]), dtype=np.uint32)
    _put_corners(commands, parts, start, size)
    commands[start[:-1]] = _MOVE_TO_ONE
    if kind != POINT:
        commands[start[:-1] + 3] = ((size - 1) << 3) | _LINE_TO
    if kind == POLYGON:
        commands[start[1:] - 1] = _CLOSE
    packed, at = varints(commands)
    last_part = np.searchsorted(parts.feature, np.arange(n_features), side="right")
    return packed, [int(end) for end in at[start[last_part]]]


def _n_words(kind: int, size: Ints) -> Ints:
    if kind == POINT:
        return np.full(len(size), 3, dtype=np.int64)
    return 2 * size + (3 if kind == POLYGON else 2)


def _put_corners(commands: NDArray[np.uint32], parts: Parts, start: Ints, size: Ints) -> None:
    of_part = np.repeat(np.arange(len(size)), size)
    within = np.arange(len(parts.corners)) - parts.first[of_part]
    step = np.diff(parts.corners, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    is_new = np.diff(parts.feature[of_part], prepend=-1) != 0  # the pen goes home only between features
    step[is_new] = parts.corners[is_new]
    at = start[of_part] + np.where(within == 0, 1, 2 + 2 * within)
    zigzag = (step << 1) ^ (step >> 63)
    commands[at], commands[at + 1] = zigzag[:, 0], zigzag[:, 1]


def varints(words: NDArray[np.uint32]) -> tuple[bytes, Ints]:
    """Words packed 7 bits a byte, and (n + 1,) where each starts, the end included."""
    n_bytes = np.ones(len(words), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        n_bytes += words >= (1 << bits)
    at = np.concatenate([[0], np.cumsum(n_bytes)])
    packed = np.zeros(int(at[-1]), dtype=np.uint8)
    for i in range(5):
        here = np.flatnonzero(n_bytes > i)
        more = (n_bytes[here] > i + 1).astype(np.uint32) << 7
        packed[at[here] + i] = ((words[here] >> np.uint32(7 * i)) & 0x7F) | more
    return packed.tobytes(), at


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, body: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(body)) + body


def _value(value: str | bool) -> bytes:
    if isinstance(value, bool):
        return bytes([7 << 3, value])
    return _field(1, value.encode())
