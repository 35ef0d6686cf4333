"""Where do the map library's files come from?

`make vendor` fetches the versions that `vendor/package-lock.json` fixes, copies the few files a browser needs into the
package and writes their digests beside them. It needs npm and a network; running or testing Fengsui needs neither.
With `--check` nothing is fetched: the files in the repository are compared with their digests.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "vendor"
HOME = ROOT / "src/fengsui/web/static/vendor/maplibre"
# The worker is found by name beside the library, and it asks for the shared file, which is empty in this build.
FILES = ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl-shared.mjs", "maplibre-gl.css")


def main() -> int:
    parser = argparse.ArgumentParser(description="Renew or check the vendored map library.")
    parser.add_argument("--check", action="store_true", help="compare the files with DIGESTS, fetch nothing")
    if not parser.parse_args().check:
        renew()
    return check()


def renew() -> None:
    """Fetch what the lock file fixes and copy the browser's part of it."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing. Install Node.js 22 or newer, then run `make vendor` again.")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCK / name, folder)
        # No package's own scripts run here: files are copied, nothing else.
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)  # noqa: S603
        package = Path(folder, "node_modules/maplibre-gl")
        HOME.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            copy_text(package / "dist" / name, HOME / name)
        copy_text(package / "LICENSE.txt", HOME / "LICENSE.txt")
    HOME.joinpath("DIGESTS").write_text("".join(f"{digest(HOME / name)}  {name}\n" for name in (*FILES, "LICENSE.txt")))


def copy_text(source: Path, target: Path) -> None:
    """Copy without the last line that points at a source map: the map is not shipped, and browsers would ask for it."""
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("//# sourceMappingURL=", "/*# sourceMappingURL="))]
    target.write_text("".join(kept), encoding="utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check() -> int:
    """0 when every vendored file is the one that DIGESTS names, 1 otherwise."""
    wrong = [
        name
        for line in HOME.joinpath("DIGESTS").read_text().splitlines()
        for sha, name in [line.split("  ", 1)]
        if not HOME.joinpath(name).exists() or digest(HOME / name) != sha
    ]
    for name in wrong:
        print(f"{name} is not the file that DIGESTS names. Run `make vendor` to fetch it again.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
