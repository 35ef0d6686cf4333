"""How are times told? In whole milliseconds, as 32-bit numbers."""

UNREACHED = 2**31 - 1
"""In place of a time: there is no way within the limit."""
LONGEST_LIMIT_MS = 2**30
"""Twelve days: longer ones are a slip of the pen."""
NEVER = 2**64 - 1
"""In place of a label of `nearest`: nobody has been there."""
