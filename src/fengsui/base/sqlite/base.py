"""Django's SQLite backend, with a fair order of writers and no write outside a transaction.

An alias with `transaction_mode` IMMEDIATE (or EXCLUSIVE) writes: each of its transactions waits for its turn where
Django issues BEGIN and gives it back on commit, rollback or close. Any other alias only reads and never waits.

A write outside `atomic` would slip past the queue, so it is refused. What Django itself writes that way (its own
tables, all named `django_…`: migrations, sessions) gets a turn for that one statement instead.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import NotSupportedError
from django.db.backends.sqlite3 import base
from django.db.transaction import TransactionManagementError

from fengsui.base.sqlite.creation import DatabaseCreation
from fengsui.base.sqlite.fair_lock import FairLock, priority_now, writer_of

_WRITE = re.compile(
    r"\s*(?:WITH\b.*?)?\b"
    r"(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)"
    r'\s+["`\[]?(?P<table>\w+)',
    re.IGNORECASE | re.DOTALL,
)
_DJANGO_S_OWN = "django_"


class WriteOutsideAtomic(TransactionManagementError):
    """A write was sent outside `transaction.atomic`, or after SQLite had rolled the transaction back by itself."""


class DatabaseWrapper(base.DatabaseWrapper):
    creation_class = DatabaseCreation

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: FairLock | None = None
        self.execute_wrappers.append(self._write_in_turn_only)

    # --- where Django begins and ends a transaction ---

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_turn_back()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._give_turn_back()  # a commit that failed is followed by a rollback

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_turn_back()

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit:
            raise NotSupportedError("Python's sqlite3 would begin by itself, past the queue of writers: use atomic.")
        super()._set_autocommit(autocommit)  # type: ignore[misc]

    # --- the turn ---

    def _take_turn(self) -> None:
        if self._turn is not None or not self._is_writer():
            return
        turn = writer_of(str(self.settings_dict["NAME"]))
        turn.acquire(priority=priority_now(), timeout_s=self._timeout_s())
        self._turn = turn

    def _give_turn_back(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _is_writer(self) -> bool:
        return getattr(self, "transaction_mode", None) in ("IMMEDIATE", "EXCLUSIVE")

    def _timeout_s(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 10))

    # --- no write outside a transaction ---

    def _write_in_turn_only(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if self._turn is not None and self.connection.in_transaction:
            return execute(sql, params, many, context)
        write = _WRITE.match(sql)
        if write is None:
            return execute(sql, params, many, context)
        if not self._may_write_alone(write["table"]):
            raise WriteOutsideAtomic(f"{write['table']} is written outside atomic. {self._what_to_do()}")
        self._take_turn()
        try:
            return execute(sql, params, many, context)
        finally:
            self._give_turn_back()

    def _may_write_alone(self, table: str) -> bool:
        return self._is_writer() and self._turn is None and table.startswith(_DJANGO_S_OWN)

    def _what_to_do(self) -> str:
        if not self._is_writer():
            return f"The alias {self.alias!r} only reads: write through an alias with transaction_mode IMMEDIATE."
        if self._turn is not None:
            return "SQLite had already rolled this transaction back (a full disk, a lost lock): begin again."
        return "Put the change into an act, or into transaction.atomic."
