"""Whether it lives, whether it can work, and what it measures."""

import logging
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Header, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from nigoh.domain.access import Permission, Principal
from nigoh.errors import NigohError
from nigoh.server.guard import OPEN, needs
from nigoh.server.models.system import CheckModel, HealthModel, ReadinessModel

_log = logging.getLogger(__name__)

Check = Callable[[], None]
"""Raises a NigohError when what it looks at does not work."""


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """Liveness and readiness, for whoever starts and watches the server: they say nothing else, and to anybody."""
    router = APIRouter(tags=["health"])

    @router.get("/health", dependencies=[OPEN])
    def health() -> HealthModel:
        """The server answers."""
        return HealthModel(status="ok")

    @router.get(
        "/ready",
        dependencies=[OPEN],
        responses={503: {"model": ReadinessModel, "description": "Something does not work; the log says what."}},
    )
    def ready(response: Response) -> ReadinessModel:
        """Database, vault and engine work."""
        found = [CheckModel(name=name, ok=_is_well(name, check)) for name, check in checks.items()]
        is_ready = all(check.ok for check in found)
        if not is_ready:
            response.status_code = 503
        return ReadinessModel(status="ready" if is_ready else "not-ready", checks=found)

    return router


def metrics_router(registry: CollectorRegistry, *, local: bool) -> APIRouter:
    """Metrics for Prometheus.

    Args:
        registry: what is measured.
        local: whoever asks on this machine itself needs no token. Not behind a proxy on the same machine, for which
            everybody would come from here.
    """
    router = APIRouter(tags=["health"])

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}, "description": "In the format that is accepted."}},
    )
    def metrics(
        _: Annotated[Principal, needs(Permission.METRICS_READ, or_local=local)],
        accept: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Response:
        """What is measured, for Prometheus."""
        encode, content_type = choose_encoder(accept)
        return Response(encode(registry), media_type=content_type)

    return router


def _is_well(name: str, check: Check) -> bool:
    try:
        check()
    except NigohError as error:
        _log.warning("not ready, %s: %s", name, error)
        return False
    return True
