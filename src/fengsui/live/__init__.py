"""What browsers see as it happens: the board, and the stream of entries with rows."""
