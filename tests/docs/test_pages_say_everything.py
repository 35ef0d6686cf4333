"""What is written by hand leaves nothing out: settings, dependencies, words, decisions, pictures, links."""

import re
import tomllib
from pathlib import Path

import pytest

from fengsui_engine import lifecycle

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LARGEST_PICTURE = 400_000
MADE_BY_HAND = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
MADE_BY_HAND = [path for path in MADE_BY_HAND if "_build" not in path.parts]


def table_keys(page: str) -> set[str]:
    """The code in the first cell of each row of a page's tables."""
    return set(re.findall(r"^\| `([^`]+)` \|", (DOCS / page).read_text(), re.MULTILINE))


def test_every_variable_that_is_read_has_its_line() -> None:
    read = {
        name
        for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "Makefile"]
        for name in re.findall(r"""(?:["']|\s)(FENGSUI_[A-Z_]+)(?=["'=])""", path.read_text())
    }
    read.discard("FENGSUI_TEST_VARIABLE")  # made up by a test of reading variables
    assert read - table_keys("reference/settings.md") == set()
    assert "FENGSUI_DATA" in read


def test_no_line_is_about_a_variable_that_nobody_reads() -> None:
    everything = "".join(path.read_text() for path in [*(ROOT / "src").rglob("*.py"), ROOT / "Makefile"])
    everything += "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    for name in table_keys("reference/settings.md"):
        assert name.removesuffix("_FILE") in everything


def test_every_dependency_has_its_line_and_every_line_its_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.match(r"[\w.-]+", one)[0] for one in wanted} - {"fengsui"}  # type: ignore[index]
    assert table_keys("dependencies.md") == names


def test_every_state_and_status_has_its_word() -> None:
    words = (DOCS / "glossary.md").read_text()
    for status in lifecycle.AssignmentStatus:
        assert status.value.replace("_", " ") in words
    for origin in ("caller", "device", "resident", "agency", "officer"):
        assert origin in words


def test_every_decision_has_a_number_of_its_own_and_the_four_parts() -> None:
    pages = sorted((DOCS / "decisions").glob("0*.md"))
    assert len({page.name[:4] for page in pages}) == len(pages)
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {page.name[:4]} · ")
        for part in ("**Decision.**", "**Instead of.**", "**Costs.**", "**Look again when**"):
            assert part in text, f"{page.name} has no {part}"


def test_every_test_that_a_page_names_exists() -> None:
    named = [found for page in MADE_BY_HAND for found in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text())]
    assert named
    for path, name in named:
        assert re.search(rf"def {name}\b", (ROOT / path).read_text()), f"{path} has no {name}"


@pytest.mark.parametrize("page", MADE_BY_HAND, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_leads_to_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


def test_every_picture_is_shown_described_and_small() -> None:
    shown = "".join(page.read_text() for page in MADE_BY_HAND)
    pictures = list((DOCS / "pictures").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
        assert f"pictures/{picture.name}" in shown, picture.name
    for page in DOCS.rglob("*.md"):
        for block in re.findall(r"```\{image\}.*?```", page.read_text(), re.DOTALL):
            assert ":alt: " in block


def test_the_folders_of_the_house_are_all_drawn() -> None:
    drawn = (DOCS / "explanation/architecture.md").read_text()
    for package in ("fengsui", "fengsui_engine"):
        for folder in (ROOT / "src" / package).iterdir():
            if folder.is_dir() and not folder.name.startswith("_"):
                assert re.search(rf"\b{folder.name}/", drawn), folder.name


def test_built_pages_fetch_nothing_from_outside(pages: Path) -> None:
    for page in pages.rglob("*.html"):
        html = page.read_text()
        fetched = re.findall(r"<(?:script|img|iframe|source)[^>]*\ssrc=[\"'](?:https?:)?//", html)
        fetched += re.findall(r"<link[^>]*rel=[\"'](?:stylesheet|preload|icon)[\"'][^>]*href=[\"'](?:https?:)?//", html)
        assert not fetched, page.name


def test_the_two_readmes_say_the_same_things() -> None:
    english, chinese = (ROOT / "README.md").read_text(), (ROOT / "README.zh.md").read_text()
    for pattern in (r"^## ", r"^- \*\*", r"docs/pictures/[\w-]+", r"make \w+", r"\]\(docs/[^)]+\)"):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, chinese, re.MULTILINE)), (
            pattern
        )
