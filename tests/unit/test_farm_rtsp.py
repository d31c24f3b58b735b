"""What simulated cameras say and understand: RTSP messages, SDP, passwords."""

import base64
import hashlib
import urllib.request

import pytest

from nigoh.testing.clip_options import VideoCodec
from nigoh.testing.farm.authentication import REALM, Account, Attempt, AuthScheme, admits, challenge
from nigoh.testing.farm.messages import NotRtsp, Response, Transport, next_request, wanted_transports
from nigoh.testing.farm.sdp import StreamFormat, describe

URL = "rtsp://127.0.0.1:554/cam001"
PLAY = f"PLAY {URL} RTSP/1.0\r\nCSeq: 4\r\nSession: ab\r\n\r\n".encode()
SPS, PPS = bytes.fromhex("6742c01ed900a0"), bytes.fromhex("68ce3c80")
GUARD = "guard"
PASSWORD = "hush: it's me"  # noqa: S105 - of a camera that lives for one test


def test_a_request_is_understood_however_it_is_cut() -> None:
    received = bytearray()
    for byte in PLAY[:-1]:
        received.append(byte)
        assert next_request(received) is None
    received += PLAY[-1:]
    request = next_request(received)
    assert request is not None
    assert (request.method, request.url, request.path) == ("PLAY", URL, ("cam001",))
    assert request.headers == {"cseq": "4", "session": "ab"}
    assert received == b""


def test_requests_come_one_after_another_with_bodies_and_reports_between_them() -> None:
    report = b"$\x01\x00\x05RTCP!"
    with_body = f"SET_PARAMETER {URL} RTSP/1.0\r\nCSeq: 5\r\nContent-Length: 7\r\n\r\na: b\r\n\r".encode()
    received = bytearray(report + PLAY + report + report + with_body + PLAY + report[:6])
    requests = [next_request(received) for _ in range(4)]
    assert [request.method if request else None for request in requests] == ["PLAY", "SET_PARAMETER", "PLAY", None]
    assert received == report[:6], "what is not whole waits"


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"PLAY\r\n\r\n",
        b"\r\n\r\n",
        b"\xff\xfe\x00 a b\r\n\r\n",
        b"x" * 70_000,
        b"PLAY u RTSP/1.0\r\nContent-Length: -1\r\n\r\n",
        b"PLAY u RTSP/1.0\r\nContent-Length: 999999999\r\n\r\n",
    ],
)
def test_what_is_no_request_is_noticed(nonsense: bytes) -> None:
    with pytest.raises(NotRtsp):
        next_request(bytearray(nonsense))


def test_an_answer_names_the_request_and_measures_its_body() -> None:
    lines = Response(200, {"Session": "ab"}, "sdp ʻ").encoded("17").decode().split("\r\n")
    assert lines[0] == "RTSP/1.0 200 OK"
    assert {"CSeq: 17", "Session: ab", "Content-Length: 6"} <= set(lines)
    assert lines[-2:] == ["", "sdp ʻ"]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=2-3", [Transport(interleaved=True, numbers=(2, 3))]),
        ("RTP/AVP;unicast;client_port=5000-5001", [Transport(interleaved=False, numbers=(5000, 5001))]),
        ("RTP/AVP/UDP;unicast;client_port=5000", [Transport(interleaved=False, numbers=(5000, 5001))]),
        ("RTP/AVP;multicast, RTP/AVP/TCP", [Transport(interleaved=True, numbers=(0, 1))]),
        ("RTP/SAVP;unicast;client_port=1-2", []),
        ("RTP/AVP;unicast;client_port=x-y", []),
        ("RTP/AVP;unicast;client_port=70000-70001", []),
        ("RTP/AVP;unicast", []),
        ("", []),
    ],
)
def test_transports_that_a_camera_can_serve_are_found(header: str, wanted: list[Transport]) -> None:
    assert wanted_transports(header) == wanted


def test_h264_is_described_with_its_parameter_sets() -> None:
    text = describe(StreamFormat(VideoCodec.H264, (SPS, PPS), 640, 360, 15.0), "cam001", 7)
    lines = text.split("\r\n")
    assert lines[0] == "v=0"
    assert "m=video 0 RTP/AVP 96" in lines
    assert "a=rtpmap:96 H264/90000" in lines
    sets = f"{base64.b64encode(SPS).decode()},{base64.b64encode(PPS).decode()}"
    assert f"a=fmtp:96 packetization-mode=1;profile-level-id=42C01E;sprop-parameter-sets={sets}" in lines
    assert "a=framerate:15" in lines


