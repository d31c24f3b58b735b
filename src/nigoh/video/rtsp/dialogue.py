"""Requests to one camera, with user and password where it asks for them."""

from collections.abc import Sequence

from nigoh.video.rtsp.connection import RtspConnection
from nigoh.video.rtsp.digest import Authenticator
from nigoh.video.rtsp.endpoint import Endpoint
from nigoh.video.rtsp.messages import Response, encode_url

_MOST_ASKS = 3
"""Once without the password, once with it, once more with a fresh nonce."""

_UNAUTHORIZED = 401
_AGENT = ("User-Agent", "nigoh")


class Dialogue:
    """Asks over one connection. Its owner: the event loop's thread.

    Attributes:
        session: the camera's name for the session, once it has given one.
    """

    def __init__(self, connection: RtspConnection, endpoint: Endpoint) -> None:
        self.session: str | None = None
        self._connection = connection
        self._authenticator = Authenticator(endpoint.user, endpoint.password) if endpoint.user else None

    async def ask(self, method: str, url: str, headers: Sequence[tuple[str, str]] = ()) -> Response:
        """The camera's answer; a 401 is final: it knows user and password by then, if there are any.

        Raises:
            ConnectionError, ProtocolError: as `RtspConnection.request`.
        """
        target = encode_url(url)
        for _ in range(_MOST_ASKS):
            answer = await self._connection.request(method, target, [*headers, *self._own_headers(method, target)])
            if answer.status != _UNAUTHORIZED:
                if self._authenticator is not None:
                    self._authenticator.note_success()
                break
            challenges = answer.headers.all("WWW-Authenticate")
            if self._authenticator is None or not self._authenticator.accept(challenges):
                break
        return answer

    def _own_headers(self, method: str, url: str) -> list[tuple[str, str]]:
        headers = [_AGENT]
        if self.session is not None:
            headers.append(("Session", self.session))
        if self._authenticator is not None:
            authorization = self._authenticator.authorization(method, url)
            if authorization is not None:
                headers.append(("Authorization", authorization))
        return headers
