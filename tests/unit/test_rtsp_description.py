"""Session descriptions as cameras write them."""

import base64

import pytest

from nigoh.video.rtsp.errors import ProtocolError, UnsupportedFormat
from nigoh.video.rtsp.session_description import Codec, parse_description

SPS, PPS, VPS = b"\x67\x42\x00\x1e", b"\x68\xce", b"\x40\x01"
BASE = "rtsp://10.0.0.5/live/"


def coded(unit: bytes) -> str:
    return base64.b64encode(unit).decode()


def describe(*lines: str, session: str = "") -> str:
    head = ["v=0", "o=- 1 1 IN IP4 10.0.0.5", "s=Media", "t=0 0", *([session] if session else [])]
    return "\r\n".join([*head, *lines, ""])


H264 = (
    "m=video 0 RTP/AVP 96",
    "a=rtpmap:96 H264/90000",
    f"a=fmtp:96 packetization-mode=1; profile-level-id=42001E; sprop-parameter-sets={coded(SPS)},{coded(PPS)}",
    "a=framerate:12.5",
    "a=control:trackID=0",
)


def test_an_h264_track() -> None:
    track = parse_description(
        describe("m=audio 0 RTP/AVP 0", "a=control:trackID=7", *H264, session="a=control:*"), BASE
    )
    assert (track.codec, track.payload_type, track.clock_rate) == (Codec.H264, 96, 90_000)
    assert track.parameter_sets == (SPS, PPS)
    assert track.fps == 12.5
    assert (track.control_url, track.session_url) == (BASE + "trackID=0", BASE)


def test_an_h265_track() -> None:
    track = parse_description(
        describe(
            "m=video 0 RTP/AVP 98",
            "a=rtpmap:98 h265/90000",
            f"a=fmtp:98 sprop-sps={coded(SPS)};sprop-vps={coded(VPS)};sprop-pps={coded(PPS)}",
        ),
        BASE,
    )
    assert (track.codec, track.payload_type, track.fps) == (Codec.H265, 98, 0)
    assert track.parameter_sets == (VPS, SPS, PPS)
    assert track.control_url == BASE


@pytest.mark.parametrize(
    ("base", "session", "track", "session_url", "track_url"),
    [
        ("rtsp://c/s", "a=control:*", "track1", "rtsp://c/s", "rtsp://c/s/track1"),
        ("rtsp://c/s/", "", "/track1", "rtsp://c/s/", "rtsp://c/s/track1"),
        ("rtsp://c/s?ch=1", "", "track1", "rtsp://c/s?ch=1", "rtsp://c/s?ch=1/track1"),
        ("rtsp://c/s", "a=control:rtsp://c/all", "rtsp://c/all/v", "rtsp://c/all", "rtsp://c/all/v"),
        ("rtsp://c/s", "a=control:all", "*", "rtsp://c/s/all", "rtsp://c/s"),
    ],
)
def test_addresses(base: str, session: str, track: str, session_url: str, track_url: str) -> None:
    found = parse_description(describe(*H264[:3], f"a=control:{track}", session=session), base)
    assert (found.session_url, found.control_url) == (session_url, track_url)


def test_the_first_track_that_can_be_received_is_chosen() -> None:
    text = describe("m=video 0 RTP/AVP 26", "a=control:jpeg", *H264)
    assert parse_description(text, BASE).control_url == BASE + "trackID=0"


def test_line_ends_of_any_kind_and_a_missing_last_one() -> None:
    assert parse_description(describe(*H264).replace("\r\n", "\n").rstrip(), BASE).payload_type == 96


@pytest.mark.parametrize("sets", ["!!!", "Z0IAH", "", ",,"])
def test_parameter_sets_that_cannot_be_read_are_awaited_in_the_stream(sets: str) -> None:
    lines = (*H264[:2], f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}")
    assert parse_description(describe(*lines), BASE).parameter_sets == ()


def test_parameter_sets_without_padding_are_read() -> None:
    lines = (*H264[:2], f"a=fmtp:96 sprop-parameter-sets={coded(SPS).rstrip('=')},{coded(PPS).rstrip('=')}")
    assert parse_description(describe(*lines), BASE).parameter_sets == (SPS, PPS)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (("m=video 0 RTP/AVP 26",), "sends JPEG"),
        (("m=video 0 RTP/AVP 97", "a=rtpmap:97 MP4V-ES/90000"), "sends MP4V-ES"),
        (("m=video 0 RTP/AVP 97",), "an unnamed codec"),
        (("m=video 0 RTP/SAVP 96", *H264[1:]), "sends H264"),
        (("m=audio 0 RTP/AVP 0",), "describes no video"),
        ((), "describes no video"),
        ((*H264[:2], "a=fmtp:96 packetization-mode=2"), "interleaved"),
        (("m=video 0 RTP/AVP 96", "a=rtpmap:96 H265/90000", "a=fmtp:96 sprop-max-don-diff=2"), "out of order"),
    ],
)
def test_what_is_not_received_here_is_named(lines: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(UnsupportedFormat, match=complaint):
        parse_description(describe(*lines), BASE)


@pytest.mark.parametrize("text", ["", "<html>", "m=video 0 RTP/AVP 96"])
def test_what_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        parse_description(text, BASE)


def test_a_clock_that_stands_still_is_refused() -> None:
    with pytest.raises(ProtocolError, match="no rate"):
        parse_description(describe("m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/0"), BASE)


@pytest.mark.parametrize(
    ("stated", "fps"), [("25", 25), ("29.97", 29.97), ("0", 0), ("fast", 0), ("900", 0), ("", 0)]
)
def test_frame_rates(stated: str, fps: float) -> None:
    assert parse_description(describe(*H264[:3], f"a=framerate:{stated}"), BASE).fps == fps
