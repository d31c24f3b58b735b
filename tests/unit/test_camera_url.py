"""Credentials of a camera's URL reach the camera and nothing else."""

import pytest

from nigoh.domain.camera_url import CameraUrl, redact


@pytest.mark.parametrize(
    ("url", "revealed", "shown"),
    [
        ("rtsp://10.0.0.5/s", "rtsp://10.0.0.5/s", "rtsp://10.0.0.5/s"),
        ("rtsp://u:p@10.0.0.5:554/s", "rtsp://u:p@10.0.0.5:554/s", "rtsp://***@10.0.0.5:554/s"),
        ("rtsp://u@10.0.0.5/s", "rtsp://u@10.0.0.5/s", "rtsp://***@10.0.0.5/s"),
        ("rtsp://u:p@ss@10.0.0.5/s", "rtsp://u:p%40ss@10.0.0.5/s", "rtsp://***@10.0.0.5/s"),
        ("rtsp://u:p%40ss@10.0.0.5/s", "rtsp://u:p%40ss@10.0.0.5/s", "rtsp://***@10.0.0.5/s"),
        ("rtsp://u:a/b#c?d@10.0.0.5/s", "rtsp://u:a%2Fb%23c%3Fd@10.0.0.5/s", "rtsp://***@10.0.0.5/s"),
        ("rtsp://u:ў@cam/s?x=1", "rtsp://u:%D1%9E@cam/s?x=1", "rtsp://***@cam/s?x=1"),
        ("rtsp://[::1]:554/s", "rtsp://[::1]:554/s", "rtsp://[::1]:554/s"),
        ("rtsp://u:p@[::1]:554/s", "rtsp://u:p@[::1]:554/s", "rtsp://***@[::1]:554/s"),
        ("http://cam:80/a@b", "http://cam:80/a@b", "http://***@b"),
        ("http://cam/v?user=u&pwd=p", "http://cam/v?user=u&pwd=p", "http://cam/v?user=***&pwd=***"),
    ],
)
def test_what_the_camera_gets_and_what_is_shown(url: str, revealed: str, shown: str) -> None:
    camera = CameraUrl(url)
    assert camera.reveal() == revealed
    assert str(camera) == shown
    assert repr(camera) == f"CameraUrl({shown})"


@pytest.mark.parametrize(
    ("url", "host", "name"),
    [
        ("rtsp://u:p@Cam.local:554/a/b/?x=1", "cam.local", "Cam.local:554/a/b"),
        ("rtsp://[::1]:554/s", "::1", "[::1]:554/s"),
        ("rtsp://u:a/b@10.0.0.5/s", "10.0.0.5", "10.0.0.5/s"),
        ("rtsp:///s", "", "/s"),
        ("rtsp://[broken/s", "", "[broken/s"),
    ],
)
def test_host_and_name(url: str, host: str, name: str) -> None:
    assert (CameraUrl(url).host, CameraUrl(url).name) == (host, name)


def test_secrets_are_known_as_given_and_decoded() -> None:
    assert set(CameraUrl("rtsp://u%20x:p%40ss@cam/s").secrets()) == {"u%20x", "u x", "p%40ss", "p@ss"}
    assert CameraUrl("rtsp://cam/s").secrets() == ()


def test_every_url_in_a_text_is_redacted() -> None:
    text = "cannot open rtsp://u:p/q@cam/s or http://a:b@c/?token=t: refused"
    assert redact(text) == "cannot open rtsp://***@cam/s or http://***@c/?token=*** refused"


def test_an_address_needs_a_scheme() -> None:
    with pytest.raises(ValueError, match="scheme"):
        CameraUrl("10.0.0.5/stream")
