"""Hashes passwords, and checks them with the same work whether the user exists or not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from nigoh.domain.credentials import new_secret
from nigoh.domain.passwords import prepared
from nigoh.errors import Throttled

_AT_ONCE = 2
_WAIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCost:
    """What a guess costs whoever stole the database, and a login costs us.

    The defaults are the second recommended option of RFC 9106 (section 4), for machines that cannot spare 2 GiB:
    64 MiB and three passes over four lanes. One check takes 0.12 s on two cores, and two at once 128 MiB.

    Attributes:
        memory_kib: memory, KiB.
        passes: over the memory.
        lanes: that are computed independently.
    """

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


class Passwords:
    """Argon2id. Any thread may use it; so many passwords are checked at once that the cameras keep their cores.

    When the cost has changed since a password was hashed, `is_outdated` says so, and whoever has just checked the
    password hashes it again.
    """

    def __init__(self, cost: PasswordCost | None = None, *, wait_s: float = _WAIT_S) -> None:
        """`wait_s` is the longest wait for one's turn."""
        chosen = cost or PasswordCost()
        self._hasher = PasswordHasher(
            time_cost=chosen.passes, memory_cost=chosen.memory_kib, parallelism=chosen.lanes, type=Type.ID
        )
        self._wait_s = wait_s
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """What is stored of a password: parameters, salt and hash in Argon2's own text. Raises Throttled."""
        with self.turn():
            return self._hasher.hash(_bytes(password))

    def check(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password; without a hash the same work is done for nothing. Raises Throttled."""
        with self.turn():
            try:
                # Made before the first check, whoever that is of: its time tells nothing either.
                nobodys = self._nobodys
                is_right = self._hasher.verify(password_hash or nobodys, _bytes(password))
            except (VerificationError, InvalidHashError):
                return False
        return is_right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made at another cost than passwords are hashed at now."""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(new_secret())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One of the places for whoever hashes. Raises Throttled when none gets free in time."""
        if not self._turns.acquire(timeout=self._wait_s):
            raise Throttled("too many people log in at the same time", self._wait_s)
        try:
            yield
        finally:
            self._turns.release()


def _bytes(password: str) -> bytes:
    # Half characters come in JSON: no password has one, and none may stop the check.
    return prepared(password).encode(errors="surrogatepass")
