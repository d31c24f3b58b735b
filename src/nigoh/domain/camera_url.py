"""A camera's address, which may hold a password."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

# Up to the last @: passwords are typed with / and @ in them, and showing less of a URL is better than showing one.
_CREDENTIALS = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)\S*@")
_SECRET_QUERY = re.compile(r"(?i)([?&](?:password|passwd|pass|pwd|token|auth|key|secret)=)[^&\s]*")
_PLAIN_HOST = re.compile(r"^(\[[0-9a-fA-F:.%]+\]|[^:@]+)(:\d+)?$")


def redact(text: str) -> str:
    """The text with the credentials of every URL in it replaced by ***."""
    return _SECRET_QUERY.sub(r"\1***", _CREDENTIALS.sub(r"\g<scheme>***@", text))


@dataclass(frozen=True, slots=True, repr=False)
class CameraUrl:
    """A URL whose repr and str show no credentials. `reveal()` gives the real one, for the connection alone.

    A password may be typed as it is: whatever stands before the last @ of the address belongs to the credentials.
    """

    _url: str

    def __post_init__(self) -> None:
        if "://" not in self._url:
            raise ValueError("a camera URL has a scheme, as in rtsp://10.0.0.5/stream")

    @property
    def scheme(self) -> str:
        """The scheme in lower case, e.g. "rtsp"."""
        return self._url.partition("://")[0].lower()

    def reveal(self) -> str:
        """The URL with its credentials, percent-encoded as the protocol wants them."""
        user, password, rest = self._split()
        if user is None:
            return self._url
        safe = quote(unquote(user), safe="")
        if password is not None:
            safe += ":" + quote(unquote(password), safe="")
        return f"{self._url.partition('://')[0]}://{safe}@{rest}"

    def secrets(self) -> tuple[str, ...]:
        """What must appear in no message: password and user, as given, decoded, and encoded."""
        user, password, _ = self._split()
        raw = [text for text in (password, user) if text]
        decoded = [unquote(text) for text in raw]
        return tuple(dict.fromkeys(raw + decoded + [quote(text, safe="") for text in decoded]))

    def _split(self) -> tuple[str | None, str | None, str]:
        """User, password, and host with all that follows."""
        address = self._url.partition("://")[2]
        if _PLAIN_HOST.match(re.split(r"[/?#]", address, maxsplit=1)[0]):
            return None, None, address
        before_query, question, query = address.partition("?")
        credentials, at, host = before_query.rpartition("@")
        if not at:
            return None, None, address
        user, colon, password = credentials.partition(":")
        return user, password if colon else None, host + question + query

    def __str__(self) -> str:
        return redact(self._url)

    def __repr__(self) -> str:
        return f"CameraUrl({self})"
