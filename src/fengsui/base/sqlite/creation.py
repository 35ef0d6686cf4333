"""Databases for tests.

They are files, because write-ahead logging and a second, reading connection need one. And they can be emptied between
tests: tables that refuse DELETE for good would otherwise keep the last test's rows.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3 import creation, operations


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        self.connection.ops = _EmptiedPastTriggers(self.connection)
        return super().create_test_db(*args, **kwargs)

    def _get_test_db_name(self) -> str:
        named = self.connection.settings_dict["TEST"]["NAME"]
        return str(named or Path(tempfile.gettempdir()) / f"fengsui-test-{os.getpid()}-{self.connection.alias}.sqlite3")

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        super()._destroy_test_db(test_database_name, verbosity)  # type: ignore[misc]
        for tail in ("-wal", "-shm"):
            Path(test_database_name + tail).unlink(missing_ok=True)


class _EmptiedPastTriggers(operations.DatabaseOperations):
    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        with transaction.atomic(using=self.connection.alias), _without_triggers(self.connection):
            super().execute_sql_flush(sql_list)


@contextmanager
def _without_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in triggers:
            cursor.execute(sql)
