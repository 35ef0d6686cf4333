"""Ids are UUIDv7: they sort by the time they were made, so an index on them grows at its end."""

from uuid import UUID

from uuid_utils.compat import uuid7

from fengsui.base.refusals import NoSuchThing


def new_id() -> UUID:
    """A new id."""
    return uuid7()


def read_id(text: str) -> UUID:
    """An id as an address has it. Raises NoSuchThing where it is none: nothing is found by it either."""
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchThing() from None
