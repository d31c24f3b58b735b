"""Secrets that nigoh hands out: cookies of sessions, API tokens, set-up links, recovery codes.

All of them are random and long, so their plain SHA-256 is what is stored: nobody guesses what it is the digest of.
"""

import hashlib
import re
import secrets
import zlib

_SECRET_BYTES = 32
_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CODE_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o and u."""

API_TOKEN_PREFIX = "nigoh_"  # noqa: S105 - how all of them begin
_RANDOM_DIGITS, _CHECK_DIGITS = 43, 6
API_TOKEN_PATTERN = rf"{API_TOKEN_PREFIX}[0-9A-Za-z]{{{_RANDOM_DIGITS + _CHECK_DIGITS}}}"
"""What a scanner for leaked secrets looks for; `is_api_token` then tells real ones by their checksum."""

_CODE_CHARACTERS, _CODE_GROUP = 16, 4
RECOVERY_CODES = 10

_API_TOKEN = re.compile(API_TOKEN_PATTERN)


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def new_secret() -> str:
    """256 random bits as 43 characters that are safe in cookies and addresses."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def csrf_token(session_secret: str) -> str:
    """The token that belongs to a session's cookie, and says nothing about it.

    It is made of the cookie, so that a page that was loaded again can be told it again.
    """
    return digest(f"nigoh csrf {session_secret}")


def new_api_token() -> str:
    """A token for programs: a prefix that scanners for leaked secrets know, 256 random bits, a checksum."""
    drawn = "".join(secrets.choice(_BASE_62) for _ in range(_RANDOM_DIGITS))
    return API_TOKEN_PREFIX + drawn + _checksum(drawn)


def is_api_token(text: str) -> bool:
    """Whether it has the form of a token of nigoh; most of what does not is told so without asking the database."""
    if _API_TOKEN.fullmatch(text) is None:
        return False
    body = text.removeprefix(API_TOKEN_PREFIX)
    return _checksum(body[:-_CHECK_DIGITS]) == body[-_CHECK_DIGITS:]


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 80 random bits, like `k7wq-9t3m-…`, each of which stands in once for a second factor."""
    return tuple(_new_code() for _ in range(RECOVERY_CODES))


def folded_recovery_code(typed: str) -> str:
    """A recovery code however it was typed: without hyphens and spaces, in lower case, i and l as 1, o as 0."""
    letters = re.sub(r"[\s-]+", "", typed).lower()
    return letters.translate(str.maketrans("ilo", "110"))


def is_recovery_code(typed: str) -> bool:
    """Whether it has a recovery code's form, and not that of a code of an authenticator."""
    folded = folded_recovery_code(typed)
    return len(folded) == _CODE_CHARACTERS and set(folded) <= set(_CODE_LETTERS)


def _new_code() -> str:
    drawn = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_CHARACTERS))
    return "-".join(drawn[start : start + _CODE_GROUP] for start in range(0, _CODE_CHARACTERS, _CODE_GROUP))


def _checksum(drawn: str) -> str:
    number, digits = zlib.crc32(drawn.encode()), ""
    for _ in range(_CHECK_DIGITS):
        number, place = divmod(number, len(_BASE_62))
        digits = _BASE_62[place] + digits
    return digits
