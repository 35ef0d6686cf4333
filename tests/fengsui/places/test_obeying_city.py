"""A city whose crews obey turn bans has copies of junctions and streets; people see each of them once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely

from fengsui.cli import main
from fengsui.demo.callers import _chances
from fengsui.places.city import City, assemble
from fengsui.places.ground import lay_ground
from fengsui.places.roadlines import edge_lines
from fengsui.places.stations import seed_stations
from fengsui_engine.roads import RoadNetwork, build_from_osm


@pytest.fixture(scope="module")
def obeying(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """The drawn town, where nobody may turn round at any crossing."""
    path = tmp_path_factory.mktemp("obeying") / extract.name
    relation = osmium.osm.mutable.Relation
    with osmium.SimpleWriter(str(path)) as out:
        number = 0
        for read in osmium.FileProcessor(str(extract)):
            out.add(read)
            if not read.is_way() or "highway" not in read.tags or "name" not in read.tags:
                continue  # a way without a name has a bend, which would become a junction
            for node in read.nodes:
                number += 1
                members = [("w", read.id, "from"), ("n", node.ref, "via"), ("w", read.id, "to")]
                tags = {"type": "restriction", "restriction": "no_u_turn"}
                out.add_relation(relation(id=number, version=1, members=members, tags=tags))
    return build_from_osm(path, obey_turns=True)


def test_each_street_is_drawn_named_and_crossed_once(town: City, obeying: RoadNetwork) -> None:
    assert len(obeying.node_copied) > obeying.n_junctions
    city = assemble(obeying, replace(town.basemap, roads_digest=obeying.digest))
    theirs, ours = edge_lines(town.roads, town.basemap), edge_lines(obeying, town.basemap)
    assert {shapely.normalize(line).wkb for line in theirs.shapes} == {
        shapely.normalize(line).wkb for line in ours.shapes
    }
    assert len(ours.shapes) == len(theirs.shapes)
    assert city.register.crossings.corner_names == town.register.crossings.corner_names
    assert np.array_equal(city.register.crossings.at, town.register.crossings.at)
    assert city.register.streets.metres.tolist() == pytest.approx(town.register.streets.metres.tolist())
    for query in ("人民街", "中山路与人民街", "Renmin Street"):
        assert [found.name for found in city.search.find(query)] == [found.name for found in town.search.find(query)]


def test_stations_and_callers_stand_at_no_copy(town: City, obeying: RoadNetwork) -> None:
    drawn = [
        [(station.lon, station.lat) for station in seed_stations(roads, 6, np.random.default_rng(3))]
        for roads in (town.roads, obeying)
    ]
    assert drawn[0] == drawn[1]
    near = [(100.003, 40.002)]
    assert np.array_equal(_chances(town.roads, near), _chances(obeying, near))


def test_roads_that_obey_are_replaced_by_roads_that_obey(extract: Path, tmp_path: Path) -> None:
    lay_ground(extract, tmp_path / "city.roads", lambda *told, **facts: None, obey_turns=True)
    assert main(["roads", "replace", str(extract), "--data", str(tmp_path)]) == 0
    assert RoadNetwork.open(tmp_path / "city.roads").obeys_turns
