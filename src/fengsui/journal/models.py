"""The journal's tables. Nothing here is changed or removed: triggers refuse it (migration 0002), `verify` proves it.

Write through `record`, `note_access` and `seal`; read through `read`, `lines_about` and `unseal`. No migration may
alter `journal_entry`, `journal_about` or `journal_accessline`: Django remakes a table on SQLite and its triggers go
without a word.
"""

from typing import ClassVar

from django.db import models


class JournalEntry(models.Model):
    """One act. `hash` is the SHA-256 of `body`, canonical JSON; the other columns repeat it for the database.

    `body` holds about, at, by {id, role}, centre, facts, prev (the hash before), seq, v and what.
    """

    id = models.IntegerField(primary_key=True)  # 1, 2, 3 … over all centres; `verify` counts them
    centre = models.CharField(max_length=32)
    seq = models.BigIntegerField(help_text="1, 2, 3 … within the centre")
    at = models.BigIntegerField(help_text="microseconds since 1970, UTC")
    what = models.CharField(max_length=64)
    v = models.PositiveSmallIntegerField(help_text="version of the facts' shape")
    body = models.TextField()
    hash = models.CharField(max_length=64, help_text="SHA-256 of body, hexadecimal")

    class Meta:
        db_table = "journal_entry"
        constraints: ClassVar = [models.UniqueConstraint(fields=["centre", "seq"], name="journal_number_is_used_once")]

    def __str__(self) -> str:
        return f"{self.centre} {self.seq} {self.what}"


class JournalAbout(models.Model):
    """What an entry is about: one row a thing."""

    pk = models.CompositePrimaryKey("centre", "seq", "kind", "about_id")
    centre = models.CharField(max_length=32)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    about_id = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_about"
        indexes: ClassVar = [models.Index(fields=["kind", "about_id"], name="journal_about_thing")]

    def __str__(self) -> str:
        return f"{self.centre} {self.seq} {self.kind} {self.about_id}"


class JournalHead(models.Model):
    """The last number and hash of each centre: the row that its next entry is taken from."""

    centre = models.CharField(max_length=32, primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_head"

    def __str__(self) -> str:
        return f"{self.centre} {self.seq}"


class AccessLine(models.Model):
    """Somebody opened personal data: who, when, of what, what for. Never the data."""

    id = models.IntegerField(primary_key=True)
    at = models.BigIntegerField(help_text="microseconds since 1970, UTC")
    actor = models.CharField(max_length=64)
    role = models.CharField(max_length=32)
    centre = models.CharField(max_length=32)
    kind = models.CharField(max_length=32)
    about_id = models.CharField(max_length=64)
    purpose = models.CharField(max_length=64, help_text="a code, never a sentence")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "about_id"], name="access_about_thing")]

    def __str__(self) -> str:
        return f"{self.actor} {self.kind} {self.about_id}"


class SealKey(models.Model):
    """The key of one subject's sealed words. Lives in the store `keys`; gone means the words are gone."""

    subject = models.CharField(max_length=64, primary_key=True)
    key = models.BinaryField(max_length=32)
    made_at = models.BigIntegerField(help_text="microseconds since 1970, UTC")

    def __str__(self) -> str:
        return self.subject
