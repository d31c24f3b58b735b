"""What FFmpeg is given of a camera's address, and what it is never given."""

from collections.abc import Sequence

import pytest

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import SourceError, SourceUnavailable
from nigoh.outbound import Outbound, OutboundPolicy
from nigoh.video.network import network_medium
from nigoh.video.options import SourceOptions


def resolve(name: str, port: int) -> Sequence[str]:
    del port
    return {"cam.lan": ("192.168.1.20",), "six.lan": ("fd12::5",), "evil.uz": ("169.254.169.254",)}[name]


GATE = Outbound(resolve=resolve)


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("rtsps://cam.lan/s", "rtsps://cam.lan/s"),
        ("rtmp://u:p%40ss@cam.lan/live?x=1", "rtmp://u:p%40ss@192.168.1.20/live?x=1"),
        ("http://cam.lan:8080/video.mjpg", "http://192.168.1.20:8080/video.mjpg"),
        ("http://six.lan/video.mjpg", "http://[fd12::5]/video.mjpg"),
        ("http://10.0.0.5/v#a", "http://10.0.0.5/v#a"),
        ("udp://0.0.0.0:1234", "udp://0.0.0.0:1234"),
        ("udp://239.1.2.3:5004", "udp://239.1.2.3:5004"),
    ],
)
def test_the_name_is_resolved_once_and_here(url: str, opened: str) -> None:
    assert network_medium(CameraUrl(url), SourceOptions(gate=GATE)).address == opened


def test_a_server_is_told_by_which_name_it_was_meant() -> None:
    medium = network_medium(CameraUrl("http://u:secret@cam.lan:8080/video.mjpg"), SourceOptions(gate=GATE))
    assert medium.demuxer_options["headers"] == "Host: cam.lan:8080\r\n"


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://evil.uz/video.mjpg",
        "rtsp://u:secret@evil.uz/stream",
        "rtsps://evil.uz/stream",
        "https://[::ffff:169.254.169.254]/v",
        "rtmp://0xa9fea9fe/v",
        "srt://2852039166:9000",
        "http://[fe80::1%25eth0]/v",
    ],
)
def test_no_camera_address_leads_to_metadata(url: str) -> None:
    with pytest.raises(SourceError) as caught:
        network_medium(CameraUrl(url), SourceOptions(gate=GATE))
    assert "secret" not in str(caught.value)


def test_a_camera_whose_name_is_not_known_may_come_back() -> None:
    gate = Outbound(resolve=lambda *_: ())
    with pytest.raises(SourceUnavailable, match=r"rtmp://gone\.lan/s: the host gone\.lan has no address"):
        network_medium(CameraUrl("rtmp://gone.lan/s"), SourceOptions(gate=gate))


@pytest.mark.parametrize(
    "options", [SourceOptions(follow=False), SourceOptions(gate=Outbound(OutboundPolicy(listed_only=True)))]
)
def test_what_could_lead_elsewhere_is_not_followed(options: SourceOptions) -> None:
    told = network_medium(CameraUrl("http://127.0.0.1/video.mjpg"), options).demuxer_options
    assert told["max_redirects"] == "0"
    assert "hls" not in told["format_whitelist"].split(",")
