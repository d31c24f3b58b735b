"""The master key, which wraps all data keys and never lies with them."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Protocol

KEY_BYTES = 32
"""AES-256."""


@dataclass(frozen=True, slots=True, repr=False)
class MasterKey:
    """256 bits whose repr and str show nothing but which key it is."""

    _bytes: bytes

    def __post_init__(self) -> None:
        if len(self._bytes) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")

    @classmethod
    def generate(cls) -> "MasterKey":
        """A new one, from the system's randomness."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def reveal(self) -> bytes:
        """The key itself, for the cipher alone."""
        return self._bytes

    def reveal_text(self) -> str:
        """The key in base64, as a key file holds it."""
        return base64.b64encode(self._bytes).decode()

    def derive(self, purpose: str) -> bytes:
        """Another key of 32 bytes for one purpose. It tells nothing about this one."""
        return hmac.digest(self._bytes, f"nigoh {purpose}".encode(), "sha256")

    @property
    def id(self) -> str:
        """Which key it is, 32 hexadecimal digits. It is stored beside what the key has wrapped, and may be shown."""
        return hashlib.sha256(self.derive("master key's name")).hexdigest()[:32]

    def current(self) -> "MasterKey":
        """Itself: one key is a ring of one."""
        return self

    def find(self, master_id: str) -> "MasterKey | None":
        """Itself, if it has that identifier."""
        return self if self.id == master_id else None

    def __repr__(self) -> str:
        return f"MasterKey({self.id[:8]}…)"


class MasterKeys(Protocol):
    """The master keys that this process can get at: one, or two while one takes the other's place.

    Any thread may ask.
    """

    def current(self) -> MasterKey:
        """The one that a new installation is sealed under."""
        ...

    def find(self, master_id: str) -> MasterKey | None:
        """The one of that identifier, or None. May read files and run a command. Raises ConfigError."""
        ...
