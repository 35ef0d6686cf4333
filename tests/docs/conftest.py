"""The pages, built once as `make docs` builds them."""

import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


class _Cells(HTMLParser):
    """The rows of every table of one class, as lists of the texts of their cells."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.is_inside = kind, False
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.is_inside = self.kind in (dict(attrs).get("class") or "").split()
        elif self.is_inside and tag == "tr":
            self.rows.append([])
        elif self.is_inside and tag in ("td", "th"):
            self.rows[-1].append("")
        elif self.is_inside and tag == "br":
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.is_inside = False

    def handle_data(self, data: str) -> None:
        if self.is_inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages."""
    built = tmp_path_factory.mktemp("pages")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going", str(DOCS), str(built)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return built


@pytest.fixture(scope="session")
def rows_of(pages: Path) -> Callable[[str, str], list[list[str]]]:
    """`rows_of(page, kind)`: the rows of that page's tables of that class, heads included."""

    def read(page: str, kind: str) -> list[list[str]]:
        cells = _Cells(kind)
        cells.feed((pages / f"{page}.html").read_text())
        return [[cell.strip() for cell in row] for row in cells.rows]

    return read
