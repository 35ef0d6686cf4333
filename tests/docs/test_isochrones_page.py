"""The page on isochrones does what it says."""

import re
from pathlib import Path

import pytest

from fengsui.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/isochrones.md").read_text(encoding="utf-8")
MADE_UP = ROOT / "src/fengsui/demo/data/shuoquan-1.osm.pbf"


def test_the_lines_of_the_page_run_and_print_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGUAGE", "en")
    (tmp_path / "city.osm.pbf").symlink_to(MADE_UP)
    five_lines, more = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len([line for line in five_lines.splitlines() if line]) == 5
    names: dict[str, object] = {}
    exec(five_lines, names)
    printed = capsys.readouterr().out
    table = re.search(r"minutes +km²\n((?:\d.*\n)+)", PAGE)
    assert table is not None
    shown = [line.split()[1] for line in table[1].splitlines()]
    assert printed.strip() == str([f"{area} km²" for area in shown])
    exec(more, names)
    assert int(names["n_reached"]) > 1000  # type: ignore[call-overload]
    assert main(["roads", "build", "city.osm.pbf", "-o", "city.roads"]) == 0
    capsys.readouterr()
    command = re.search(r"\$ fengsui (reach .*)", PAGE)
    assert command is not None
    assert main(command[1].split()) == 0
    assert capsys.readouterr().out.splitlines() == ["minutes    km²", *table[1].splitlines()]
