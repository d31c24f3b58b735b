"""RTSP messages and media frames come out of a stream of bytes as they went in, however it is cut."""

import random

import pytest

from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.interleaving import MOST_PENDING_BYTES, InterleavedReader
from nigoh.video.rtsp.messages import (
    MOST_BODY_BYTES,
    MOST_HEAD_BYTES,
    Request,
    Response,
    encode_request,
    encode_response,
    parse_head,
)

ANSWER = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 6\r\n\r\nv=0\r\n!"
ASKS = b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n"


def frame(channel: int, payload: bytes) -> bytes:
    return b"$" + bytes([channel]) + len(payload).to_bytes(2, "big") + payload


class Collector:
    """Reads as a connection does: what is left over is given again with what comes next."""

    def __init__(self) -> None:
        self.found: list[tuple[int, bytes] | Response | Request] = []
        self.reader = InterleavedReader(self._take_frame, self.found.append)
        self.rest = b""

    def _take_frame(self, channel: int, data: memoryview, start: int, end: int) -> None:
        self.found.append((channel, bytes(data[start:end])))

    def feed(self, part: bytes) -> None:
        data = self.rest + part
        self.rest = data[self.reader.read(memoryview(data)) :]


def test_messages_and_frames_come_out_in_order_however_the_bytes_are_cut() -> None:
    chance = random.Random(7)  # noqa: S311 - no secret, but the same each run
    payloads = [chance.randbytes(chance.choice([0, 1, 12, 1400, 65535])) for _ in range(30)]
    stream = ANSWER + b"".join(frame(number % 4, payload) for number, payload in enumerate(payloads)) + ASKS + ANSWER
    for _ in range(20):
        collector, position = Collector(), 0
        while position < len(stream):
            step = chance.choice([1, 3, 5, 100, 1460, 70_000])
            collector.feed(stream[position : position + step])
            assert len(collector.rest) < MOST_PENDING_BYTES
            position += step
        first, *frames, asked, last = collector.found
        assert frames == [(number % 4, payload) for number, payload in enumerate(payloads)]
        assert isinstance(first, Response)
        assert (first.status, first.reason, first.body) == (200, "OK", b"v=0\r\n!")
        assert isinstance(asked, Request)
        assert (asked.method, asked.headers.get("cseq")) == ("OPTIONS", "9")
        assert last == first
        assert collector.rest == b""


def test_empty_lines_between_messages_are_passed_over() -> None:
    collector = Collector()
    collector.feed(b"\r\n" + ANSWER + b"\r\n\r\n" + frame(0, b"x" * 20))
    assert len(collector.found) == 2


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        (b"\x00\x01\x02\x03\x04", "neither"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no RTSP message"),
        (b"HELLO\r\n\r\n", "no RTSP message"),
        (b"RTSP/1.0 abc OK\r\n\r\n", "no RTSP message"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: -5\r\n\r\n", "no number"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: \xd9\xa3\r\n\r\n", "no number"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1), "longer than"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", "longer than"),
        (b"RTSP/1.0 200 OK\r\nX: " + b"y" * MOST_HEAD_BYTES, "head of a message"),
    ],
)
def test_what_is_no_rtsp_is_refused(sent: bytes, complaint: str) -> None:
    with pytest.raises(ProtocolError, match=complaint):
        Collector().feed(sent)


def test_headers_are_found_without_regard_to_case_folded_and_repeated() -> None:
    answer = parse_head(
        b'RTSP/1.0 401 Unauthorized\r\nCSEQ:1\r\nwww-authenticate: Basic realm="a"\r\n'
        b'WWW-Authenticate: Digest realm="a",\r\n  nonce="n"\r\nno colon'
    )
    assert answer.headers.get("CSeq") == "1"
    assert answer.headers.all("WWW-Authenticate") == ['Basic realm="a"', 'Digest realm="a", nonce="n"']
    assert answer.headers.get("Session") is None


def test_a_reason_may_be_missing() -> None:
    answer = parse_head(b"RTSP/1.0 454\r\nCSeq: 2")
    assert isinstance(answer, Response)
    assert (answer.status, answer.reason) == (454, "")


def test_requests_are_written_as_cameras_expect_them() -> None:
    written = encode_request("DESCRIBE", "rtsp://cam/ҳовли 1?x=%20", [("CSeq", "2"), ("Accept", "application/sdp")])
    assert written == (
        b"DESCRIBE rtsp://cam/%D2%B3%D0%BE%D0%B2%D0%BB%D0%B8%201?x=%20 RTSP/1.0\r\n"
        b"CSeq: 2\r\nAccept: application/sdp\r\n\r\n"
    )
    assert encode_response(200, "OK", [("CSeq", "7")]) == b"RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n"


def test_no_header_can_be_smuggled_in() -> None:
    with pytest.raises(ValueError, match="line break"):
        encode_request("PLAY", "rtsp://cam/", [("Session", "1\r\nX-Evil: 1")])
