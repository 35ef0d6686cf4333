"""Maps that are damaged, lying or absurd: refused with a code in bounded time and memory, or read for what they are."""

import bz2
import gzip
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from fengsui.cli import main
from fengsui_engine.refusal import Refusal
from fengsui_engine.roads import RoadNetwork, build_from_osm, extract
from fengsui_engine.roads import osm as reader
from fengsui_engine.roads.dropped import Dropped

GIGABYTE = 1024**3
LINE = [(n, 100 + n / 1000, (n % 2) / 1000) for n in range(1, 6)]


def node(number: int, lon: object, lat: object) -> str:
    return f'<node id="{number}" version="1" lon="{lon}" lat="{lat}"/>'


def way(number: int, refs: Sequence[int], highway: str = "residential") -> str:
    nodes = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" version="1">{nodes}<tag k="highway" v="{highway}"/></way>'


def ban(
    number: int, from_: int, via: Sequence[int], to: int, kind: str = "no_straight_on", via_kind: str = "node"
) -> str:
    middle = "".join(f'<member type="{via_kind}" ref="{ref}" role="via"/>' for ref in via)
    ends = f'<member type="way" ref="{from_}" role="from"/>{middle}<member type="way" ref="{to}" role="to"/>'
    tags = f'<tag k="type" v="restriction"/><tag k="restriction" v="{kind}"/>'
    return f'<relation id="{number}" version="1">{ends}{tags}</relation>'


def osm(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["<osm version='0.6'>", *lines, "</osm>"]), encoding="utf-8")
    return path


def line() -> list[str]:
    return [node(*each) for each in LINE]


def code(path: Path, *, obey_turns: bool = False) -> str:
    with pytest.raises(Refusal) as refused:
        build_from_osm(path, obey_turns=obey_turns)
    assert str(refused.value)
    return refused.value.code


def built_apart(path: Path, *, within: int, obey_turns: bool = False) -> str:
    """Built in a process of its own that gets no more memory than `within`; what became of it."""
    child = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)\n"
        "from fengsui_engine.refusal import Refusal; from fengsui_engine.roads import build_from_osm\n"
        "try: build_from_osm(sys.argv[1], obey_turns=sys.argv[3] == 'True'); print('built')\n"
        "except Refusal as refused: print(refused.code)"
    )
    command = [sys.executable, "-c", child, str(path), str(within), str(obey_turns)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, env=os.environ, check=False)
    assert done.stderr == ""
    return done.stdout.strip()


# --- Packing -----------------------------------------------------------------


def varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def text(tag: int, content: bytes) -> bytes:
    return varint(tag << 3 | 2) + varint(len(content)) + content


def number(tag: int, value: int) -> bytes:
    return varint(tag << 3) + varint(value)


def blob(kind: bytes, content: bytes, *, raw_size: int | None = None, data_size: int | None = None) -> bytes:
    packed = number(2, len(content) if raw_size is None else raw_size) + text(3, zlib.compress(content, 9))
    header = text(1, kind) + number(3, len(packed) if data_size is None else data_size)
    return struct.pack(">I", len(header)) + header + packed


def points(n: int) -> bytes:
    """Many points at one place: three bytes each, that pack to nearly nothing."""
    dense = text(1, b"\x02" * n) + text(8, b"\x00" * n) + text(9, b"\x00" * n)
    return text(1, text(1, b"")) + text(2, text(2, dense))


HEADER = blob(b"OSMHeader", text(4, b"OsmSchema-V0.6") + text(4, b"DenseNodes"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        struct.pack(">I", 2**31 - 1) + b"x" * 100,
        HEADER + struct.pack(">I", 2**31 - 1),
        HEADER + blob(b"OSMData", points(10), data_size=2**31 - 1),
        HEADER + blob(b"OSMData", points(10), data_size=30_000_000),
        HEADER + blob(b"OSMData", points(10), raw_size=2**33),
        HEADER + blob(b"OSMData", points(10), raw_size=32 * 1024**2),
        HEADER + blob(b"OSMData", points(1_000_000), raw_size=100),
        HEADER + blob(b"OSMData", points(10))[:-5],
        HEADER + b"\x00\x00",
        HEADER + b"\xff" * 200,
        struct.pack(">I", 3) + b"\xff\xff\xff",
        struct.pack(">I", 12) + b"\x08" + b"\xff" * 11,
    ],
    ids=range(13),
)
def test_a_file_that_lies_about_its_sizes_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lying.osm.pbf").write_bytes(content)
    assert code(tmp_path / "lying.osm.pbf") in {"extract_unreadable", "extract_too_large"}


