"""Words of people: sealed, opened, erased for good."""

import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import pytest
from django.db import OperationalError, connections, router, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fengsui.journal.models import JournalEntry, SealKey
from fengsui.journal.record import act
from fengsui.journal.sealing import WordsDamaged, WordsErased, erase, seal, unseal

WORDS = {
    "words": "桥下有人喊救命",
    "contact": {"name": "某人", "number": "0936-0000000"},
    "place": "南环路老桥",
    "n": 1,
}

both = pytest.mark.django_db(databases=["default", "keys"])
both_committed = pytest.mark.django_db(databases=["default", "keys"], transaction=True)


@both
def test_what_was_sealed_opens_as_it_was_said(noon: datetime) -> None:
    sealed = seal("i-1", WORDS, now=noon)
    assert unseal("i-1", sealed) == WORDS
    assert unseal("i-1", memoryview(sealed)) == WORDS  # as the database hands it back


@both
def test_nothing_of_the_words_can_be_read_in_what_is_kept(noon: datetime) -> None:
    sealed = seal("i-1", WORDS, now=noon)
    assert b"contact" not in sealed
    assert "南环路".encode() not in sealed


@both
def test_a_subject_has_one_key_and_no_two_seals_are_alike(noon: datetime) -> None:
    assert seal("i-1", WORDS, now=noon) != seal("i-1", WORDS, now=noon)
    seal("i-2", WORDS, now=noon)
    assert SealKey.objects.count() == 2
    assert len({bytes(key.key) for key in SealKey.objects.all()}) == 2
    assert {len(key.key) for key in SealKey.objects.all()} == {32}


@both
def test_erased_words_open_for_nobody_and_only_they(noon: datetime) -> None:
    sealed, other = seal("i-1", WORDS, now=noon), seal("i-2", WORDS, now=noon)
    assert erase("i-1") is True
    with pytest.raises(WordsErased) as refused:
        unseal("i-1", sealed)
    assert (refused.value.code, refused.value.status) == ("words_erased", 410)
    assert unseal("i-2", other) == WORDS
    assert erase("i-1") is False


@both
def test_words_sealed_after_an_erasure_do_not_bring_back_the_old_ones(noon: datetime) -> None:
    old = seal("i-1", WORDS, now=noon)
    erase("i-1")
    new = seal("i-1", {"words": "later"}, now=noon)
    assert unseal("i-1", new) == {"words": "later"}
    with pytest.raises(WordsErased):
        unseal("i-1", old)


@both
def test_words_of_one_subject_do_not_open_as_another_s(noon: datetime) -> None:
    seal("i-1", WORDS, now=noon)
    SealKey.objects.using("keys").filter(subject="i-1").update(subject="i-2")
    sealed = seal("i-2", WORDS, now=noon)
    SealKey.objects.using("keys").filter(subject="i-2").update(subject="i-3")
    with pytest.raises(WordsDamaged):
        unseal("i-3", sealed)


@both
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), bits=st.integers(1, 255), cut=st.integers(0, 40))
def test_a_changed_or_shortened_seal_never_opens(at: int, bits: int, cut: int, noon: datetime) -> None:
    sealed = seal("i-1", WORDS, now=noon)
    tampered = bytearray(sealed)
    tampered[at % len(tampered)] ^= bits
    with pytest.raises((WordsDamaged, WordsErased)):
        unseal("i-1", bytes(tampered))
    with pytest.raises((WordsDamaged, WordsErased)):
        unseal("i-1", sealed[:cut])


@both_committed
def test_the_key_is_committed_even_where_the_data_are_rolled_back(noon: datetime) -> None:
    class Refused(Exception):
        pass

    with suppress(Refused), act():
        seal("i-1", WORDS, now=noon)
        assert SealKey.objects.count() == 1
        raise Refused
    assert SealKey.objects.count() == 1


@both_committed
def test_sealing_inside_a_transaction_of_the_keys_is_a_mistake(noon: datetime) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(using="keys"):
        seal("i-1", WORDS, now=noon)


@both_committed
def test_an_erased_key_is_in_none_of_the_store_s_files(noon: datetime) -> None:
    seal("i-1", WORDS, now=noon)
    key = bytes(SealKey.objects.get().key)
    assert any(key in file.read_bytes() for file in files_of_keys())
    erase("i-1")
    assert not any(key in file.read_bytes() for file in files_of_keys())


def files_of_keys() -> list[Path]:
    store = Path(str(connections["keys"].settings_dict["NAME"]))
    return list(store.parent.glob(store.name + "*"))


@both_committed
def test_an_erasure_whose_bytes_a_reader_keeps_says_so_and_can_be_repeated(noon: datetime) -> None:
    sealed = seal("i-1", WORDS, now=noon)
    store = connections["keys"]
    with store.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(store.settings_dict["NAME"], isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM journal_sealkey").fetchall()
        with pytest.raises(OperationalError, match="erase again"):
            erase("i-1")
        with pytest.raises(WordsErased):
            unseal("i-1", sealed)
    assert erase("i-1") is False
    store.close()  # and with it the short patience


@both
def test_the_stores_hold_only_their_own_tables() -> None:
    tables = {alias: set(connections[alias].introspection.table_names()) for alias in ("default", "keys")}
    assert "journal_sealkey" not in tables["default"]
    assert tables["keys"] <= {"journal_sealkey", "django_migrations"}


@pytest.mark.django_db(databases=["default", "reader", "keys"])
def test_the_reader_is_never_migrated() -> None:
    assert not router.allow_migrate_model("reader", JournalEntry)
    assert not router.allow_migrate_model("reader", SealKey)
    assert not router.allow_migrate_model("keys", JournalEntry)
