"""Which store holds what: keys in `keys`, everything else in `default`; `reader` is a second look at `default`.

Keys are apart so that their backups can be kept for a few days only: erasing a key then reaches the data's backups too.
"""

from typing import Any

from django.db.models import Model

KEYS = "keys"
READER = "reader"
_FACTS = "default"
_IN_KEYS = {("journal", "sealkey")}


class KeyRouter:
    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return KEYS if _is_key(model._meta.app_label, model._meta.model_name) else None

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        return self.db_for_read(model)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """Each table in its own store. An operation without a model (SQL, Python) is about `default`."""
        return db == (KEYS if _is_key(app_label, model_name) else _FACTS)


def _is_key(app_label: str, model_name: str | None) -> bool:
    return (app_label, model_name) in _IN_KEYS
