"""The command line keeps the contract: what goes where, and with which exit code."""

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import fengsui.cli
from fengsui.cli import COMMANDS, find, main
from fengsui.cli.arguments import with_values_joined
from fengsui.cli.journal import WHY, in_words
from fengsui.cli.language import is_chinese
from fengsui.cli.output import progress
from fengsui.journal.verify import Broken, Verdict

TOWN = """<?xml version='1.0' encoding='UTF-8'?>
<osm version='0.6'>
<node id="1" version="1" lon="-74.000" lat="40.700"/><node id="2" version="1" lon="-74.000" lat="40.710"/>
<node id="3" version="1" lon="-73.990" lat="40.710"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="2" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
</osm>
"""
UNITS = "id,lon,lat\nB,-74.0,40.71\nA,-74.0,40.71\nC,-73.99,40.71\n"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have another shell."""
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small town near -74,40.7, built into a road file, and its units."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "town.osm").write_text(TOWN, encoding="utf-8")
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    assert main(["roads", "build", str(folder / "town.osm"), "-o", str(folder / "town.roads")]) == 0
    return folder


def nearest(town: Path, *more: str, to: str = "-74.0,40.7", units: str = "units.csv") -> list[str]:
    return ["nearest", str(town / "town.roads"), "--to", to, "--units", str(town / units), *more]


def error(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    captured = capsys.readouterr()
    assert captured.out == ""
    told: dict[str, object] = json.loads(captured.err.splitlines()[-1])
    assert told.keys() == {"code", "sentence", "facts"}
    return told


def test_building_says_its_progress_on_stderr_and_its_result_on_stdout(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["roads", "build", str(town / "town.osm"), "-o", str(town / "other.roads"), "--json"]) == 0
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    contract = {"nodes", "edges", "metres", "dropped_nodes", "source", "digest"}
    assert told.keys() == contract | {"dropped", "obeys_turns"}
    assert (told["nodes"], told["edges"], told["source"]) == (3, 4, "town.osm")
    assert "Reading town.osm" in captured.err
    assert main(["roads", "info", str(town / "other.roads"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told


def test_info_without_json_is_for_people(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roads", "info", str(town / "town.roads")]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["nodes", "3"]


def test_turn_bans_are_kept_when_asked_for_and_what_is_left_out_is_told_in_words(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    members = "".join(
        f'<member type="{kind}" ref="{ref}" role="{role}"/>'
        for kind, ref, role in (("way", 1, "from"), ("node", 2, "via"), ("way", 1, "to"))
    )
    tags = '<tag k="type" v="restriction"/><tag k="restriction" v="no_u_turn"/>'
    banned = TOWN.replace("</osm>", f'<relation id="1" version="1">{members}{tags}</relation></osm>')
    (town / "banned.osm").write_text(banned, encoding="utf-8")
    build = ["roads", "build", str(town / "banned.osm"), "-o", str(town / "banned.roads")]
    for more, dropped in (
        ([], {"turn_bans_read": 1, "turn_bans_not_obeyed": 1}),
        (["--obey-turns"], {"turn_bans_read": 1}),
    ):
        assert main([*build, *more, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["nodes"], told["edges"]) == (3, 4)
        assert (told["dropped"], told["obeys_turns"]) == (dropped, bool(more))
    assert main(["roads", "info", str(town / "banned.roads")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["obeys_turns", "yes"] in [line.split() for line in lines]
    assert lines[-1].split() == ["turn", "bans", "in", "the", "extract", "1"]
    (town / "y.gr").write_text("p sp 2 2\na 1 2 10\na 2 1 9\n", encoding="ascii")
    assert main(["roads", "build", str(town / "y.gr"), "-o", str(town / "y.roads"), "--obey-turns", "--json"]) == 2
    assert error(capsys)["code"] == "misused"


def test_units_come_nearest_first_and_equals_by_id(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(nearest(town, "-k", "2", "--json")) == 0
    units = json.loads(capsys.readouterr().out)["units"]
    assert [unit["id"] for unit in units] == ["A", "B"]
    assert units[0].keys() == {"id", "seconds", "metres"}
    assert units[0]["metres"] == pytest.approx(1112, abs=1)
    assert units[0]["seconds"] == pytest.approx(units[0]["metres"] / 30 * 3.6, abs=0.001)


def test_units_for_people_are_a_table(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(nearest(town)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["id", "seconds", "metres"]
    assert [line.split()[0] for line in lines[1:]] == ["A", "B", "C"]


def test_a_dimacs_graph_is_built_with_its_coordinates(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (town / "x.gr").write_text("p sp 2 2\na 1 2 10\na 2 1 9\n", encoding="ascii")
    (town / "x.co").write_text("p aux sp co 2\nv 1 -74000000 40700000\nv 2 -74010000 40700000\n", encoding="ascii")
    build = ["roads", "build", str(town / "x.gr"), "-o", str(town / "x.roads"), "--json"]
    assert main([*build, "--coordinates", str(town / "x.co"), "--unit-ms", "3.6"]) == 0
    assert json.loads(capsys.readouterr().out)["edges"] == 2
    assert main(build) == 2
    assert error(capsys)["code"] == "misused"


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("", "table_empty"),
        ("id,lon,lat\n", "table_empty"),
        ("id,lon\nA,-74.0\n", "column_missing"),
        ("A,-74.0,40.7\n", "column_missing"),
        ("id,lon,lat,speed\nA,-74.0,40.7,3\n", "column_unknown"),
        ("id,lon,lat,lat\nA,-74.0,40.7,40.7\n", "column_unknown"),
        ("id,lon,lat\nA,-74.0,40.7\nA,-74.0,40.71\n", "id_twice"),
        ("id,lon,lat\nA,,40.7\n", "field_blank"),
        ("id,lon,lat\n ,-74.0,40.7\n", "field_blank"),
        ("id,lon,lat\nA,-74.0\n", "line_uneven"),
        ("id,lon,lat\nA,nan,40.7\n", "not_a_number"),
        ("id,lon,lat\nA,inf,40.7\n", "not_a_number"),
        ("id,lon,lat\nA,west,40.7\n", "not_a_number"),
        ("id,lon,lat\nA,39.9,116.4\n", "coordinates_swapped"),
        ("id,lon,lat\nA,-74.0,400\n", "not_on_earth"),
        ("id,lon,lat\nA,40.7,-74.0\n", "far_from_road"),  # swapped, yet possible: too far from any road
        ('id,lon,lat\n"A,-74.0,40.7\n', "table_unreadable"),
    ],
)
def test_a_table_with_a_mistake_is_refused_by_code(
    town: Path, table: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (town / "wrong.csv").write_text(table, encoding="utf-8")
    assert main(nearest(town, "--json", units="wrong.csv")) == 1
    assert error(capsys)["code"] == code


def test_a_table_may_have_a_byte_order_mark_blank_lines_and_another_order(
    town: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "\ufeffLAT,id,lon\r\n40.71,朔01,-74.0\r\n\r\n"
    (town / "excel.csv").write_bytes(text.encode("utf-8"))
    assert main(nearest(town, "--json", units="excel.csv")) == 0
    assert [unit["id"] for unit in json.loads(capsys.readouterr().out)["units"]] == ["朔01"]
    (town / "gbk.csv").write_bytes("id,lon,lat\n派出所,-74.0,40.7\n".encode("gbk"))
    assert main(nearest(town, "--json", units="gbk.csv")) == 1
    assert error(capsys)["code"] == "table_not_text"


@pytest.mark.parametrize(
    ("to", "exit_code", "code"),
    [
        ("-74.0", 2, "misused"),
        ("-74.0,40.7,3", 2, "misused"),
        ("a,b", 1, "not_a_number"),
        ("nan,40.7", 1, "not_a_number"),
        ("40.7,-174.0", 1, "coordinates_swapped"),
        ("-274.0,40.7", 1, "not_on_earth"),
        ("-75.0,40.7", 1, "far_from_road"),
    ],
)
def test_a_place_with_a_mistake_is_told(
    town: Path, to: str, exit_code: int, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(nearest(town, "--json", to=to)) == exit_code
    assert error(capsys)["code"] == code


def test_without_json_the_sentence_alone_is_on_stderr(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roads", "info", str(town / "none.roads")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "none.roads" in captured.err
    assert "{" not in captured.err


def test_a_road_file_that_cannot_be_written_is_a_refusal(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = ["roads", "build", str(town / "town.osm"), "--json", "-o", str(town / "no" / "such" / "x.roads")]
    assert main(build) == 1
    assert error(capsys)["code"] == "file_trouble"


@pytest.mark.parametrize(
    "typed",
    [
        [],
        ["fly"],
        ["roads"],
        ["roads", "fly"],
        ["nearest"],
        ["nearest", "x.roads", "--to", "1,2", "--units", "u.csv", "-k", "0"],
        ["nearest", "x.roads", "--to", "1,2", "--units", "u.csv", "--fast"],
        ["bench", "everything"],
        ["roads", "build", "x.osm", "-o", "x.roads", "--unit-ms", "3"],
    ],
)
def test_what_cannot_be_understood_is_misused(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "sage" in captured.err
    assert main([*typed, "--json"]) == 2
    assert error(capsys)["code"] == "misused"


def test_negative_longitudes_need_no_quotes() -> None:
    assert with_values_joined(["--to", "-74.0,40.7", "-k", "5"]) == ["--to=-74.0,40.7", "-k", "5"]
    assert with_values_joined(["--to", "-.5,1"]) == ["--to=-.5,1"]
    assert with_values_joined(["--to=1,2", "-k", "-5", "--json"]) == ["--to=1,2", "-k", "-5", "--json"]


def test_every_command_of_the_table_has_a_module_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([*command.words, "--help"])
        assert ended.value.code == 0
        assert " ".join(command.words) in capsys.readouterr().out
        assert find(command.words) is command


def test_help_and_version_are_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "nearest" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("fengsui ")


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({"LANGUAGE": "zh_Hans:en", "LC_ALL": "C.UTF-8"}, True),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANG": "C"}, False),
        ({}, False),
    ],
)
def test_the_shell_says_which_language(environment: dict[str, str], chinese: bool) -> None:
    assert is_chinese(environment) == chinese


CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("words", [(), *(command.words for command in COMMANDS)])
def test_help_is_chinese_where_the_shell_is(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        main([*words, "--help"])
    told = capsys.readouterr().out
    assert CHINESE.search(told)
    for english in ("usage", "Usage", "options", "arguments", "show this", " the ", " of ", " what ", "as JSON"):
        assert english not in told, told


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    "typed",
    [
        ["fly"],
        ["roads"],
        ["nearest"],
        ["nearest", "x.roads", "--to", "1,2", "--units", "u.csv", "-k", "0"],
        ["nearest", "x.roads", "--to", "1", "--units", "u.csv"],
        ["nearest", "x.roads", "--to"],
        ["nearest", "x.roads", "--to", "1,2", "--units", "u.csv", "--fast"],
        ["bench", "everything"],
        ["demo", "--port", "99999"],
        ["demo", "--speed", "0"],
        ["demo", "--seed", "x"],
        ["demo", "--calls-per-day", "x"],
        ["demo", "--reset=yes"],
        ["roads", "build", "x.osm", "-o", "x.roads", "--unit-ms", "3"],
        ["roads", "build", "x.gr", "-o", "x.roads"],
    ],
)
def test_a_mistake_is_told_in_chinese_where_the_shell_is(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*typed, "--json"]) == 2
    sentence = str(error(capsys)["sentence"])
    assert CHINESE.search(sentence)
    assert not re.search(r"\b(the|write|argument|required|invalid|choose|not|needs|expected)\b", sentence), sentence


@pytest.mark.usefixtures("chinese")
def test_progress_and_tables_are_chinese_where_the_shell_is(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roads", "build", str(town / "town.osm"), "-o", str(town / "zh.roads")]) == 0
    assert main(nearest(town)) == 0
    captured = capsys.readouterr()
    assert all(CHINESE.search(line) for line in captured.err.splitlines())
    assert not re.search(r"seconds|metres|nodes|edges", captured.out)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("why", [None, *WHY])
def test_the_verdict_on_the_record_is_told_in_the_language_of_the_shell(
    language: str, why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    broken = Broken("SQC", 4, why) if why else None
    told = in_words(Verdict(entries=9, head={}, broken=broken), is_proof=True)
    assert bool(CHINESE.search(told)) is (language == "zh_CN")
    assert ("SQC" in told and "4" in told) if why else "9" in told


def test_fengsui_alone_shows_the_commands_and_nothing_odd(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("Usage: fengsui COMMAND")
    assert captured.err.splitlines()[-1].startswith("  fengsui bench ")


@pytest.mark.parametrize(
    ("typed", "absent"),
    [
        (["roads", "info", "town.roads"], ("numba", "django", "osmium", "scipy")),
        (["roads", "build", "town.osm", "-o", "again.roads"], ("numba", "django", "scipy")),
        (["nearest", "town.roads", "--to", "-74.0,40.7", "--units", "units.csv"], ("django", "osmium")),
        (["--help"], ("numpy", "django")),
    ],
)
def test_a_command_loads_only_what_it_needs(town: Path, typed: list[str], absent: tuple[str, ...]) -> None:
    program = (
        "import sys; from fengsui.cli import main; code = main(sys.argv[2:]);"
        "print([name for name in sys.argv[1].split() if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, " ".join(absent), *typed]
    ended = subprocess.run(command, cwd=town, capture_output=True, text=True, check=False, env=os.environ)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.splitlines()[-1] == "[]"


def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(command: object, typed: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr(fengsui.cli, "_run", broken)
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # put back afterwards
    assert main(["roads", "info", "x"]) == 0
    sys.stdout.close()


def test_long_work_says_how_much_of_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    progress("calling the crews on duty", share=0.256)
    assert capsys.readouterr().err == " 26% calling the crews on duty\n"


@pytest.mark.parametrize(("language", "heads"), [("en", ["old", "new", "ratio"]), ("zh_CN", ["旧", "新", "比值"])])
def test_the_table_of_differences_begins_with_its_heads(
    town: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, heads: list[str]
) -> None:
    """An empty head is no name: to the catalogue it would be that of its own description."""
    monkeypatch.setenv("LANGUAGE", language)
    assert main(["roads", "compare", str(town / "town.roads"), str(town / "town.roads")]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == heads
