"""What is packed for a tile is read back by another program as it was."""

import mapbox_vector_tile
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fengsui.places import mvt


@given(st.lists(st.integers(0, 2**32 - 1), max_size=50))
def test_packed_numbers_read_back(numbers: list[int]) -> None:
    packed, at_byte = mvt.varints(np.array(numbers, dtype=np.uint32))
    read, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            read.append(value)
            value, shift = 0, 0
    assert read == numbers
    assert at_byte[-1] == len(packed)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-200, 4300), st.integers(-200, 4300)), min_size=2, max_size=8, unique=True),
        min_size=1,
        max_size=6,
    )
)
def test_lines_read_back_as_they_were(lines: list[list[tuple[int, int]]]) -> None:
    size = np.array([len(line) for line in lines])
    parts = mvt.Parts(
        corners=np.array([c for line in lines for c in line], dtype=np.int64),
        first=np.concatenate([[0], np.cumsum(size)]),
        feature=np.arange(len(lines)),
    )
    layer = mvt.encode_layer("x", mvt.LINE, parts, [{"n": str(i)} for i in range(len(lines))])
    read = mapbox_vector_tile.decode(layer, default_options={"y_coord_down": True})["x"]
    assert read["extent"] == 4096
    assert [f["properties"]["n"] for f in read["features"]] == [str(i) for i in range(len(lines))]
    assert [list(map(tuple, f["geometry"]["coordinates"])) for f in read["features"]] == lines
