"""A wrong setting stops the start and says what to write."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from fengsui.base.variables import flag, number, secret, text

NAME = "FENGSUI_TEST_VARIABLE"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)


def test_what_is_not_set_is_the_default(tmp_path: Path) -> None:
    assert text(NAME, default="x") == "x"
    assert flag(NAME, default=True) is True
    assert number(NAME, default=7) == 7
    assert secret(NAME, file=tmp_path / "key", default="y") == "y"


def test_what_is_set_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(NAME, "12")
    assert text(NAME, default="x") == "12"
    assert number(NAME, default=7) == 12
    assert secret(NAME, file=tmp_path / "key", default="y") == "12"
    for written, meant in [("true", True), ("false", False)]:
        monkeypatch.setenv(NAME, written)
        assert flag(NAME, default=not meant) is meant


@pytest.mark.parametrize("written", ["yes", "True", "1", ""])
def test_a_flag_is_true_or_false_and_nothing_else(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, written)
    with pytest.raises(ImproperlyConfigured, match="Write true or false"):
        flag(NAME, default=False)


@pytest.mark.parametrize("written", ["ten", "-1", "1.5", "", "１２"])
def test_a_number_is_whole(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, written)
    with pytest.raises(ImproperlyConfigured, match="Write a whole number"):
        number(NAME, default=7)


def test_a_secret_is_made_once_kept_for_its_owner_alone_and_found_again(tmp_path: Path) -> None:
    file = tmp_path / "key"
    made = secret(NAME, file=file, default=None)
    assert len(made) >= 60
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret(NAME, file=file, default=None) == made
    assert secret(NAME, file=file, default="y") == made


def test_a_secret_may_lie_in_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = tmp_path / "elsewhere"
    named.write_text("from a file\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(named))
    assert secret(NAME, file=tmp_path / "key", default=None) == "from a file"
