"""Is this a map extract that can be read with the memory of an ordinary machine?

The reader is C++ and takes a file at its word: a small file that unpacks to very much fills memory before anybody can
say no. So the packing is looked at first, without unpacking a PBF, and only as far as the limit in a packed XML.
"""

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from fengsui_engine.roads.refusals import ExtractNotFound, ExtractTooLarge, ExtractUnreadable

EXTRACT_ENDINGS = (".osm.pbf", ".osm.gz", ".osm.bz2", ".osm")
OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}

MOST_UNPACKED_BYTES = 4 * 1024**3
"""Of an extract: some 50 million points as XML, a large province."""
MOST_TIMES_PACKED = 30
"""An extract unpacks to some 2 to 3 (PBF) or 10 to 15 (XML) times its size. More is no map, unless it is small:"""
FREE_PBF_BYTES, FREE_XML_BYTES = 16 * 1024**2, 64 * 1024**2
"""16 MiB of a PBF hold at worst 6 million points, which take the reader half a gigabyte."""
MOST_BLOB_HEADER_BYTES = 64 * 1024
MOST_BLOB_BYTES = 32 * 1024**2
"""Both are limits of the format itself. Source: OpenStreetMap wiki, *PBF Format*, 2024."""
READ_BYTES = 1024**2


def insist_readable(source: Path) -> None:
    """Refuse what is no extract, or unpacks to more than is taken.

    Raises:
        ExtractNotFound: there is no such file.
        ExtractUnreadable: its name or its packing is wrong.
        ExtractTooLarge: it unpacks to too much.
    """
    if not source.is_file():
        raise ExtractNotFound(file=str(source))
    if not source.name.endswith(EXTRACT_ENDINGS):
        raise ExtractUnreadable(file=source.name, detail=f"its name ends in none of {' '.join(EXTRACT_ENDINGS)}")
    is_pbf = source.suffix == ".pbf"
    most = _most_bytes(source, FREE_PBF_BYTES if is_pbf else FREE_XML_BYTES)
    unpacked = 0
    for size in _blob_sizes(source) if is_pbf else _text_sizes(source):
        unpacked += size
        if unpacked > most:
            raise ExtractTooLarge(file=source.name, detail=f"it unpacks to more than {most:,} bytes")


def _most_bytes(source: Path, free: int) -> int:
    if source.suffix == ".osm":
        return MOST_UNPACKED_BYTES
    return min(MOST_UNPACKED_BYTES, max(free, MOST_TIMES_PACKED * source.stat().st_size))


def _text_sizes(source: Path) -> Iterator[int]:
    opener = OPENERS.get(source.suffix)
    if opener is None:
        yield source.stat().st_size
        return
    try:
        with opener(source, "rb") as opened:
            while read := len(opened.read(READ_BYTES)):
                yield read
    except (EOFError, OSError, zlib.error) as trouble:
        raise ExtractUnreadable(file=source.name, detail=str(trouble)) from None


def _blob_sizes(source: Path) -> Iterator[int]:
    """What each blob of a PBF file says that it unpacks to. A blob that lies about it is found when it is unpacked."""
    with source.open("rb") as opened:
        try:
            while length := opened.read(4):
                if len(length) < 4:
                    raise _Malformed("the length of a part is cut short")
                header = _exactly(opened, int.from_bytes(length, "big"), MOST_BLOB_HEADER_BYTES)
                packed = _only(header, 3, 0)
                blob = _exactly(opened, packed, MOST_BLOB_BYTES)
                unpacked = _only(blob, 2, packed)
                if unpacked > MOST_BLOB_BYTES:
                    raise _Malformed(f"a blob says that it unpacks to {unpacked:,} bytes")
                yield unpacked
        except _Malformed as wrong:
            raise ExtractUnreadable(file=source.name, detail=str(wrong)) from None


class _Malformed(Exception):
    """What is wrong with a PBF file's frame."""


class _Field(NamedTuple):
    tag: int
    number: int
    """A number's value; 0 for other kinds of field."""


def _exactly(opened: IO[bytes], n_bytes: int, most: int) -> bytes:
    if n_bytes > most:
        raise _Malformed(f"a part says that it has {n_bytes:,} bytes")
    read = opened.read(n_bytes)
    if len(read) < n_bytes:
        raise _Malformed(f"a part ends after {len(read):,} of {n_bytes:,} bytes")
    return read


def _only(message: bytes, tag: int, otherwise: int) -> int:
    """The number of a field that stands there once; of two, readers take the one or the other."""
    told = [field.number for field in _fields(message) if field.tag == tag]
    if len(told) > 1:
        raise _Malformed("a part tells its size twice")
    return told[0] if told else otherwise


def _fields(message: bytes) -> Iterator[_Field]:
    """The fields of a protocol buffer message, without what is in them."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind, number = key & 7, 0
        if kind == 0:
            number, at = _varint(message, at)
        elif kind == 2:
            length, at = _varint(message, at)
            at += length
        else:
            at += {1: 8, 5: 4}.get(kind, len(message))
        yield _Field(key >> 3, number)


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise _Malformed("a number is cut short")
        value |= (message[at] & 127) << shift
        at += 1
        if message[at - 1] < 128:
            return value, at
    raise _Malformed("a number has too many digits")
