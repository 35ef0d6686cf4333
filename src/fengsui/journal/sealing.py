"""Where do people's names, numbers and words stay, and how do they go for good?

They are sealed (AES-256-GCM) with a random key per subject, an incident's id, and kept beside it. The key lies in a
store of its own; when it is erased, every copy of the sealed words is noise, in the data's backups too. Keys are read
from the store at each opening and never kept in memory, so that an erasure holds at once, in every process.

A sealed text is: form (1 byte, 1), key mark (8 bytes: the first of the key's SHA-256), nonce (12 bytes), ciphertext and
tag. The subject and everything before the ciphertext are authenticated with it: words of one incident do not open as
another's.
"""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import OperationalError, connections, transaction

from fengsui.base.clock import microseconds
from fengsui.journal.models import SealKey
from fengsui.journal.stores import KEYS
from fengsui_engine.refusal import Refusal, say

_FORM = b"\x01"
_MARK = slice(1, 9)
_NONCE = slice(9, 21)
_SEALED_FROM = 21


class WordsErased(Refusal):
    status = 410
    sentence = say("The names, numbers and words of this record have been erased. What was done is still here.")


class WordsDamaged(Refusal):
    status = 500
    sentence = say("The sealed words of this record were changed or are damaged. Tell the administrator.")


def seal(subject: str, words: dict[str, Any], *, now: datetime) -> bytes:
    """Seal what people said.

    The subject's key is made if there is none, and is committed before this returns: sealed words never outlive a key
    that was not kept. (A key without words, left by a transaction that failed, does no harm.)

    Args:
        subject: what the words belong to and are erased with, an incident's id.
        words: anything JSON can hold.
        now: when a new key is said to be made.
    """
    key = _key(subject) or _new_key(subject, now=now)
    nonce = secrets.token_bytes(12)
    front = _FORM + _mark(key) + nonce
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
    return front + AESGCM(key).encrypt(nonce, text, front + subject.encode())


def unseal(subject: str, sealed: bytes | memoryview) -> dict[str, Any]:
    """What was sealed. Note the access (`note_access`) before this is shown to anybody.

    Raises:
        WordsErased: the key is gone (or was, and another has been made since).
        WordsDamaged: the sealed text was changed, or belongs to another subject.
    """
    kept = bytes(sealed)
    key = _key(subject)
    if len(kept) <= _SEALED_FROM or kept[:1] != _FORM:
        raise WordsDamaged
    if key is None or kept[_MARK] != _mark(key):
        raise WordsErased
    front = kept[:_SEALED_FROM]
    try:
        text = AESGCM(key).decrypt(kept[_NONCE], kept[_SEALED_FROM:], front + subject.encode())
    except InvalidTag:
        raise WordsDamaged from None
    words: dict[str, Any] = json.loads(text)
    return words


def erase(subject: str) -> bool:
    """Erase the subject's key, and with it all that was sealed for it. True if there was one.

    The key's bytes leave the files of the store: SQLite overwrites them (`secure_delete`) and the write-ahead log,
    which still holds the old page, is emptied. Not for use inside a transaction of the store `keys`.

    Raises:
        OperationalError: the key is gone from the table, but a reader held the log open; call again.
    """
    with transaction.atomic(using=KEYS, durable=True):
        n_erased, _ = SealKey.objects.filter(subject=subject).delete()
    _empty_write_ahead_log()
    return n_erased > 0


def _key(subject: str) -> bytes | None:
    found = SealKey.objects.filter(subject=subject).values_list("key", flat=True).first()
    return None if found is None else bytes(found)


def _new_key(subject: str, *, now: datetime) -> bytes:
    key = AESGCM.generate_key(256)
    with transaction.atomic(using=KEYS, durable=True):
        kept, _ = SealKey.objects.get_or_create(subject=subject, defaults={"key": key, "made_at": microseconds(now)})
    return bytes(kept.key)


def _mark(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:8]


def _empty_write_ahead_log() -> None:
    store = connections[KEYS]
    if store.vendor != "sqlite" or store.in_atomic_block:  # inside a test's own transaction
        return
    with store.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy = cursor.fetchone()[0]
    if is_busy:
        raise OperationalError("the key is erased, but a reader keeps its page in the write-ahead log: erase again")
