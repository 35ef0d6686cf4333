"""One digest over all files for the browser: it stands in their address, so that a new version is a new address."""

import hashlib
from functools import cache
from pathlib import Path


@cache
def static_digest() -> str:
    """Twelve hex digits over the names and contents of this package's static files."""
    root = Path(__file__).parent / "static"
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
