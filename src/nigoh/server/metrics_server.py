"""Lets Prometheus ask how the engine is, over HTTP."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from prometheus_client import CollectorRegistry, start_http_server

from nigoh.domain.camera_status import EngineStatus
from nigoh.errors import ConfigError
from nigoh.server.metrics import StatusCollector

_JOIN_S = 5.0


class MetricsServer:
    """Answers every GET with the metrics of the newest status, in the format that the asker accepts.

    A context manager: leaving it stops the server and joins its thread within seconds.

    Args:
        newest: gives the newest status, from any thread and without waiting long.
        host, port: where to listen; port 0 takes a free one.
    """

    def __init__(self, newest: Callable[[], EngineStatus], host: str = "127.0.0.1", port: int = 9464) -> None:
        self._host = host
        registry = CollectorRegistry()
        registry.register(StatusCollector(newest))
        try:
            self._server, self._thread = start_http_server(port, host, registry)
        except (
            OSError,
            OverflowError,
        ) as error:  # an unknown host, a port above 65535, one that is taken or forbidden
            reason = error.strerror if isinstance(error, OSError) else error
            raise ConfigError(
                f"metrics cannot be served at {host}:{port}: {reason or error}",
                "Choose another port or an address of this machine, or leave the metrics out.",
            ) from error

    @property
    def address(self) -> str:
        """Where they are, as http://host:port/metrics."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._server.server_port}/metrics"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_JOIN_S)
