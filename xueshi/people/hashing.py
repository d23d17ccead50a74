"""How passwords are hashed: Argon2id, a few at a time."""

import threading
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2  # more would only wait for the same cores, each holding its memory


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane (OWASP's Password Storage Cheat Sheet), at most AT_ONCE at a time.

    Django's default takes 100 MiB for each sign-in: fifty people arriving at nine o'clock would need five gigabytes.
    A sign-in that waits its turn waits some hundredths of a second.
    """

    memory_cost = 19 * 1024  # KiB
    time_cost = 2
    parallelism = 1
    _turn = threading.BoundedSemaphore(AT_ONCE)

    def encode(self, *args: Any, **kwargs: Any) -> str:
        with self._turn:
            return super().encode(*args, **kwargs)

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        with self._turn:
            return super().verify(*args, **kwargs)