def test_a_part_that_tells_its_size_twice_is_refused(tmp_path: Path) -> None:
    """Readers differ on which of the two they believe, so that one would pass the check and the other be read."""
    whole = tmp_path / "whole.osm.pbf"
    whole.write_bytes(HEADER + blob(b"OSMData", points(10)))
    assert code(whole) == "extract_has_no_roads"
    content = zlib.compress(points(10), 9)
    size = number(2, len(points(10)))
    for packed, header_size in ((size + size + text(3, content), 1), (size + text(3, content), 2)):
        header = text(1, b"OSMData") + number(3, len(packed)) * header_size
        twice = tmp_path / "twice.osm.pbf"
        twice.write_bytes(HEADER + struct.pack(">I", len(header)) + header + packed)
        assert code(twice) == "extract_unreadable"


def test_a_small_file_that_unpacks_to_many_points_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.osm.pbf"
    bomb.write_bytes(HEADER + blob(b"OSMData", points(10_000_000)))
    assert bomb.stat().st_size < 40_000
    assert built_apart(bomb, within=GIGABYTE) == "extract_too_large"
    bomb.write_bytes(HEADER + 100 * blob(b"OSMData", points(300_000)))
    assert built_apart(bomb, within=GIGABYTE) == "extract_too_large"


@pytest.mark.parametrize(("ending", "opened"), [(".osm.gz", gzip.open), (".osm.bz2", bz2.open)])
def test_a_small_file_that_unpacks_to_much_text_is_refused(
    tmp_path: Path, ending: str, opened: Callable[..., Any]
) -> None:
    bomb = tmp_path / f"bomb{ending}"
    with opened(bomb, "wb") as out:
        out.write(b"<osm version='0.6'>")
        for _ in range(70):
            out.write(b" " * 1_000_000)
    assert bomb.stat().st_size < 1_000_000
    assert built_apart(bomb, within=GIGABYTE) == "extract_too_large"


def test_more_than_is_taken_is_refused_by_each_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    barred = '<node id="9" version="1" lon="1" lat="1"><tag k="barrier" v="block"/></node>'
    whole = osm(tmp_path / "a.osm", *line(), barred, way(1, [1, 2, 3]), way(2, [3, 4]), ban(1, 1, [3], 2))
    build_from_osm(whole)
    for module, limit, most in (
        (extract, "MOST_UNPACKED_BYTES", 100),
        (reader, "MOST_WAYS", 1),
        (reader, "MOST_POINTS", 4),
        (reader, "MOST_BARRIERS", 0),
        (reader, "MOST_RESTRICTIONS", 0),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, limit, most)
            assert code(whole) == "extract_too_large", limit


def test_where_memory_is_short_the_map_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reader, "strong_core", full)
    assert code(osm(tmp_path / "a.osm", *line(), way(1, [1, 2, 3]))) == "extract_too_large"


@pytest.mark.parametrize("ending", [".osm.gz", ".osm.bz2"])
def test_a_packed_map_that_is_cut_short_or_garbled_is_refused(tmp_path: Path, ending: str) -> None:
    opened: Callable[..., Any] = gzip.open if ending == ".osm.gz" else bz2.open
    path = tmp_path / f"whole{ending}"
    with opened(path, "wt") as out:
        out.write(f"<osm version='0.6'>{''.join(line())}{way(1, [1, 2, 3])}</osm>")
    whole = path.read_bytes()
    build_from_osm(path)
    for damaged in (whole[:-9], whole[:20], whole[:40] + bytes([whole[40] ^ 255]) + whole[41:], b"hello"):
        path.write_bytes(damaged)
        assert code(path) == "extract_unreadable"


