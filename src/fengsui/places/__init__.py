"""Where things are: the map that is drawn, and the names that people call places by."""
