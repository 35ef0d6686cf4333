"""What everything shares: the clock, ids, areas, who acts, text that travels, the database backend."""
