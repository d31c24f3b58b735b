"""Addresses of cameras out of what operators type: an address, a user, a password."""

from urllib.parse import quote

_SCHEME = "://"


def full_address(address: str, user: str, password: str) -> str:
    """The address with user and password in it, whatever letters they have; a missing scheme is that of RTSP.

    What already holds a user keeps it unless another one is given.
    """
    text = address.strip()
    if text and _SCHEME not in text:
        text = f"rtsp://{text}"
    if not user.strip():
        return text
    scheme, _, rest = text.partition(_SCHEME)
    place, slash, path = rest.partition("/")
    host = place.rpartition("@")[2]
    secret = f":{quote(password, safe='')}" if password else ""
    return f"{scheme}{_SCHEME}{quote(user.strip(), safe='')}{secret}@{host}{slash}{path}"
