"""Where a camera is, where it may send its viewer, and by which ports it sends; its password stays with it."""

import pytest

from nigoh.domain.camera_url import CameraUrl
from nigoh.video.rtsp.endpoint import endpoint_of, redirected
from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.transport import parse_transport


@pytest.mark.parametrize(
    ("url", "place", "bare", "account"),
    [
        ("rtsp://10.0.0.5/s", ("10.0.0.5", 554), "rtsp://10.0.0.5/s", ("", "")),
        ("rtsp://u:p%40s@10.0.0.5:8554/s?a=1", ("10.0.0.5", 8554), "rtsp://10.0.0.5:8554/s?a=1", ("u", "p@s")),
        ("rtsp://u:a/b#c@cam/s", ("cam", 554), "rtsp://cam/s", ("u", "a/b#c")),
        ("rtsp://u@[::1]:9/s", ("::1", 9), "rtsp://[::1]:9/s", ("u", "")),
    ],
)
def test_an_address_is_taken_apart(url: str, place: tuple[str, int], bare: str, account: tuple[str, str]) -> None:
    found = endpoint_of(CameraUrl(url))
    assert ((found.host, found.port), found.url, (found.user, found.password)) == (place, bare, account)
    assert "p@s" not in repr(found)


@pytest.mark.parametrize("url", ["rtsp://u:s3cret@/s", "rtsp://u:s3cret@cam:99999/s", "rtsp://u:s3cret@[broken/s"])
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="no host") as caught:
        endpoint_of(CameraUrl(url))
    assert "s3cret" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("location", "host", "port", "user"),
    [
        ("rtsp://cam/other", "cam", 554, "u"),
        ("rtsp://cam:8554/other", "cam", 8554, "u"),
        ("rtsp://elsewhere/s", "elsewhere", 554, ""),
        ("rtsp://guest:x@elsewhere/s", "elsewhere", 554, "guest"),
        (" rtsp://CAM/other ", "cam", 554, "u"),
    ],
)
def test_the_password_goes_along_to_the_same_host_only(location: str, host: str, port: int, user: str) -> None:
    found = redirected(endpoint_of(CameraUrl("rtsp://u:p@cam/s")), location)
    assert found is not None
    assert (found.host, found.port, found.user) == (host, port, user)
    assert {"u": "p", "guest": "x", "": ""}[user] == found.password
    assert "@" not in found.url


@pytest.mark.parametrize("location", ["", "other", "http://cam/", "rtsps://cam/", "rtsp:///s", "rtsp://cam:x/"])
def test_a_redirection_that_cannot_be_meant(location: str) -> None:
    assert redirected(endpoint_of(CameraUrl("rtsp://u:p@cam/s")), location) is None


@pytest.mark.parametrize(
    ("header", "channels", "ports"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=00AB", (2, 3), None),
        ("RTP/AVP/TCP;interleaved=4", (4, 5), None),
        ("rtp/avp/tcp", (0, 1), None),
        ("RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001", None, (6000, 6001)),
        ("RTP/AVP/UDP;unicast;client_port=5000-5001", None, None),
        ("RTP/AVP/TCP;interleaved=0-1, RTP/AVP;unicast", (0, 1), None),
    ],
)
def test_the_agreed_transport(header: str, channels: tuple[int, int] | None, ports: tuple[int, int] | None) -> None:
    agreed = parse_transport(header)
    assert (agreed.channels, agreed.server_ports) == (channels, ports)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "RAW/RAW/UDP",
        "RTP/AVP;multicast;destination=224.0.0.1",
        "RTP/AVP/TCP;interleaved=300-301",
        "RTP/AVP;server_port=99999",
    ],
)
def test_a_transport_that_makes_no_sense(header: str) -> None:
    with pytest.raises(ProtocolError):
        parse_transport(header)
