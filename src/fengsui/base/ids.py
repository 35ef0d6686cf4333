"""Ids are UUIDv7: they sort by the time they were made, so an index on them grows at its end."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new id."""
    return uuid7()
