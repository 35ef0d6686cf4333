"""The demo's ground: the made-up city that comes with the product, or one of another seed."""

from collections.abc import Callable
from pathlib import Path

Progress = Callable[..., None]

PACKED = Path(__file__).parent / "data"


def made_up_extract(seed: int, folder: Path, progress: Progress) -> Path:
    """The made-up city of a seed as an extract: packed with the product, or built into `folder`."""
    packed = PACKED / f"shuoquan-{seed}.osm.pbf"
    if packed.exists():
        return packed
    from fengsui.demo.city import build_city, write_extract

    built = folder / f"shuoquan-{seed}.osm.pbf"
    write_extract(build_city(seed, progress=lambda share, words: progress(words, share=share)), built)
    return built
