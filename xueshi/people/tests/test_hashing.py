"""Passwords are hashed by Argon2id, and fifty at once do not take the machine's memory."""

import threading
from concurrent.futures import ThreadPoolExecutor

from xueshi.people import hashing
from xueshi.people.hashing import BoundedArgon2


def test_a_password_is_hashed_by_argon2id_and_only_it_opens():
    hasher = BoundedArgon2()
    kept = hasher.encode("一路慢慢走也会到", "0123456789abcdef")
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.verify("一路慢慢走也会到", kept)
    assert not hasher.verify("一路快快走也会到", kept)


def test_only_a_few_are_hashed_at_the_same_time(monkeypatch):
    inside, most, count = threading.Lock(), [0], [0]
    real = hashing.Argon2PasswordHasher.encode

    def watched(self, *args, **kwargs):
        with inside:
            count[0] += 1
            most[0] = max(most[0], count[0])
        try:
            return real(self, *args, **kwargs)
        finally:
            with inside:
                count[0] -= 1

    monkeypatch.setattr(hashing.Argon2PasswordHasher, "encode", watched)
    with ThreadPoolExecutor(12) as crowd:
        list(crowd.map(lambda n: BoundedArgon2().encode(f"secret {n}", "0123456789abcdef"), range(24)))
    assert most[0] <= hashing.AT_ONCE
