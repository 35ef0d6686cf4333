"""Tables of places: CSV with the header `id,lon,lat`, in any order of columns, WGS-84."""

import csv
from pathlib import Path
from typing import NamedTuple

from fengsui.cli.arguments import place
from fengsui_engine.refusal import Refusal, say
from fengsui_engine.roads import NoSuchFile

COLUMNS = ("id", "lon", "lat")


class Point(NamedTuple):
    """One line of the table."""

    id: str
    lon: float
    lat: float


class TableNotText(Refusal):
    """The file is not text in UTF-8."""

    sentence = say("%(file)s is not text in UTF-8. Save the table as CSV in UTF-8.")


class TableUnreadable(Refusal):
    """The file breaks the rules of CSV."""

    sentence = say("%(file)s, line %(line)s: this is not CSV (%(detail)s). Save the table as CSV in UTF-8.")


class TableEmpty(Refusal):
    """The table holds no line of data."""

    sentence = say("%(file)s holds no line of data. Below the header id,lon,lat, write one line for each.")


class ColumnMissing(Refusal):
    """The header lacks a column."""

    sentence = say("%(file)s has no column %(column)s. Its first line must name: id,lon,lat")


class ColumnUnknown(Refusal):
    """The header names a column that means nothing here, or one twice."""

    sentence = say("%(file)s has a column “%(column)s” that is not known here. Its first line must be: id,lon,lat")


class LineUneven(Refusal):
    """A line has more or fewer fields than the header."""

    sentence = say("%(file)s, line %(line)s has %(found)s fields, the header %(expected)s. Mend that line.")


class FieldBlank(Refusal):
    """A field is empty."""

    sentence = say("%(file)s, line %(line)s: %(column)s is empty. Fill it in, or remove the line.")


class IdTwice(Refusal):
    """An id stands in two lines."""

    sentence = say("%(file)s, line %(line)s: the id %(id)s was used already. Give each line its own.")


def read_points(path: Path) -> list[Point]:
    """The places of a table, sorted by id.

    Raises:
        NoSuchFile, TableNotText, TableUnreadable, TableEmpty, ColumnMissing, ColumnUnknown, LineUneven, FieldBlank,
        IdTwice, and what `place` raises for a coordinate that is none.
    """
    points: dict[str, Point] = {}
    for line, fields in _lines(path):
        for column in COLUMNS:
            if not fields[column]:
                raise FieldBlank(file=path.name, line=line, column=column)
        if fields["id"] in points:
            raise IdTwice(file=path.name, line=line, id=fields["id"])
        where = place(f"{path.name}, {line}", fields["lon"], fields["lat"])
        points[fields["id"]] = Point(fields["id"], *where)
    if not points:
        raise TableEmpty(file=path.name)
    return [points[key] for key in sorted(points)]


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(line number, fields by column) of each line that is not blank."""
    if not path.is_file():
        raise NoSuchFile(file=str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TableNotText(file=path.name) from None
    reader = csv.reader(text.splitlines(), strict=True)
    try:
        rows = [(reader.line_num, [field.strip() for field in row]) for row in reader if any(map(str.strip, row))]
    except csv.Error as trouble:
        raise TableUnreadable(file=path.name, line=reader.line_num, detail=str(trouble)) from None
    if not rows:
        raise TableEmpty(file=path.name)
    header = _checked_header(path, rows[0][1])
    for line, row in rows[1:]:
        if len(row) != len(header):
            raise LineUneven(file=path.name, line=line, found=len(row), expected=len(header))
    return [(line, dict(zip(header, row, strict=True))) for line, row in rows[1:]]


def _checked_header(path: Path, header: list[str]) -> list[str]:
    names = [name.lower() for name in header]
    for column in COLUMNS:
        if column not in names:
            raise ColumnMissing(file=path.name, column=column)
    for place_, name in enumerate(names):
        if name not in COLUMNS or name in names[:place_]:
            raise ColumnUnknown(file=path.name, column=header[place_])
    return names
