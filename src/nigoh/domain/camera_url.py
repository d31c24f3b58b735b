"""A camera's address, which may hold a password."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

_CREDENTIALS = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)\S*@")
_SECRET_QUERY = re.compile(r"(?i)([?&](?:password|passwd|pass|pwd|token|auth|key|secret|user|usr|username)=)[^&\s]*")


def redact(text: str) -> str:
    """The text with the credentials of every URL in it replaced by ***.

    Everything up to a URL's last @ is taken for credentials, as people write passwords with / and # in them.
    """
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
        credentials, rest = self._split()
        if not credentials:
            return self._url
        user, colon, password = credentials.partition(":")
        safe = quote(unquote(user), safe="") + colon + quote(unquote(password), safe="")
        return f"{self._url.partition('://')[0]}://{safe}@{rest}"

    @property
    def scheme(self) -> str:
        """The scheme in lower case, e.g. "rtsp"."""
        return self._url.partition("://")[0].lower()

    @property
    def host(self) -> str:
        """The host's name or address in lower case, "" if there is none."""
        try:
            return urlsplit("//" + self._split()[1]).hostname or ""
        except ValueError:
            return ""

    @property
    def name(self) -> str:
        """Host, port and path: short, and safe to show."""
        return re.split(r"[?#]", self._split()[1])[0].rstrip("/")

    @property
    def has_user(self) -> bool:
        """Whether it says who logs in."""
        return bool(self._split()[0].partition(":")[0])

    @property
    def has_password(self) -> bool:
        """Whether it says with which password."""
        return bool(self._split()[0].partition(":")[2])

    def with_login(self, user: str, password: str) -> "CameraUrl":
        """The same address with user and password ("" for none) wherever it has none of its own."""
        credentials, rest = self._split()
        own_user, _, own_password = credentials.partition(":")
        chosen = own_user or quote(user, safe="")
        secret = own_password or quote(password, safe="")
        login = f"{chosen}:{secret}@" if secret else f"{chosen}@" if chosen else ""
        return CameraUrl(f"{self._url.partition('://')[0]}://{login}{rest}")

    def secrets(self) -> tuple[str, ...]:
        """What must appear in no message: password and user, as given and decoded."""
        user, _, password = self._split()[0].partition(":")
        raw = [text for text in (password, user) if text]
        return tuple(dict.fromkeys(raw + [unquote(text) for text in raw]))

    def __str__(self) -> str:
        return redact(self._url)

    def __repr__(self) -> str:
        return f"CameraUrl({self})"

    def _split(self) -> tuple[str, str]:
        """Credentials ("" if there are none), and all that follows them: host, port, path, query.

        A password with an unencoded /, ? or # is taken for what it is: what stands before the first of them is no
        host with a port then.
        """
        rest = self._url.partition("://")[2]
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        if "@" in authority:
            end = authority.rindex("@")
        elif "@" in rest and re.search(r":(?!\d*$)", authority) and not authority.startswith("["):
            end = rest.rindex("@")
        else:
            return "", rest
        return rest[:end], rest[end + 1 :]