def test_h265_is_described_with_each_set_by_name() -> None:
    vps, sps, pps = b"\x40\x01v", b"\x42\x01s", b"\x44\x01p"
    text = describe(StreamFormat(VideoCodec.H265, (vps, sps, pps), 640, 360, 12.5), "cam001", 7)
    named = ";".join(
        f"sprop-{name}={base64.b64encode(unit).decode()}" for name, unit in (("vps", vps), ("sps", sps), ("pps", pps))
    )
    assert f"a=fmtp:96 {named}\r\n" in text
    assert "a=rtpmap:96 H265/90000\r\n" in text


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def digest_by_the_standard_library(user: str, password: str, nonce: str, method: str = "PLAY", url: str = URL) -> str:
    """Python's own HTTP client answers the challenge."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, "http://127.0.0.1", user, password)
    handler = urllib.request.HTTPDigestAuthHandler(passwords)
    asked = urllib.request.parse_keqv_list(
        urllib.request.parse_http_list(challenge(AuthScheme.DIGEST, nonce).partition(" ")[2])
    )
    request = urllib.request.Request("http://127.0.0.1/", method=method)
    request.selector = url  # what the handler signs
    return f"Digest {handler.get_authorization(request, asked)}"


def digest_sha256(password: str, nonce: str) -> str:
    """By the formula of RFC 7616, 3.4.1, with qop."""

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    first, second = digest(f"{GUARD}:{REALM}:{password}"), digest(f"PLAY:{URL}")
    response = digest(f"{first}:{nonce}:00000001:0a4f:auth:{second}")
    return (
        f'Digest username="{GUARD}", realm="{REALM}", nonce="{nonce}", uri="{URL}", algorithm=SHA-256, '
        f'qop=auth, nc=00000001, cnonce="0a4f", response="{response}"'
    )


def passes(scheme: AuthScheme, authorization: str, nonce: str = "n1", method: str = "PLAY") -> bool:
    account = Account(scheme, GUARD, PASSWORD) if scheme is not AuthScheme.NONE else Account()
    return admits(account, nonce, Attempt(method, URL, authorization))


def test_without_an_account_everybody_may_look() -> None:
    assert passes(AuthScheme.NONE, "")


def test_basic_passwords_open_and_others_do_not() -> None:
    assert passes(AuthScheme.BASIC, basic(GUARD, PASSWORD))
    for wrong in (basic(GUARD, "hush"), basic("other", PASSWORD), "", "Basic", "Basic !!", "Digest x"):
        assert not passes(AuthScheme.BASIC, wrong)


def test_digests_of_another_implementation_open() -> None:
    answer = digest_by_the_standard_library(GUARD, PASSWORD, "n1")
    assert passes(AuthScheme.DIGEST, answer)
    assert not passes(AuthScheme.DIGEST, answer, nonce="n2"), "an answer holds for one question"
    assert not passes(AuthScheme.DIGEST, answer, method="SETUP")
    assert not passes(AuthScheme.DIGEST, digest_by_the_standard_library(GUARD, "hush", "n1"))
    assert not passes(AuthScheme.DIGEST, digest_by_the_standard_library("other", PASSWORD, "n1"))
    assert not passes(AuthScheme.DIGEST, digest_by_the_standard_library(GUARD, PASSWORD, "n1", url=URL + "/x"))
    assert not passes(AuthScheme.DIGEST, basic(GUARD, PASSWORD)), "no password in the clear"
    assert not passes(AuthScheme.DIGEST_SHA256, answer)


def test_digests_by_sha256_open() -> None:
    assert "algorithm=SHA-256" in challenge(AuthScheme.DIGEST_SHA256, "n1")
    assert passes(AuthScheme.DIGEST_SHA256, digest_sha256(PASSWORD, "n1"))
    assert not passes(AuthScheme.DIGEST_SHA256, digest_sha256("hush", "n1"))
    assert not passes(AuthScheme.DIGEST, digest_sha256(PASSWORD, "n1"))


def test_the_password_is_in_no_repr() -> None:
    account = Account(AuthScheme.BASIC, GUARD, PASSWORD)
    attempt = Attempt("PLAY", URL, basic(GUARD, PASSWORD))
    assert PASSWORD not in f"{account!r} {account}"
    assert basic(GUARD, PASSWORD) not in repr(attempt)


@pytest.mark.parametrize(("user", "password"), [("", "x"), ("guard", ""), ("gu:ard", "x")])
def test_an_impossible_account_is_refused(user: str, password: str) -> None:
    with pytest.raises(ValueError, match="user"):
        Account(AuthScheme.BASIC, user, password)
