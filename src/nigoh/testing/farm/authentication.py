"""Who may look: HTTP's basic and digest authentication, as RTSP uses them (RFC 7617, RFC 2617, RFC 7616)."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum

REALM = "nigoh farm"

_PAIR = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


class AuthScheme(StrEnum):
    """How a camera asks for a password."""

    NONE = "none"
    BASIC = "basic"
    DIGEST = "digest"
    DIGEST_SHA256 = "digest-sha256"


_DIGESTS = {AuthScheme.DIGEST: ("MD5", hashlib.md5), AuthScheme.DIGEST_SHA256: ("SHA-256", hashlib.sha256)}


@dataclass(frozen=True, slots=True)
class Account:
    """Who may look. The password is in no repr.

    Attributes:
        scheme: how the password is asked for; with NONE everybody may look.
        user: a name without a colon.
        password: theirs.
    """

    scheme: AuthScheme = AuthScheme.NONE
    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if ":" in self.user:
            raise ValueError("a user's name has no colon")
        if self.scheme is not AuthScheme.NONE and not (self.user and self.password):
            raise ValueError("an account has a user and a password")


def challenge(scheme: AuthScheme, nonce: str) -> str:
    """The value of WWW-Authenticate. `nonce` is used once for each connection."""
    if scheme not in _DIGESTS:
        return f'Basic realm="{REALM}"'
    asked = f'Digest realm="{REALM}", nonce="{nonce}"'
    if scheme is AuthScheme.DIGEST_SHA256:
        asked += ', algorithm=SHA-256, qop="auth"'
    return asked


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request that wants to pass: its method, its URL, the value of Authorization ("" without one)."""

    method: str
    url: str
    authorization: str = field(repr=False)


def admits(account: Account, nonce: str, attempt: Attempt) -> bool:
    """Whether the request shows the account's user and password."""
    scheme, _, rest = attempt.authorization.partition(" ")
    if account.scheme is AuthScheme.NONE:
        return True
    if account.scheme is AuthScheme.BASIC:
        expected = base64.b64encode(f"{account.user}:{account.password}".encode())
        return scheme.lower() == "basic" and hmac.compare_digest(rest.strip().encode(), expected)
    return scheme.lower() == "digest" and _digest_fits(account, nonce, attempt, rest)


def _digest_fits(account: Account, nonce: str, attempt: Attempt, rest: str) -> bool:
    given = {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(rest)}
    name, algorithm = _DIGESTS[account.scheme]
    as_asked = {"realm": REALM, "nonce": nonce, "username": account.user, "uri": attempt.url}
    if any(given.get(key) != value for key, value in as_asked.items()):
        return False
    if given.get("algorithm", "MD5").upper() != name:
        return False

    def digest(text: str) -> str:
        return algorithm(text.encode()).hexdigest()

    middle = [given[key] for key in ("nc", "cnonce", "qop") if key in given]
    secret = digest(f"{account.user}:{REALM}:{account.password}")
    expected = digest(":".join([secret, nonce, *middle, digest(f"{attempt.method}:{attempt.url}")]))
    return hmac.compare_digest(given.get("response", "").encode(), expected.encode())
