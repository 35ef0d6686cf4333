"""Areas are a tree whose codes tell the descent: a code that begins with another lies inside it.

Codes are upper-case ASCII letters and digits. The range of a prefix is an index range, on SQLite and on PostgreSQL with
collation C alike (a `LIKE 'x%'` scans on SQLite).
"""

# The first character after every letter and digit a code may hold.
_PAST = "~"


def covers(area: str, code: str) -> bool:
    """Whether `code` is `area` or lies below it."""
    return code.startswith(area)


def code_range(area: str) -> tuple[str, str]:
    """Half-open range of the codes that are `area` or lie below it: `area <= code < end`."""
    return area, area + _PAST
