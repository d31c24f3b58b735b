"""Liveness, readiness and metrics, for whoever starts, watches and measures the server."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Gauge
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from nigoh.domain.access import Permission, Role
from nigoh.errors import ConfigError, Retryable
from nigoh.server.app import build_app
from nigoh.server.patient_protocol import Patience
from nigoh.server.web_server import WebOptions, WebServer

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send
    from tests.flow.api.conftest import House


def test_a_server_that_answers_is_alive_and_ready_for_anybody(house: House) -> None:
    with httpx.Client(base_url=house.address) as client:
        assert client.get("/api/v1/health").json() == {"status": "ok"}
        ready = client.get("/api/v1/ready")
    assert ready.json() == {"status": "ready", "checks": [{"name": "database", "ok": True}]}


def test_a_server_that_cannot_work_says_what_fails_and_to_nobody_why(house: House) -> None:
    def broken() -> None:
        raise Retryable("the vault at /secret/place does not open")

    app = build_app(
        replace(
            house.parts, checks={"database": house.parts.database.ping, "vault": broken}, metrics=CollectorRegistry()
        )
    )
    with WebServer(app, WebOptions(port=0)) as server:
        answer = httpx.get(f"{server.address}/api/v1/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"][1] == {"name": "vault", "ok": False}
    assert "secret" not in answer.text


@pytest.fixture(scope="module")
def measured(house: House) -> FastAPI:
    registry = CollectorRegistry()
    Gauge("nigoh_test", "For a test.", registry=registry).set(7)
    return build_app(replace(house.parts, metrics=registry, local_metrics=True))


def test_metrics_are_for_this_machine_and_for_who_may_read_them(house: House, measured: FastAPI) -> None:
    with WebServer(measured, WebOptions(port=0)) as server:
        address = f"{server.address}/metrics"
        assert "nigoh_test 7.0" in httpx.get(address).text
        for headers in (
            {"X-Forwarded-For": "127.0.0.1"},
            {"Host": "nigoh.example"},
            {"Origin": "http://localhost"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            assert httpx.get(address, headers=headers).status_code == 401
            known = httpx.get(address, headers=headers | house.headers(Role.AUDITOR))
            assert known.status_code == 200
        narrow = {"Authorization": f"Bearer {house.token({Permission.PEOPLE_READ})}", "Origin": "x"}
        assert httpx.get(address, headers=narrow).status_code == 403


def test_metrics_ask_for_a_token_where_this_machine_is_not_trusted(house: House) -> None:
    assert httpx.get(f"{house.address}/metrics").status_code == 401


async def who_asks(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that tells from where it thinks that a request comes, and how."""
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    body = f"{scope['client'][0]} {scope['scheme']}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    ("proxies", "believed"),
    [((), "127.0.0.1 http"), (("10.0.0.0/8",), "127.0.0.1 http"), (("127.0.0.0/8",), "203.0.113.9 https")],
)
def test_a_proxys_word_is_believed_where_it_is_named_and_nowhere_else(
    proxies: tuple[str, ...], believed: str
) -> None:
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Forwarded-Proto": "https"}
    with WebServer(who_asks, WebOptions(port=0, proxies=proxies)) as server:
        assert httpx.get(server.address, headers=headers).text == believed


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this machine and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret))
    return files


def test_over_tls_browsers_are_told_to_stay_there(house: House, certificate: tuple[Path, Path]) -> None:
    options = WebOptions(port=0, certificate=certificate[0], key=certificate[1])
    with WebServer(build_app(replace(house.parts, metrics=CollectorRegistry())), options) as server:
        assert server.address.startswith("https://")
        trust = ssl.create_default_context(cafile=str(certificate[0]))
        headers = httpx.get(f"{server.address}/api/v1/health", verify=trust).headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    with house.client() as client:
        assert "strict-transport-security" not in client.get("/api/v1/health").headers


def test_a_certificate_that_cannot_be_used_is_named(certificate: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigError, match=r"cert\.pem with the key"):
        WebServer(who_asks, WebOptions(port=0, certificate=certificate[0], key=certificate[0]))
    with pytest.raises(ConfigError, match="nowhere"):
        WebServer(who_asks, WebOptions(port=0, certificate=certificate[0].with_name("nowhere"), key=certificate[1]))


def test_an_address_that_cannot_be_listened_on_is_named(house: House) -> None:
    taken = int(house.address.rpartition(":")[2])
    for host, port in (("127.0.0.1", taken), ("203.0.113.1", 0), ("no.such.host.invalid", 0), ("127.0.0.1", 70_000)):
        with pytest.raises(ConfigError, match=f"nothing can be served at {host}:{port}"):
            WebServer(who_asks, WebOptions(host=host, port=port))


def test_a_server_ends_in_time_whatever_its_clients_do(house: House) -> None:
    app = build_app(replace(house.parts, metrics=CollectorRegistry()))
    before = threading.active_count()
    with ExitStack() as stack:
        with WebServer(app, WebOptions(port=0, patience=Patience(headers_s=60))) as server:
            host, _, port = server.address.removeprefix("http://").partition(":")
            stack.enter_context(socket.create_connection((host, int(port))))
            url = f"{server.address.replace('http', 'ws')}/api/v1/events"
            stream = stack.enter_context(connect(url, additional_headers=house.headers()))
            stream.recv(timeout=5)
            began_s = time.monotonic()
        assert time.monotonic() - began_s < 6
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
    assert threading.active_count() <= before + 2
