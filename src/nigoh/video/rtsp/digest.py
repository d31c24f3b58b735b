"""Basic and digest authentication (RFC 2617, RFC 7616)."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_STRENGTH = {"BASIC": 0, "MD5": 1, "MD5-SESS": 2, "SHA-256": 3, "SHA-256-SESS": 4}

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_SCHEME_OR_PAIR = re.compile(
    rf'\s*(?P<name>{_WORD})(?:\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s,]*)))?\s*,?'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a camera asks for.

    Attributes:
        scheme: "BASIC", or digest's algorithm: "MD5", "SHA-256", or either with "-SESS".
        realm: where user and password hold.
        nonce: the camera's number, digest only.
        opaque: to be sent back as it came, or None.
        protected: whether digest's quality of protection "auth" is offered; older cameras know none.
        stale: the password was right, the nonce too old.
        states_algorithm: whether it named its algorithm; some cameras refuse an answer that names what they did not.
    """

    scheme: str
    realm: str = ""
    nonce: str = ""
    opaque: str | None = None
    protected: bool = False
    stale: bool = False
    states_algorithm: bool = False


def parse_challenges(headers: Iterable[str]) -> list[Challenge]:
    """The challenges of WWW-Authenticate headers that can be answered here; those that cannot are left out."""
    found = [
        challenge for header in headers for scheme, fields in _split(header) if (challenge := _read(scheme, fields))
    ]
    return sorted(found, key=lambda challenge: _STRENGTH[challenge.scheme], reverse=True)


def _split(header: str) -> list[tuple[str, dict[str, str]]]:
    """Each scheme of the header with its parameters; one header may hold several."""
    found: list[tuple[str, dict[str, str]]] = []
    position = 0
    while match := _SCHEME_OR_PAIR.match(header, position):
        position = match.end()
        name, quoted, bare = match["name"], match["quoted"], match["bare"]
        if quoted is None and bare is None:
            found.append((name.upper(), {}))
        elif found:
            value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare
            found[-1][1].setdefault(name.lower(), value)
    return found


def _read(scheme: str, fields: dict[str, str]) -> Challenge | None:
    if scheme == "BASIC":
        return Challenge(scheme="BASIC", realm=fields.get("realm", ""))
    algorithm = fields.get("algorithm", "MD5").upper()
    if scheme != "DIGEST" or algorithm not in _STRENGTH or "nonce" not in fields:
        return None
    offered = [each.strip().lower() for each in fields.get("qop", "").split(",") if each.strip()]
    if offered and "auth" not in offered:
        return None
    return Challenge(
        scheme=algorithm,
        realm=fields.get("realm", ""),
        nonce=fields["nonce"],
        opaque=fields.get("opaque"),
        protected=bool(offered),
        stale=fields.get("stale", "").lower() == "true",
        states_algorithm="algorithm" in fields,
    )


def _random_hex() -> str:
    return secrets.token_hex(8)


class Authenticator:
    """Answers one host's challenges with one user's password, the strongest that it offers. Owner: one connection."""

    def __init__(self, user: str, password: str, make_nonce: Callable[[], str] = _random_hex) -> None:
        """Remember them.

        Args:
            user: as it is typed, not encoded.
            password: likewise.
            make_nonce: gives the client's own nonces.
        """
        self._user = user
        self._password = password
        self._make_nonce = make_nonce
        self._challenge: Challenge | None = None
        self._untested = False
        self._count = 0

    def accept(self, headers: Iterable[str]) -> bool:
        """Take up the challenge of a refusal; False if trying again cannot help.

        Args:
            headers: the refusal's WWW-Authenticate headers.
        """
        strongest = next(iter(parse_challenges(headers)), None)
        if strongest is None or (self._untested and not strongest.stale):
            return False
        self._challenge, self._untested, self._count = strongest, True, 0
        return True

    def note_success(self) -> None:
        """The camera has accepted: its next refusal means a new nonce, which not all of them call stale."""
        self._untested = False

    def authorization(self, method: str, url: str) -> str | None:
        """The Authorization header of this request, or None before there was a challenge."""
        if self._challenge is None:
            return None
        if self._challenge.scheme == "BASIC":
            return "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        self._count += 1
        return self._digest(self._challenge, method, url)

    def _digest(self, challenge: Challenge, method: str, url: str) -> str:
        algorithm = challenge.scheme.removesuffix("-SESS")
        client_nonce, count = self._make_nonce(), f"{self._count:08x}"
        secret = _hash(algorithm, self._user, challenge.realm, self._password)
        if challenge.scheme != algorithm:
            secret = _hash(algorithm, secret, challenge.nonce, client_nonce)
        protection = (count, client_nonce, "auth") if challenge.protected else ()
        quoted = {
            "username": self._user,
            "realm": challenge.realm,
            "nonce": challenge.nonce,
            "uri": url,
            "response": _hash(algorithm, secret, challenge.nonce, *protection, _hash(algorithm, method, url)),
        }
        if challenge.opaque is not None:
            quoted["opaque"] = challenge.opaque
        bare = {"algorithm": challenge.scheme.replace("-SESS", "-sess")} if challenge.states_algorithm else {}
        if challenge.protected:
            quoted["cnonce"] = client_nonce
            bare |= {"qop": "auth", "nc": count}
        fields = [f'{name}="{_escape(value)}"' for name, value in quoted.items()]
        return "Digest " + ", ".join(fields + [f"{name}={value}" for name, value in bare.items()])


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _hash(algorithm: str, *parts: str) -> str:
    return _HASHES[algorithm](":".join(parts).encode()).hexdigest()
