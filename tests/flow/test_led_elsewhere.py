"""A camera that tries to lead nigoh to another machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError
from nigoh.video.container_stream import medium_of
from nigoh.video.probe import open_container
from nigoh.video.stream import StreamOptions


@contextmanager
def served(answers: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers by path; its address, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, body = answers[self.path]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/secret\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "/secret"}, b""),
        (200, {"Content-Type": "application/vnd.apple.mpegurl"}, PLAYLIST),
        (200, {"Content-Type": "video/mp2t"}, PLAYLIST),
    ],
)
def test_neither_redirections_nor_playlists_of_cameras_are_followed(
    answer: tuple[int, dict[str, str], bytes],
) -> None:
    answers = {"/cam.m3u8": answer, "/secret": (200, {}, b"metadata")}
    with served(answers) as (address, asked):
        medium = medium_of(CameraUrl(f"{address}/cam.m3u8"), StreamOptions())
        with pytest.raises(NigohError):
            open_container(medium)
    assert "/cam.m3u8" in asked
    assert "/secret" not in asked
