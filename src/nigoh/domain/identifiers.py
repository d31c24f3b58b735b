"""Identifiers of what is stored: random, sortable by when they were made, safe in addresses and file names."""

import secrets

from nigoh.domain.sighting import PersonId

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in lower case: its order is that of the numbers."""

_TIME_DIGITS, _RANDOM_DIGITS = 10, 16


def new_id(unix_s: float) -> str:
    """An identifier of something made now: 26 characters, those made in a later millisecond sort later.

    The form is a ULID's: 48 bits of milliseconds since 1970 and 80 random bits.
    """
    milliseconds = int(unix_s * 1000) & ((1 << 48) - 1)
    return _digits(milliseconds, _TIME_DIGITS) + _digits(secrets.randbits(80), _RANDOM_DIGITS)


def new_person_id(unix_s: float) -> PersonId:
    """An identifier of a person enrolled now."""
    return PersonId(new_id(unix_s))


def _digits(number: int, count: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))
