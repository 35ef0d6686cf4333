"""What time it is, and how a time is written.

Faces and background jobs ask here and hand the answer on: rules take `now` as an argument. Times are UTC, whole
milliseconds.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MOST_OF_A_TIME = 40  # characters


def now() -> datetime:
    """The server's time, UTC."""
    return datetime.now(UTC)


def rfc3339(at: datetime) -> str:
    """`2026-11-24T03:12:05.100Z`: UTC, milliseconds, as the contract writes every time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(text: object) -> datetime | None:
    """An RFC 3339 time with its zone, as UTC; None where it is none."""
    if not isinstance(text, str) or len(text) > MOST_OF_A_TIME:
        return None
    try:
        told = datetime.fromisoformat(text)
        return None if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def microseconds(at: datetime) -> int:
    """Whole microseconds since 1970, as the journal keeps a time (no database re-formats an integer)."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The way back from `microseconds`."""
    return _EPOCH + timedelta(microseconds=value)
