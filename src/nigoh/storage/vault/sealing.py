"""Authenticated encryption of a piece of data under a key: AES-256-GCM, NIST SP 800-38D.

A sealed piece is: one byte of form, 12 bytes of nonce, the ciphertext with its tag of 16 bytes. What it is bound to
(the additional authenticated data) is not in it: whoever opens it says where it was found, and it opens only there.

The nonce is 96 random bits. No counter is kept, since several processes and restored backups use the same key, and
a counter that goes back once is worse than chance. With n pieces under a key, two share a nonce with a probability
of about n^2 / 2^97: 2^-33 for 2^32 pieces, the bound that SP 800-38D sets. A key is one person's or one day's, and a
day of 2,000 sightings a second with a template and a crop each are 2^28.4 pieces; `MOST_SEALED` makes sure that a
process that seals without end takes another key long before.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
MOST_SEALED = 1 << 29
"""Pieces that one process seals under a key before it takes another: eight processes stay below 2^32."""

_FORM = 1
_NONCE_BYTES = 12
_LEAST_BYTES = 1 + _NONCE_BYTES + 16

Cipher = AESGCM
"""A key, ready for use; its repr shows nothing."""


class Unopenable(Exception):
    """It was not sealed under this key for this place, or was changed since."""


def new_key() -> bytes:
    """A new key of 32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def seal_piece(cipher: Cipher, plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt a piece of data, bound to where it is kept: 3 us for a template, 40 us for a crop of 50 kB."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return bytes((_FORM,)) + nonce + cipher.encrypt(nonce, plain, bound_to)


def open_piece(cipher: Cipher, sealed: bytes, bound_to: bytes) -> bytes:
    """Decrypt a piece of data. Raises Unopenable."""
    if len(sealed) < _LEAST_BYTES or sealed[0] != _FORM:
        raise Unopenable
    try:
        return cipher.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], bound_to)
    except InvalidTag as error:
        raise Unopenable from error


def bound(purpose: str, *parts: str) -> bytes:
    """What a piece is bound to, as bytes. Different parts are different bytes: no part holds a NUL.

    Raises:
        ValueError: a part holds a NUL.
    """
    if any("\0" in part for part in parts):
        raise ValueError("what a piece is bound to has no NUL in it")
    return "\0".join(("nigoh", purpose, *parts)).encode()
