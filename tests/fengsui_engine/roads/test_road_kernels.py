"""A cached loop knows what it was compiled from, helpers of other files included."""

import ast
from hashlib import sha256
from pathlib import Path

import pytest

import fengsui_engine

ROOT = Path(fengsui_engine.__file__).parent
KERNELS = ROOT / "roads/kernels"
FILES = sorted(path for path in KERNELS.glob("*.py") if "cache=True" in path.read_text(encoding="utf-8"))


def inlined_by(path: Path) -> set[Path]:
    """The engine's files that a file takes anything from, and what these take."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        for part in ast.walk(ast.parse(waiting.pop().read_text(encoding="utf-8"))):
            if isinstance(part, ast.ImportFrom) and (part.module or "").startswith("fengsui_engine."):
                other = ROOT / (part.module or "").removeprefix("fengsui_engine.").replace(".", "/")
                source = other.with_suffix(".py")
                if source not in found:
                    found.add(source)
                    waiting.append(source)
    return found


def digest_of(files: set[Path]) -> str:
    return sha256(b"\n".join(path.read_bytes() for path in sorted(files))).hexdigest()[:12]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_of_loops_holds_the_digest_of_what_it_inlines(path: Path) -> None:
    """numba's cache looks at the content of this one file: without the digest, a changed helper would go unseen."""
    digest = digest_of(inlined_by(path))
    assert f'INLINED = "{digest}"' in path.read_text(encoding="utf-8"), f'write INLINED = "{digest}" in {path.name}'


def test_a_changed_helper_is_another_digest(tmp_path: Path) -> None:
    files = inlined_by(KERNELS / "nearest.py")
    assert KERNELS / "parts.py" in files
    changed = tmp_path / "parts.py"
    changed.write_bytes((KERNELS / "parts.py").read_bytes() + b"# changed\n")
    assert digest_of(files - {KERNELS / "parts.py"} | {changed}) != digest_of(files)