@pytest.mark.parametrize("name", ["monaco_osrm.osm.pbf", "krems.osm.gz"])
def test_a_real_extract_cut_anywhere_is_refused(name: str, tmp_path: Path, real_data: Path) -> None:
    whole = (real_data / name).read_bytes()
    cut = tmp_path / name
    for share in (0.001, 0.1, 0.35, 0.8, 0.999):
        cut.write_bytes(whole[: int(len(whole) * share)])
        assert code(cut) == "extract_unreadable"


def test_a_text_that_grows_out_of_itself_is_refused(tmp_path: Path) -> None:
    grown = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    content = f'<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "aaaa">{grown}]><osm version="0.6"><node id="&j;"/></osm>'
    (tmp_path / "grown.osm").write_text(content)
    assert code(tmp_path / "grown.osm") == "extract_unreadable"


# --- Content -----------------------------------------------------------------


def test_a_way_of_a_million_points_is_read(tmp_path: Path) -> None:
    n = 1_000_000
    places = (node(i, round(100 + i * 1e-6, 7), 0) for i in range(1, n + 1))
    extract_ = osm(tmp_path / "long.osm", *places, way(1, range(1, n + 1)))
    assert built_apart(extract_, within=3 * GIGABYTE) == "built"


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("nan", 0),
        ("inf", 0),
        (0, "-inf"),
        ("1e300", 0),
        (200, 0),
        (-180.1, 0),
        (0, 90.1),
        (0, -91),
        ("east", 0),
        ("", 0),
    ],
)
def test_a_point_that_is_nowhere_on_earth_is_refused(tmp_path: Path, lon: object, lat: object) -> None:
    assert code(osm(tmp_path / "a.osm", *line(), node(9, lon, lat), way(1, [1, 2, 9]))) == "extract_unreadable"


def test_a_street_round_the_earth_is_refused(tmp_path: Path) -> None:
    far = [node(1, -180, -90), node(2, 180, 90), node(3, 0, 0)]
    assert code(osm(tmp_path / "a.osm", *far, way(1, [1, 2, 3]))) == "extract_unreadable"
    there_and_back = [node(1, -90, 0), node(2, 90, 0), way(1, [1, 2] * 100)]
    assert code(osm(tmp_path / "b.osm", *there_and_back)) == "extract_unreadable"


def test_a_map_out_of_order_is_refused_and_one_that_is_cut_is_not(tmp_path: Path) -> None:
    assert code(osm(tmp_path / "a.osm", way(1, [1, 2, 3]), *line())) == "extract_unreadable"
    assert code(osm(tmp_path / "b.osm", node(*LINE[0]), node(*LINE[1]), way(1, [1, 2, 3]), node(*LINE[2]))) == (
        "extract_unreadable"
    )
    roads = build_from_osm(osm(tmp_path / "c.osm", *line(), way(1, [1, 2, 3, 99])))
    assert (roads.n_edges, roads.dropped[Dropped.PIECES_CUT_AT_THE_EDGE]) == (2, 1)


def test_numbers_that_no_map_server_gives_are_refused(tmp_path: Path) -> None:
    assert code(osm(tmp_path / "a.osm", node(-5, 1, 0), node(-6, 1.1, 0), way(1, [-5, -6]))) == "extract_unreadable"
    assert code(osm(tmp_path / "b.osm", *line(), way(10**30, [1, 2]))) == "extract_unreadable"


def test_what_comes_twice_is_taken_once(tmp_path: Path) -> None:
    once = build_from_osm(osm(tmp_path / "a.osm", *line(), way(1, [1, 2, 3])))
    twice = build_from_osm(osm(tmp_path / "a.osm", *line(), *line(), way(1, [1, 2, 3]), way(1, [3, 4])))
    assert streets(once) == streets(twice)
    assert twice.dropped == {Dropped.WAYS_REPEATED: 1}


def streets(roads: RoadNetwork) -> list[tuple[int, int, int]]:
    return sorted(zip(roads.from_osm.tolist(), roads.to_osm.tolist(), roads.travel_ms.tolist(), strict=True))


def test_ways_that_go_nowhere_are_no_streets(tmp_path: Path) -> None:
    assert code(osm(tmp_path / "a.osm", *line(), way(1, [1, 1, 1]), way(2, [2]), way(3, []))) == "extract_has_no_roads"
    there_and_back = build_from_osm(osm(tmp_path / "b.osm", *line(), way(1, [1, 2, 1, 2, 1])))
    assert {(a, b) for a, b, _ in streets(there_and_back)} == {(1, 2), (2, 1)}


