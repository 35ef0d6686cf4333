"""Streets that nobody drives through just now: closed by two clicks, until a time, and opened again."""
