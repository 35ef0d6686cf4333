"""The extract is ordinary OSM, in both languages, and the same bytes for the same seed."""

import re
import subprocess
import sys
from collections import Counter
from importlib import resources
from pathlib import Path

import osmium
import pytest

from fengsui.demo.city import City, write_extract
from fengsui.demo.city.extract import tags_text

LATIN = re.compile(r"[A-Za-zü0-9' .&-]+")


def packed() -> bytes:
    return resources.files("fengsui.demo").joinpath("data", "shuoquan-1.osm.pbf").read_bytes()


def test_the_packed_city_is_what_the_command_draws_for_seed_1(extract: Path) -> None:
    assert extract.read_bytes() == packed()


def test_writing_twice_gives_the_same_bytes_and_replaces_the_old_file(
    city: City, extract: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.osm.pbf"
    again.write_text("something old")
    write_extract(city, again)
    assert again.read_bytes() == extract.read_bytes()


def test_the_packed_city_stays_small() -> None:
    assert len(packed()) < 3_000_000


def test_every_name_is_chinese_and_has_its_latin_twin(extract: Path) -> None:
    names = set()
    for thing in osmium.FileProcessor(str(extract)):
        zh, en = thing.tags.get("name"), thing.tags.get("name:en")
        assert (zh is None) == (en is None)
        if zh is not None and en is not None:
            names.add(zh)
            assert not re.search("[A-Za-z]", zh)
            assert LATIN.fullmatch(en), en
    assert len(names) > 2_000


def test_ways_use_known_nodes_in_the_order_that_readers_expect(extract: Path) -> None:
    nodes, kinds, last = set(), [], {"n": 0, "w": 0}
    for thing in osmium.FileProcessor(str(extract)):
        kind = thing.type_str()
        kinds.append(kind)
        assert thing.id > last[kind]
        last[kind] = thing.id
        if isinstance(thing, osmium.osm.Node):
            nodes.add(thing.id)
            assert 101.2 < thing.location.lon < 102.6
            assert 40.4 < thing.location.lat < 40.9
        elif isinstance(thing, osmium.osm.Way):
            assert len(thing.nodes) >= 2
            assert all(node.ref in nodes for node in thing.nodes)
    assert kinds == sorted(kinds)


def test_the_tags_are_those_of_any_extract(extract: Path) -> None:
    found: Counter[str] = Counter()
    for thing in osmium.FileProcessor(str(extract)):
        for tag in thing.tags:
            if tag.k in (
                "highway",
                "place",
                "amenity",
                "emergency",
                "landuse",
                "natural",
                "railway",
                "junction",
                "bridge",
            ):
                found[f"{tag.k}={tag.v}"] += 1
            assert not tag.k.startswith("fengsui")
    for road in ("motorway", "motorway_link", "trunk", "primary", "secondary", "tertiary", "residential", "service"):
        assert found[f"highway={road}"], road
    for amenity in ("police", "fire_station", "hospital", "school", "fuel", "marketplace", "townhall"):
        assert found[f"amenity={amenity}"] > 5, amenity
    assert found["place=city"] == 1
    assert found["emergency=ambulance_station"] > 8
    assert found["railway=station"] == 2
    assert found["junction=roundabout"]
    assert found["natural=water"]
    assert found["bridge=yes"] > 8


@pytest.mark.parametrize("seed", ["-1", "1.5", "one"])
def test_a_seed_that_is_no_whole_number_is_misuse(seed: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fengsui.demo.city", f"--seed={seed}", "-o", str(tmp_path / "x.osm.pbf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "whole number" in done.stderr


def test_what_means_something_in_a_line_of_text_is_escaped() -> None:
    assert tags_text({"name": "a b,c=d@e%f", "name:zh": "朔泉"}) == " Tname=a%20%b%2c%c%3d%d%40%e%25%f,name:zh=朔泉"
