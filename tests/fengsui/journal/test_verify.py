"""Whatever is changed in the record by hand, `verify` says so and names the entry."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as at_most
from hypothesis import strategies as st

from fengsui.journal import verify as verify_module
from fengsui.journal.record import act
from fengsui.journal.verify import DATABASE, Broken, NoRecordHere, RecordNotReadable, head, verify

TABLES = ("journal_entry", "journal_about", "journal_head")


@pytest.fixture
def whole(note: Callable[..., None], tmp_path: Path, transactional_db: None) -> Path:
    """A data folder with nine entries of two centres and no triggers: what an owner of the file can do."""
    for number in range(1, 7):
        with act():
            note(number)
            if number % 2:
                note(number, centre="SQL")
    with closing(sqlite3.connect(tmp_path / DATABASE)) as copy:
        connection.cursor()  # connected
        connection.connection.backup(copy)
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            copy.execute(f'DROP TRIGGER "{name}"')
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name not in TABLES and not name.startswith("sqlite_"):
                copy.execute(f'DROP TABLE "{name}"')
        copy.commit()
        copy.execute("VACUUM")
    return tmp_path


def by_hand(data: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as db:
        db.executescript("PRAGMA ignore_check_constraints = ON;" + ";".join(statements))


def broken_after(data: Path, *statements: str) -> tuple[str, int] | None:
    by_hand(data, *statements)
    broken = verify(data).broken
    return None if broken is None else (broken.centre, broken.seq)


def test_a_record_that_nobody_touched_is_whole(whole: Path) -> None:
    verdict = verify(whole).as_json()
    assert (verdict["ok"], verdict["entries"], verdict["broken"]) == (True, 9, None)
    assert {centre: end["seq"] for centre, end in verdict["head"].items()} == {"SQC": 6, "SQL": 3}
    assert head(whole).as_json() == verdict


def test_an_empty_record_is_whole(whole: Path) -> None:
    assert broken_after(whole, *(f"DELETE FROM {table}" for table in TABLES)) is None


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        # changed
        ("UPDATE journal_entry SET body = replace(body, '\"number\":3', '\"number\":4') WHERE seq = 3", ("SQC", 3)),
        ("UPDATE journal_entry SET what = 'unit.recalled' WHERE centre = 'SQL' AND seq = 2", ("SQL", 2)),
        ("UPDATE journal_entry SET at = at + 1 WHERE centre = 'SQC' AND seq = 6", ("SQC", 6)),
        ("UPDATE journal_entry SET v = 2 WHERE centre = 'SQC' AND seq = 1", ("SQC", 1)),
        ("UPDATE journal_entry SET seq = 70 WHERE centre = 'SQC' AND seq = 4", ("SQC", 4)),
        ("UPDATE journal_entry SET id = 70 WHERE centre = 'SQC' AND seq = 4", ("SQC", 4)),
        ("UPDATE journal_entry SET id = -1 WHERE centre = 'SQC' AND seq = 1", ("SQC", 1)),
        ("UPDATE journal_entry SET centre = 'AAA' WHERE centre = 'SQL' AND seq = 3", ("SQL", 3)),
        ("UPDATE journal_entry SET body = CAST(body AS BLOB) WHERE centre = 'SQL' AND seq = 3", ("SQL", 3)),
        ("UPDATE journal_entry SET hash = upper(hash) WHERE centre = 'SQC' AND seq = 2", ("SQC", 2)),
        ("UPDATE journal_about SET about_id = 'i-9' WHERE about_id = 'i-5' AND centre = 'SQC'", ("SQC", 5)),
        ("UPDATE journal_about SET kind = 'post' WHERE kind = 'unit' AND centre = 'SQL' AND seq = 2", ("SQL", 2)),
        ("UPDATE journal_about SET about_id = CAST('i-5' AS BLOB) WHERE about_id = 'i-5' AND seq = 5", ("SQC", 5)),
        # removed
        ("DELETE FROM journal_entry WHERE centre = 'SQC' AND seq = 3", ("SQC", 3)),
        ("DELETE FROM journal_entry WHERE centre = 'SQL'", ("SQL", 1)),
        ("DELETE FROM journal_entry WHERE centre = 'SQC' AND seq = 6", ("SQC", 6)),
        ("DELETE FROM journal_entry", ("SQC", 1)),
        ("DELETE FROM journal_about WHERE centre = 'SQC' AND seq = 4 AND kind = 'unit'", ("SQC", 4)),
        ("DELETE FROM journal_about", ("SQC", 1)),
        ("DELETE FROM journal_head WHERE centre = 'SQL'", ("SQL", 3)),
        # added
        ("INSERT INTO journal_about VALUES ('SQC', 2, 'unit', 'SQ02')", ("SQC", 2)),
        ("INSERT INTO journal_about VALUES ('SQC', 9, 'unit', 'SQ02')", ("SQC", 9)),
        ("INSERT INTO journal_about VALUES ('AAA', 1, 'unit', 'SQ02')", ("AAA", 1)),
        (
            "INSERT INTO journal_entry SELECT 10, centre, 7, at, what, v, body, hash FROM journal_entry WHERE id = 1",
            ("SQC", 1),
        ),
        ("INSERT INTO journal_head VALUES ('SQX', 4, 'ab')", ("SQX", 1)),
        # an edited head
        ("UPDATE journal_head SET seq = 5 WHERE centre = 'SQC'", ("SQC", 6)),
        ("UPDATE journal_head SET seq = 7 WHERE centre = 'SQC'", ("SQC", 7)),
        ("UPDATE journal_head SET seq = 'x' WHERE centre = 'SQC'", ("SQC", 6)),
        ("UPDATE journal_head SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE centre = 'SQL'", ("SQL", 3)),
    ],
)
def test_what_is_changed_removed_or_added_by_hand_is_named(statement: str, named: tuple[str, int], whole: Path) -> None:
    assert broken_after(whole, statement) == named


def test_a_chain_that_was_given_to_another_centre_whole_is_found(whole: Path) -> None:
    assert broken_after(whole, *(f"UPDATE {table} SET centre = 'SQX' WHERE centre = 'SQL'" for table in TABLES)) == (
        "SQL",
        1,
    )


def test_two_entries_that_swapped_places_are_found(whole: Path) -> None:
    swap = (
        "UPDATE journal_entry SET {column} = -{column} WHERE centre = 'SQC' AND seq IN (2, 5)"
        ";UPDATE journal_entry SET {column} = {other} + {column} WHERE {column} < 0"
    )
    assert broken_after(whole, swap.format(column="seq", other="7")) == ("SQC", 2)


def test_two_texts_that_swapped_rows_are_found(whole: Path) -> None:
    swap = "UPDATE journal_entry SET body = (SELECT body FROM journal_entry o WHERE o.id = 8 - journal_entry.id)"
    assert broken_after(whole, f"{swap} WHERE id IN (3, 5)") == ("SQC", 2)


def test_two_about_rows_folded_into_one_that_reads_the_same_are_found(whole: Path) -> None:
    fold = "UPDATE journal_about SET about_id = 'i-1''incident'',''SQ01' WHERE centre = 'SQC' AND seq = 1"
    assert (
        broken_after(whole, f"{fold} AND kind = 'unit'", "DELETE FROM journal_about WHERE about_id = 'i-1'") is not None
    )


def test_a_text_forged_with_its_own_hash_breaks_the_chain_at_the_next_entry(whole: Path) -> None:
    with closing(sqlite3.connect(whole / DATABASE)) as db:
        (body,) = db.execute("SELECT body FROM journal_entry WHERE centre = 'SQC' AND seq = 3").fetchone()
        forged = body.replace('"number":3', '"number":4')
        hash_ = verify_module._hash(forged.encode()).decode()
        db.execute("UPDATE journal_entry SET body = ?, hash = ? WHERE centre = 'SQC' AND seq = 3", (forged, hash_))
        db.commit()
    assert verify(whole).broken == Broken("SQC", 4, "prev")


def test_a_whole_forged_chain_is_only_shown_by_a_head_kept_elsewhere(whole: Path) -> None:
    kept = head(whole).head
    by_hand(whole, *(f"DELETE FROM {table} WHERE centre = 'SQL'" for table in TABLES))
    by_hand(
        whole, "UPDATE journal_entry SET id = (SELECT COUNT(*) FROM journal_entry o WHERE o.id <= journal_entry.id)"
    )
    assert verify(whole).ok
    assert head(whole).head != kept


def test_the_head_shows_an_edited_head_at_once(whole: Path) -> None:
    by_hand(whole, "UPDATE journal_head SET seq = 5 WHERE centre = 'SQC'")
    assert head(whole).broken == Broken("SQC", 6, "head")


CELLS = [
    *[("journal_entry", column) for column in ("id", "centre", "seq", "at", "what", "v", "body", "hash")],
    *[("journal_about", column) for column in ("centre", "seq", "kind", "about_id")],
    *[("journal_head", column) for column in ("centre", "seq", "hash")],
]


@at_most(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.sampled_from(CELLS), row=st.integers(0, 100), at=st.integers(0, 10_000), bits=st.integers(1, 255))
def test_any_byte_changed_in_any_column_is_found_and_its_entry_named(
    cell: tuple[str, str], row: int, at: int, bits: int, whole: Path
) -> None:
    table, column = cell
    data = whole / "tampered"
    data.mkdir(exist_ok=True)
    shutil.copy(whole / DATABASE, data / DATABASE)
    with closing(sqlite3.connect(data / DATABASE, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        rowids = [rowid for (rowid,) in db.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]
        rowid = rowids[row % len(rowids)]
        centre, seq = db.execute(f"SELECT centre, seq FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
        (value,) = db.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
        try:
            set_cell(db, table, column, rowid, changed(value, at, bits))
        except sqlite3.IntegrityError:
            return  # the number is in use: the table itself said no
        now_at = db.execute(f"SELECT CAST(centre AS BLOB), seq FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
    broken = verify(data).broken
    assert broken is not None
    if table == "journal_head":
        assert broken.centre == centre
    elif table == "journal_entry":
        assert (broken.centre, broken.seq) == (centre, seq)
    else:  # two entries may now be wrong: the one that lost the row and the one that got it
        assert (broken.centre.encode(), broken.seq) in [(centre.encode(), seq), now_at]


def changed(value: Any, at: int, bits: int) -> Any:
    """One byte of the value, as the database keeps it, with some of its bits turned over."""
    if isinstance(value, int):
        return value ^ (bits << 8 * (at % 6))
    raw = bytearray(value.encode())
    raw[at % len(raw)] ^= bits
    return bytes(raw)


def set_cell(db: sqlite3.Connection, table: str, column: str, rowid: int, value: Any) -> None:
    new = "CAST(? AS TEXT)" if isinstance(value, bytes) else "?"
    db.execute(f"UPDATE {table} SET {column} = {new} WHERE rowid = ?", (value, rowid))


def contents(data: Path) -> dict[str, Any]:
    """Everything the three tables hold, through their tables and through their indexes."""
    with closing(sqlite3.connect(data / DATABASE)) as db:
        db.text_factory = bytes
        return {
            query: db.execute(query).fetchall()
            for query in [
                "SELECT * FROM journal_entry NOT INDEXED ORDER BY id",
                "SELECT * FROM journal_entry ORDER BY centre, seq",
                "SELECT * FROM journal_about NOT INDEXED ORDER BY rowid",
                "SELECT * FROM journal_about ORDER BY centre, seq, kind, about_id",
                "SELECT * FROM journal_head ORDER BY centre",
            ]
        }


def test_a_byte_changed_in_the_file_itself_is_found_or_changes_nothing_that_can_be_read(whole: Path) -> None:
    rng = Random(20261124)
    before = contents(whole)
    original = (whole / DATABASE).read_bytes()
    data = whole / "tampered"
    data.mkdir()
    n_found = 0
    for _ in range(300):
        raw = bytearray(original)
        raw[rng.choice([at for at, byte in enumerate(raw) if byte])] ^= rng.randrange(1, 256)
        (data / DATABASE).write_bytes(raw)
        try:
            is_ok = verify(data).ok
        except (RecordNotReadable, NoRecordHere):
            is_ok = False
        n_found += not is_ok
        if is_ok:
            assert contents(data) == before
    assert n_found > 200


def test_a_folder_without_a_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRecordHere):
        verify(tmp_path / "nowhere")
    with pytest.raises(NoRecordHere):
        verify(tmp_path)
    sqlite3.connect(tmp_path / DATABASE).close()
    with pytest.raises(NoRecordHere):
        verify(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"not a database, whatever its name" * 100)
    with pytest.raises(RecordNotReadable):
        verify(tmp_path)


def test_it_reads_while_a_writer_holds_an_open_transaction(note: Callable[..., None], transactional_db: None) -> None:
    data = Path(str(connection.settings_dict["NAME"]))
    with act():
        note(1)
    with act():
        note(2)
        found = verify_module._snapshot
        folder = data.parent / f"{data.name}.folder"
        folder.mkdir()
        try:
            (folder / DATABASE).symlink_to(data)
            with found(folder) as db:
                assert db.execute("SELECT COUNT(*) FROM journal_entry").fetchone() == (1,)
            assert verify(folder).as_json()["entries"] == 1
        finally:
            shutil.rmtree(folder)


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which must not load Django."""
    script = (
        "import argparse, sys\n"
        "from fengsui.cli import journal\n"
        "parser = argparse.ArgumentParser()\n"
        "journal.add_arguments(parser)\n"
        "code = journal.run(parser.parse_args())\n"
        "assert 'django' not in sys.modules and 'numba' not in sys.modules\n"
        "sys.exit(code)\n"
    )
    return subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)


def test_the_command_proves_and_names_without_loading_django(whole: Path) -> None:
    done = run_command("verify", "--data", str(whole), "--json")
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True)
    assert "whole: 9 entries" in run_command("verify", "--data", str(whole)).stdout
    by_hand(whole, "UPDATE journal_entry SET v = 2 WHERE centre = 'SQC' AND seq = 4")
    done = run_command("verify", "--data", str(whole), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["broken"] == {"centre": "SQC", "seq": 4, "why": "columns"}
    assert "broken at SQC 4" in run_command("verify", "--data", str(whole)).stdout
    assert run_command("head", "--data", str(whole)).stdout.startswith("SQC 6 ")
