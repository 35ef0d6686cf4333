"""Units, their stations, their kinds, and where they are now."""
