"""`fengsui route` and `fengsui reach`: what they answer, and how they refuse."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from cities import draw_city, network
from shapely.geometry import shape

from fengsui.cli import main
from fengsui.cli.reach import write_whole
from fengsui_engine.roads import RoadNetwork, build_from_osm


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have another shell."""
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-drawn city as a road file."""
    folder = tmp_path_factory.mktemp("routes")
    build_from_osm(draw_city(folder / "drawn.osm")).save(folder / "city.roads")
    return folder / "city.roads"


def route(city: Path, start: str, goal: str, *more: str) -> list[str]:
    return ["route", str(city), "--from", start, "--to", goal, *more]


def reach(city: Path, minutes: str, output: Path, *more: str) -> list[str]:
    return ["reach", str(city), "--from", "100.003,0.0051", "--minutes", minutes, "-o", str(output), *more]


def test_a_route_names_its_streets_and_they_are_the_whole(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(route(city, "100.003,0.0051", "100.0135,-0.0001", "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"seconds", "metres", "geometry", "streets"}
    assert [street["name_en"] for street in told["streets"]] == ["People's Road", "Bell Tower Street", "College Road"]
    assert [street["name"] for street in told["streets"]] == ["人民路", "钟楼街", "学府路"]
    for what in ("seconds", "metres"):
        assert sum(street[what] for street in told["streets"]) == pytest.approx(told[what], abs=1e-6)
    line = told["geometry"]
    assert (line["type"], len(line["coordinates"])) == ("LineString", 4)
    assert line["coordinates"][0] == pytest.approx([100.003, 0.005])


def test_a_route_for_people_ends_with_the_sum(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(route(city, "100.003,0.0051", "100.0135,-0.0001")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["street", "seconds", "metres"]
    assert lines[1].startswith("People's Road")
    assert lines[-1].split()[0] == "together"


def test_a_route_is_told_in_chinese_where_the_shell_is(
    city: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert main(route(city, "100.003,0.0051", "100.0135,-0.0001")) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0].split()[0], lines[1].split()[0], lines[-1].split()[0]) == ("街道", "人民路", "合计")


def test_where_no_road_leads_the_answer_is_no_and_no_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roads: RoadNetwork = network([(-74.0, 40.7), (-73.99, 40.7)], [(0, 1, 1000, None)])
    roads.save(tmp_path / "one-way.roads")
    assert main(route(tmp_path / "one-way.roads", "-73.99,40.7", "-74.0,40.7", "--json")) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err)["code"] == "no_way"
    assert main(route(tmp_path / "one-way.roads", "-74.0,40.7", "-73.99,40.7", "--json")) == 0


def test_from_a_place_to_itself_nothing_is_driven(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(route(city, "100.003,0.005", "100.003,0.005", "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["seconds"], told["metres"]) == (0, 0)
    assert sum(street["metres"] for street in told["streets"]) == 0


@pytest.mark.parametrize(
    ("start", "code", "exit_code"),
    [("110.0,0.0", "far_from_road", 1), ("0.005,100.003", "coordinates_swapped", 1), ("nan,0", "not_a_number", 1),
     ("100.003", "misused", 2)],
)  # fmt: skip
def test_places_that_make_no_sense_are_told(
    city: Path, start: str, code: str, exit_code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(route(city, start, "100.003,0.005", "--json")) == exit_code
    assert json.loads(capsys.readouterr().err)["code"] == code
    rings = tmp_path / "rings.geojson"
    assert main(["reach", str(city), "--from", start, "--minutes", "1", "-o", str(rings), "--json"]) == exit_code
    assert json.loads(capsys.readouterr().err)["code"] == code
    assert not rings.exists()


def test_rings_are_features_the_largest_first(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rings = tmp_path / "rings.geojson"
    assert main(reach(city, "0.25,0.5,1", rings, "--json")) == 0
    told = json.loads(capsys.readouterr().out)["rings"]
    assert [ring["minutes"] for ring in told] == [0.25, 0.5, 1]
    assert all(low["km2"] < high["km2"] for low, high in pairwise(told))
    drawn = json.loads(rings.read_text())
    assert (drawn["type"], [f["properties"]["seconds"] for f in drawn["features"]]) == (
        "FeatureCollection",
        [60.0, 30.0, 15.0],
    )
    for feature in drawn["features"]:
        area = shape(feature["geometry"])
        assert area.is_valid
        assert area.geom_type == "MultiPolygon"
        assert area.area * 111.195**2 == pytest.approx(feature["properties"]["km2"], rel=0.001)
    assert list(tmp_path.iterdir()) == [rings]


def test_rings_for_people_are_a_table(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(reach(city, "1", tmp_path / "rings.geojson")) == 0
    heads, row = capsys.readouterr().out.splitlines()
    assert heads.split() == ["minutes", "km²"]
    assert row.split()[0] == "1"


@pytest.mark.parametrize(
    "minutes",
    ["0", "-1", "nan", "inf", "1,nan", "121", "3,1", "1,1", "", "1,,3", "five", ",".join(map(str, range(1, 21)))],
)
def test_minutes_that_make_no_sense_are_misuse_in_both_languages(
    city: Path, minutes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for language in ("en", "zh_CN"):
        monkeypatch.setenv("LANGUAGE", language)
        assert main(reach(city, minutes, tmp_path / "rings.geojson", "--json")) == 2
        error = json.loads(capsys.readouterr().err)
        assert error["code"] == "misused"
        told.append(error["sentence"])
    assert told[0] != told[1]
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_a_refusal(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(reach(city, "1", tmp_path / "nowhere" / "rings.geojson", "--json")) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "file_trouble"


def test_what_was_there_stays_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rings = tmp_path / "rings.geojson"
    rings.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(rings, "after")
    assert rings.read_text() == "before"
    assert list(tmp_path.iterdir()) == [rings]


@pytest.mark.parametrize(
    "words",
    [
        ("route", "--from", "100.003,0.005", "--to", "100.0,0.0"),
        ("reach", "--from", "100.003,0.005", "--minutes", "1", "-o", "rings.geojson"),
    ],
)
def test_neither_loads_django_nor_osmium(city: Path, words: tuple[str, ...], tmp_path: Path) -> None:
    code = (
        "import sys; from fengsui.cli import main; code = main(sys.argv[1:]);"
        "loaded = {name.split('.')[0] for name in sys.modules};"
        "sys.exit(code or bool(loaded & {'django', 'osmium', 'shapely'}))"
    )
    command, *options = words
    done = subprocess.run(
        [sys.executable, "-c", code, command, str(city), *options], cwd=tmp_path, capture_output=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
