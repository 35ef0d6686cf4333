"""Which tiles need not be drawn again?"""

import threading
from collections import OrderedDict


class TileCache:
    """The tiles that were asked for last, up to a number of bytes; safe for many threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._n_bytes = 0
        self._tiles: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> bytes | None:
        """The tile, now the latest; None if it is not here."""
        with self._lock:
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            return tile

    def put(self, key: object, tile: bytes) -> None:
        """Keep a tile, and let the oldest go until all fits."""
        with self._lock:
            self._n_bytes += len(tile) - len(self._tiles.pop(key, b""))
            self._tiles[key] = tile
            while self._n_bytes > self._most_bytes and self._tiles:
                self._n_bytes -= len(self._tiles.popitem(last=False)[1])

    @property
    def n_bytes(self) -> int:
        """How much is kept now."""
        return self._n_bytes
