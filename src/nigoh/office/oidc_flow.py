"""What binds a login at an OpenID Connect provider to the browser that began it.

Everything is made of one secret that the browser keeps in a cookie: the state (nobody sends a victim's browser back
with their own code), the nonce (an ID token is of this login) and the PKCE verifier (RFC 7636: whoever saw the code
cannot use it). So nothing has to be kept here between the two requests, on whichever server they arrive.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

LASTS_S = 600.0
"""So long somebody may take to log in at the provider."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One login that was begun.

    Attributes:
        secret: of the browser that began it.
        begun_unix_s: when.
    """

    secret: str = field(repr=False)
    begun_unix_s: int

    @property
    def cookie(self) -> str:
        """What the browser keeps."""
        return f"{self.begun_unix_s}.{self.secret}"

    @property
    def state(self) -> str:
        """Comes back with the browser."""
        return self._made_for("state")

    @property
    def nonce(self) -> str:
        """Comes back in the ID token."""
        return self._made_for("nonce")

    @property
    def verifier(self) -> str:
        """Is shown with the code."""
        return self._made_for("verifier")

    def holds(self, state: str, now_unix_s: float) -> bool:
        """Whether a browser came back from this login, in time."""
        is_same = hmac.compare_digest(state.encode(errors="replace"), self.state.encode())
        return is_same and 0 <= now_unix_s - self.begun_unix_s < LASTS_S

    def _made_for(self, purpose: str) -> str:
        text = f"nigoh oidc {purpose} {self.begun_unix_s}".encode()
        made = hmac.new(self.secret.encode(errors="replace"), text, hashlib.sha256).digest()
        return urlsafe_b64encode(made).decode().rstrip("=")


def begin_flow(now_unix_s: float) -> Flow:
    """A new login."""
    return Flow(secrets.token_urlsafe(32), int(now_unix_s))


def read_flow(cookie: str) -> Flow | None:
    """The login of this cookie, or None: it is none."""
    begun, _, secret = cookie.partition(".")
    if not (secret and begun.isascii() and begun.isdigit() and len(begun) <= 12):
        return None
    return Flow(secret, int(begun))
