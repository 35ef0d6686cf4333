"""The cache of tiles keeps within its bytes, whoever asks."""

import threading

import numpy as np

from fengsui.places.tile_cache import TileCache


def test_the_cache_keeps_within_its_bytes_and_forgets_the_oldest() -> None:
    cache = TileCache(100)
    cache.put("a", b"x" * 60)
    cache.put("b", b"x" * 30)
    assert cache.get("a") is not None  # now the latest
    cache.put("c", b"x" * 40)
    assert (cache.get("a"), cache.get("b")) == (b"x" * 60, None)
    assert cache.n_bytes == 100
    cache.put("c", b"x" * 20)
    assert cache.n_bytes == 80
    cache.put("huge", b"x" * 1000)
    assert cache.n_bytes <= 100


def test_the_cache_counts_right_under_many_threads() -> None:
    cache = TileCache(5_000)

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(500):
            key = int(rng.integers(40))
            if cache.get(key) is None:
                cache.put(key, b"x" * (100 + key))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [tile for key in range(40) if (tile := cache.get(key)) is not None]
    assert cache.n_bytes == sum(len(tile) for tile in kept) <= 5_000
