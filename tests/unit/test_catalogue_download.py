"""Downloading a model: whole and checked, or not at all."""

import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import IO

import pytest

from nigoh.errors import ModelError, OutboundRefused, SourceUnavailable
from nigoh.outbound import Outbound, OutboundPolicy, parse_allowed
from nigoh.vision.download import download, open_https
from nigoh.vision.manifest import read_manifest
from nigoh.vision.model_entry import ModelEntry, WebOrigin

HERE = Outbound(OutboundPolicy(allowed=(parse_allowed("127.0.0.1"),)))
CONTENT = bytes(range(256)) * 9000
ADDRESS = WebOrigin("https://example.org/small.onnx")


def entry() -> ModelEntry:
    (only,) = read_manifest(
        f"""
        [[model]]
        name = "small"
        version = "1"
        kind = "detector"
        architecture = "yunet"
        licence = "MIT"
        commercial_use = true
        sha256 = "{hashlib.sha256(CONTENT).hexdigest()}"
        input = {{ size = "dynamic", colour = "bgr", mean = 0, scale = 1 }}
        origins = [{{ https = "{ADDRESS.url}" }}]
        """,
        "models.toml",
    )
    return only


class Breaking(BytesIO):
    """A response that breaks off after its first chunk."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError("the other side went away")
        return super().read(size)


def test_what_arrives_is_what_the_catalogue_means(tmp_path: Path) -> None:
    asked: list[str] = []

    def open_url(url: str) -> IO[bytes]:
        asked.append(url)
        return BytesIO(CONTENT)

    download(entry(), ADDRESS, tmp_path / "new" / "small.onnx", open_url)
    assert asked == [ADDRESS.url]
    assert (tmp_path / "new" / "small.onnx").read_bytes() == CONTENT


def test_another_file_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds another file"):
        download(entry(), ADDRESS, tmp_path / "small.onnx", lambda _: BytesIO(CONTENT[:-1]))
    assert list(tmp_path.iterdir()) == []


def test_a_broken_connection_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "small.onnx"
    target.write_bytes(b"old")
    with pytest.raises(SourceUnavailable, match=r"example\.org.*went away"):
        download(entry(), ADDRESS, target, lambda _: Breaking(CONTENT))
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_address_that_nobody_answers_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        download(
            entry(),
            WebOrigin("https://127.0.0.1:9/small.onnx"),
            tmp_path / "small.onnx",
            lambda url: open_https(url, HERE),
        )


def test_a_download_goes_to_the_approved_address_and_asks_for_the_name() -> None:
    gate = Outbound(OutboundPolicy(allowed=(parse_allowed("models.test"),)), lambda *_: ("127.0.0.1",))
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_https, f"https://models.test:{server.getsockname()[1]}/small.onnx", gate)
        client, _ = server.accept()
        with client:
            hello = client.recv(4096)
        with pytest.raises(OSError, match=r"."):
            opening.result(timeout=10)
    assert hello[0] == 22  # a TLS handshake
    assert b"models.test" in hello


@pytest.mark.parametrize("address", ["https://127.0.0.1:9/x", "https://169.254.169.254/x", "https://0x7f.1/x"])
def test_a_download_does_not_reach_into_the_own_network(address: str) -> None:
    with pytest.raises(OutboundRefused):
        open_https(address)


def test_a_proxy_is_told_of_no_host_that_is_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    with pytest.raises(OutboundRefused, match=r"evil\.com"):
        open_https("https://evil.com/x", Outbound(OutboundPolicy(listed_only=True)))
    with pytest.raises(OSError, match="refused"):
        open_https("https://models.uz/x")
