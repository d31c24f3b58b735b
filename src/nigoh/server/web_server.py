"""Serves the application over HTTP, in a thread of its own."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from nigoh.errors import ConfigError, Fatal
from nigoh.server.patient_protocol import Patience, patient_protocols

_log = logging.getLogger(__name__)

_START_S = 30.0
_GRACE_S = 3
_JOIN_S = 8.0
_MOST_HEAD_BYTES = 32_768
_MOST_MESSAGE_BYTES = 65_536
_BACKLOG = 512
_LARGEST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """Where and how it is served.

    Attributes:
        host, port: where to listen; port 0 takes a free one.
        certificate, key: files in PEM form for TLS; None: plain HTTP, for this machine or behind a proxy.
        proxies: addresses or networks of proxies whose X-Forwarded-For and -Proto are believed; nobody else's are.
        patience: how long slow clients are waited for.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    proxies: tuple[str, ...] = ()
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("TLS needs a certificate and its key, both")


class WebServer:
    """Listens from its making on, and answers from the beginning of a with statement to its end.

    Leaving it lets running requests end within seconds, closes WebSockets with 1012 (they may come again), and joins
    the thread.

    Raises:
        ConfigError: the address cannot be listened on, or the certificate cannot be used.
    """

    def __init__(self, app: ASGIApp, options: WebOptions) -> None:
        self._options = options
        http, websocket = patient_protocols(options.patience)
        config = uvicorn.Config(
            app,
            http=http,
            ws=websocket,
            ws_max_size=_MOST_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(options.proxies),
            forwarded_allow_ips=list(options.proxies),
            backlog=_BACKLOG,
            timeout_keep_alive=options.patience.keep_alive_s,
            timeout_graceful_shutdown=_GRACE_S,
            h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
            ssl_certfile=options.certificate,
            ssl_keyfile=options.key,
        )
        _load(config, options)
        self._socket = _listen(options)
        self._started = threading.Event()
        self._server = _AnnouncedServer(config, self._started.set)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)

    @property
    def address(self) -> str:
        """Where it is, as http://host:port."""
        host = f"[{self._options.host}]" if ":" in self._options.host else self._options.host
        scheme = "http" if self._options.certificate is None else "https"
        return f"{scheme}://{host}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Answer from now on. Raises Fatal when the application does not start."""
        self._thread.start()
        self._started.wait(_START_S)
        if not self._server.started:
            self.__exit__(None, None, None)
            raise Fatal("the web server does not start", "The log says why.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(1.0)
        self._socket.close()

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except SystemExit:
            # That is how uvicorn says that the application's lifespan has failed; it has logged why.
            _log.error("the web server ends")
        finally:
            self._started.set()


class _AnnouncedServer(uvicorn.Server):
    """Tells when it has started."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        asyncio.get_running_loop().call_soon(self._tell_started)


def _load(config: uvicorn.Config, options: WebOptions) -> None:
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            f"the certificate {options.certificate} with the key {options.key} cannot be used: {error}",
            "Both are files in PEM form, without a password, that belong together.",
        ) from error


def _listen(options: WebOptions) -> socket.socket:
    if not 0 <= options.port <= _LARGEST_PORT:
        raise _cannot_listen(options, f"ports end at {_LARGEST_PORT}")
    try:
        found = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise _cannot_listen(options, str(error.strerror or error)) from error
    listener.settimeout(0)
    return listener


def _cannot_listen(options: WebOptions, reason: str) -> ConfigError:
    return ConfigError(
        f"nothing can be served at {options.host}:{options.port}: {reason}",
        "Choose another port, or an address of this machine.",
    )
