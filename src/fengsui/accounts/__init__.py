"""Who may come in, in which role, for which area."""
