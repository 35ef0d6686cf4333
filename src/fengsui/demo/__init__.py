"""A made-up city and its day, for `make demo`."""
