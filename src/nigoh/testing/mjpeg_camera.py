"""A simulated camera that sends JPEG pictures over HTTP (multipart/x-mixed-replace)."""

import base64
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_JOIN_S = 5.0


class MjpegCamera:
    """Sends its pictures to whoever connects, on a free port of 127.0.0.1. A context manager that joins its threads.

    Attributes:
        frozen: while set, connections stay open and nothing is sent.
        switched_off: once set, connections end.
    """

    def __init__(
        self, pictures: Sequence[bytes], *, fps: float = 50.0, user: str | None = None, password: str = ""
    ) -> None:
        """Set it up.

        Args:
            pictures: JPEG files, sent over and over.
            fps: how many a second.
            user: who may look, by HTTP Basic authentication; None lets everybody.
            password: theirs.
        """
        self.frozen = threading.Event()
        self.switched_off = threading.Event()
        self.pictures = tuple(pictures)
        self.interval_s = 1 / fps
        self.authorization: str | None = None
        if user is not None:
            self.authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def address(self) -> str:
        """Host, port and path, to which a scheme and perhaps credentials are put."""
        return f"127.0.0.1:{self._server.server_address[1]}/video.mjpg"

    @property
    def url(self) -> str:
        """Its URL, without credentials."""
        return f"http://{self.address}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.switched_off.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_JOIN_S)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, camera: MjpegCamera) -> None:
        self.camera = camera
        super().__init__(("127.0.0.1", 0), _Connection)


class _Connection(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Send pictures until either side has had enough."""
        camera = self.server.camera
        if camera.authorization is not None and self.headers.get("Authorization") != camera.authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            self._send_pictures(camera)
        except ConnectionError:
            # The viewer has left.
            return

    def _send_pictures(self, camera: MjpegCamera) -> None:
        number = 0
        while not camera.switched_off.wait(camera.interval_s):
            if camera.frozen.is_set():
                continue
            picture = camera.pictures[number % len(camera.pictures)]
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            self.wfile.write(head.encode() + picture + b"\r\n")
            number += 1

    def log_message(self, *_: object) -> None:
        """Say nothing: a test's output is its own."""