def test_words_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = osm(tmp_path / "a.osm", *line(), way(1, [1, 2]))
    path.write_bytes(path.read_bytes().replace(b"residential", b"resid\xff\xfetial"))
    assert code(path) == "extract_unreadable"


# --- Turn bans ---------------------------------------------------------------


def hub(n: int) -> list[str]:
    """A junction, point 1, of n streets; street i is way i."""
    ends = [node(i + 1, 100 + i / 1e5, 0.01) for i in range(1, n + 1)]
    return [node(1, 100, 0), *ends, *(way(i, [1, i + 1]) for i in range(1, n + 1))]


def test_turn_bans_about_what_is_not_there_do_no_harm(tmp_path: Path) -> None:
    bans = [ban(1, 77, [2], 2), ban(2, 1, [88], 2), ban(3, 1, [2], 99), ban(4, 1, [66], 2, via_kind="way")]
    roads = build_from_osm(osm(tmp_path / "a.osm", *line(), way(1, [1, 2]), way(2, [2, 3]), *bans), obey_turns=True)
    assert roads.dropped == {Dropped.TURN_BANS_READ: 4, Dropped.TURN_BANS_WITHOUT_EFFECT: 4}


def test_ten_thousand_bans_at_one_junction_are_kept_or_refused_in_little_memory(tmp_path: Path) -> None:
    n = 3_000  # each of these streets alone bans, or is left for, thousands of others
    for kind in ("only_straight_on", "no_straight_on"):
        bans = [ban(i, i, [1], i % n + 1, kind) for i in range(1, n + 1)]
        extract_ = osm(tmp_path / f"{kind}.osm", *hub(n), *bans)
        assert built_apart(extract_, within=2 * GIGABYTE, obey_turns=True) == "too_many_turn_bans"
    n = 10_000
    one_street = [ban(i, 1, [1], i + 1) for i in range(1, n)]
    roads = build_from_osm(osm(tmp_path / "one.osm", *hub(n), *one_street), obey_turns=True)
    assert (len(roads.node_copied), len(roads.edge_copied)) == (1, 1)


def test_a_ban_by_way_of_a_thousand_ways_is_kept(tmp_path: Path) -> None:
    n = 1002
    places = [node(i, 100 + i / 1e4, 0) for i in range(1, n + 2)]
    ways = [way(i, [i, i + 1]) for i in range(1, n + 1)]
    aside = [node(2000, 100.05, 0.001), way(2000, [500, 2000])]  # so that it is not all one street
    extract_ = osm(tmp_path / "a.osm", *places, *aside, *ways, ban(1, 1, range(2, n), n, via_kind="way"))
    roads = build_from_osm(extract_, obey_turns=True)
    assert len(roads.node_copied) == 3  # behind the first way, at the street aside, before the last way
    assert roads.dropped == {Dropped.TURN_BANS_READ: 1}


def test_long_ways_walked_by_many_bans_are_refused(tmp_path: Path) -> None:
    n = 20_000
    places = [node(i, 100 + i / 1e6, 0) for i in range(1, n + 1)]
    ends = [node(n + 1, 99, 0), node(n + 2, 101, 1), way(2, [n + 1, 1]), way(3, [n, n + 2])]
    bans = [ban(i, 2, [1], 3, via_kind="way") for i in range(1, 1001)]
    extract_ = osm(tmp_path / "a.osm", *places, *ends, way(1, range(1, n + 1)), *bans)
    assert code(extract_, obey_turns=True) == "too_many_turn_bans"


def test_a_command_that_is_refused_leaves_the_road_file_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = osm(tmp_path / "good.osm", *line(), way(1, [1, 2])), osm(tmp_path / "bad.osm", way(1, [1, 2]), *line())
    kept = tmp_path / "city.roads"
    assert main(["roads", "build", str(good), "-o", str(kept)]) == 0
    before = kept.read_bytes()
    assert main(["roads", "build", str(bad), "-o", str(kept), "--json"]) == 1
    assert kept.read_bytes() == before
    assert '"code": "extract_unreadable"' in capsys.readouterr().err
