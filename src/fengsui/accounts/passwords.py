"""Passwords as Argon2id hashes, within a memory that a small machine has."""

import threading
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

# Four sign-ins at once with the default's 100 MB peak at 445 MB; 19 MiB and two passes are OWASP's second choice.
_ONE_AFTER_ANOTHER = threading.BoundedSemaphore(2)


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id, 19 MiB, two passes, one lane; two at a time."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> Any:
        with _ONE_AFTER_ANOTHER:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _ONE_AFTER_ANOTHER:
            return bool(super().verify(password, encoded))
