"""The triggers that keep the journal and the access lines as they were written.

In a migration of their own, after the tables: Django remakes a table on SQLite to alter it, and drops its triggers
silently. `INSERT OR REPLACE` deletes without firing a DELETE trigger, so what it would hit is refused before the
insert.
"""

from django.db import migrations

TRIGGERS = {
    "journal_entry_stays": """
        BEFORE UPDATE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END""",
    "journal_entry_is_kept": """
        BEFORE DELETE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END""",
    "journal_entry_is_next": """
        BEFORE INSERT ON journal_entry
        WHEN NEW.id IS NOT (SELECT COALESCE(MAX(id), 0) + 1 FROM journal_entry)
          OR NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal_entry WHERE centre = NEW.centre)
        BEGIN SELECT RAISE(ABORT, 'journal_entry takes the next number only'); END""",
    "journal_about_stays": """
        BEFORE UPDATE ON journal_about
        BEGIN SELECT RAISE(ABORT, 'journal_about is append-only'); END""",
    "journal_about_is_kept": """
        BEFORE DELETE ON journal_about
        BEGIN SELECT RAISE(ABORT, 'journal_about is append-only'); END""",
    "journal_about_is_new": """
        BEFORE INSERT ON journal_about
        WHEN EXISTS (SELECT 1 FROM journal_entry WHERE centre = NEW.centre AND seq = NEW.seq)
          OR EXISTS (SELECT 1 FROM journal_about WHERE rowid = NEW.rowid)
          OR EXISTS (SELECT 1 FROM journal_about WHERE centre = NEW.centre AND seq = NEW.seq
                     AND kind = NEW.kind AND about_id = NEW.about_id)
        BEGIN SELECT RAISE(ABORT, 'journal_about is written once, before its entry'); END""",
    "journal_accessline_stays": """
        BEFORE UPDATE ON journal_accessline
        BEGIN SELECT RAISE(ABORT, 'journal_accessline is append-only'); END""",
    "journal_accessline_is_kept": """
        BEFORE DELETE ON journal_accessline
        BEGIN SELECT RAISE(ABORT, 'journal_accessline is append-only'); END""",
    "journal_accessline_is_next": """
        BEFORE INSERT ON journal_accessline
        WHEN NEW.id IS NOT (SELECT COALESCE(MAX(id), 0) + 1 FROM journal_accessline)
        BEGIN SELECT RAISE(ABORT, 'journal_accessline takes the next number only'); END""",
}


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_journal_made")]
    operations = [
        migrations.RunSQL([f"CREATE TRIGGER {name} {does}"], [f"DROP TRIGGER {name}"])
        for name, does in TRIGGERS.items()
    ]
