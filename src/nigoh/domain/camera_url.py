"""A camera's address, which may hold a password."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

_CREDENTIALS = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s]*@")
_SECRET_QUERY = re.compile(r"(?i)([?&](?:password|passwd|pass|pwd|token|auth|key|secret)=)[^&\s]*")


def redact(text: str) -> str:
    """The text with the credentials of every URL in it replaced by ***."""
    return _SECRET_QUERY.sub(r"\1***", _CREDENTIALS.sub(r"\g<scheme>***@", text))


@dataclass(frozen=True, slots=True, repr=False)
class CameraUrl:
    """A URL whose repr and str show no credentials. `reveal()` gives the real one, for the connection alone."""

    _url: str

    def __post_init__(self) -> None:
        if "://" not in self._url:
            raise ValueError("a camera URL has a scheme, as in rtsp://10.0.0.5/stream")

    def reveal(self) -> str:
        """The URL with its credentials, percent-encoded as the protocol wants them."""
        parts = urlsplit(self._url)
        credentials, at, host = parts.netloc.rpartition("@")
        if not at:
            return self._url
        user, colon, password = credentials.partition(":")
        safe = quote(unquote(user), safe="") + colon + quote(unquote(password), safe="")
        return urlunsplit(parts._replace(netloc=f"{safe}@{host}"))

    @property
    def scheme(self) -> str:
        """The scheme in lower case, e.g. "rtsp"."""
        return self._url.partition("://")[0].lower()

    def secrets(self) -> tuple[str, ...]:
        """What must appear in no message: user and password, as given and decoded."""
        credentials = self._url.partition("://")[2].partition("/")[0].rpartition("@")[0]
        user, _, password = credentials.partition(":")
        raw = [text for text in (password, user) if text]
        return tuple(dict.fromkeys(raw + [unquote(text) for text in raw]))

    def __str__(self) -> str:
        return redact(self._url)

    def __repr__(self) -> str:
        return f"CameraUrl({self})"
