"""How is the map kept in one file?

As its arrays (`fengsui_engine.array_file`), with names and small facts in the header.
"""

from pathlib import Path

from fengsui_engine.array_file import (
    ArrayFileDamaged,
    ArrayFileOfAnotherVersion,
    Arrays,
    Content,
    FileKind,
    Told,
    read_arrays,
    write_arrays,
)
from fengsui_engine.refusal import Refusal, say

MAP_FILE = FileKind(b"fengsui map\r\n\x1a", version=3)


class MapFileMissing(Refusal):
    sentence = say("There is no map file at %(path)s. Build it from the extract that the roads were built from.")
    status = 503


class MapFileBroken(Refusal):
    sentence = say("The map file %(path)s cannot be used: %(why)s. Build it again from its extract.")
    status = 503


def write(path: Path, arrays: Arrays, facts: Told) -> None:
    """Write the file whole or not at all."""
    write_arrays(path, MAP_FILE, arrays, facts)


def read(path: Path) -> Content:
    """What a file holds that `write` made.

    Raises:
        MapFileMissing: nothing is there.
        MapFileBroken: it is something else, another version, cut short or changed.
    """
    try:
        return read_arrays(path, MAP_FILE)
    except FileNotFoundError:
        raise MapFileMissing(path=path.name) from None
    except OSError as error:
        raise MapFileBroken(path=path.name, why=error.strerror or "unreadable") from None
    except ArrayFileDamaged as damaged:
        raise MapFileBroken(path=path.name, why=damaged.detail) from None
    except ArrayFileOfAnotherVersion:
        raise MapFileBroken(path=path.name, why="it was written by another version") from None
