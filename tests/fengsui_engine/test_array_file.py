"""Arrays that are kept come back as they were, or the file is refused."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from fengsui_engine import array_file
from fengsui_engine.array_file import (
    PROLOGUE,
    ArrayFileDamaged,
    ArrayFileOfAnotherVersion,
    FileKind,
    digest_of,
    read_arrays,
    write_arrays,
)

KIND = FileKind(b"a test\r\n\x1a", 3)
KEPT = {"a": np.arange(300, dtype=np.int32), "b": np.linspace(0, 1, 7).reshape(7, 1), "none": np.zeros((0, 2))}
TOLD = {"names": ["甲路", "A Road", "\ud800"], "dropped": {"x": 3}}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    write_arrays(tmp_path / "kept", KIND, KEPT, TOLD)
    return tmp_path / "kept"


kinds = st.sampled_from(["float64", "int64", "int32", "uint8", "float32", "bool"])


@given(
    held=st.dictionaries(
        st.text(max_size=5),
        kinds.flatmap(lambda kind: arrays(kind, array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4))),
        max_size=4,
    ),
    told=st.dictionaries(st.sampled_from(["names", "source", "dropped"]), st.text(max_size=5) | st.integers()),
)
def test_what_is_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, held: Any, told: Any) -> None:
    path = tmp_path_factory.mktemp("arrays") / "kept"
    write_arrays(path, KIND, held, told)
    content = read_arrays(path, KIND)
    assert content.told == told
    assert content.digest == digest_of(held, told)
    assert list(content.arrays) == list(held)
    for name, array in held.items():
        back = content.arrays[name]
        assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())
        assert not back.flags.writeable


def test_each_array_starts_where_a_processor_likes_it(kept: Path) -> None:
    assert all(array.ctypes.data % 64 == 0 for array in read_arrays(kept, KIND).arrays.values() if array.size)


def test_the_same_arrays_are_the_same_bytes_and_nothing_is_left_beside_them(kept: Path) -> None:
    write_arrays(kept.with_name("again"), KIND, KEPT, TOLD)
    assert kept.with_name("again").read_bytes() == kept.read_bytes()
    assert sorted(path.name for path in kept.parent.iterdir()) == ["again", "kept"]


def test_a_file_cut_short_anywhere_is_refused(kept: Path) -> None:
    whole = kept.read_bytes()
    for size in range(len(whole)):
        kept.write_bytes(whole[:size])
        with pytest.raises((ArrayFileDamaged, ArrayFileOfAnotherVersion)):
            read_arrays(kept, KIND)


def test_a_changed_byte_anywhere_is_refused_and_so_is_one_more_at_the_end(kept: Path) -> None:
    whole = kept.read_bytes()
    for place in range(len(whole)):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with pytest.raises((ArrayFileDamaged, ArrayFileOfAnotherVersion)):
            read_arrays(kept, KIND)
    kept.write_bytes(whole + b"\0")
    with pytest.raises(ArrayFileDamaged):
        read_arrays(kept, KIND)


def test_the_array_that_was_changed_is_named(kept: Path) -> None:
    whole = kept.read_bytes()
    place = whole.index(KEPT["b"].tobytes())
    kept.write_bytes(whole[:place] + b"\x01" + whole[place + 1 :])
    with pytest.raises(ArrayFileDamaged) as damaged:
        read_arrays(kept, KIND)
    assert "'b'" in damaged.value.detail


def test_long_arrays_are_hashed_beside_each_other_to_the_same_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = digest_of(KEPT, TOLD)
    monkeypatch.setattr(array_file, "WORTH_THREADS", 0)
    assert digest_of(KEPT, TOLD) == alone


def test_another_kind_and_another_version_are_told_apart(kept: Path) -> None:
    with pytest.raises(ArrayFileDamaged):
        read_arrays(kept, FileKind(b"another\r\n\x1a", 3))
    with pytest.raises(ArrayFileOfAnotherVersion) as refused:
        read_arrays(kept, FileKind(KIND.magic, 4))
    assert refused.value.version == 3
    with pytest.raises(FileNotFoundError):
        read_arrays(kept.with_name("none"), KIND)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "<i4", "shape": [1 << 40], "place": 0},
        {"kind": "<i4", "shape": [-1], "place": 0},
        {"kind": "<i4", "shape": [1], "place": -4},
        {"kind": "O", "shape": [1], "place": 0},
        {"kind": "<i4"},
        {"kind": "<i4", "shape": [1], "place": 400},
        {"kind": "nothing", "shape": [1], "place": 0},
        None,
    ],
)
def test_a_header_that_is_signed_and_wrong_is_refused(tmp_path: Path, entry: Any) -> None:
    header = json.dumps({"arrays": {"a": entry}, "digest": ""}).encode()
    signed = PROLOGUE.pack(KIND.magic, KIND.version, len(header), sha256(header).digest()) + header
    (tmp_path / "forged").write_bytes(signed + b"\0" * 64)
    with pytest.raises(ArrayFileDamaged):
        read_arrays(tmp_path / "forged", KIND)
