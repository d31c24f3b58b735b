"""The HTTP application: every noun under /api/v1, and what holds for all of them."""

import time
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from nigoh.server.guard import declarations, put_door
from nigoh.server.limits import JSON_BYTES, SlowBodies
from nigoh.server.parts import ServerParts
from nigoh.server.problems import ForeignErrors, answer_errors
from nigoh.server.security_headers import SecurityHeaders

PREFIX = "/api/v1"


def build_app(parts: ServerParts) -> FastAPI:
    """The application. Raises ConfigError when a route does not say who may use it."""
    app = FastAPI(
        title="nigoh",
        version=version("nigoh"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    put_door(app, parts.door)
    answer_errors(app)
    for router in parts.routers:
        app.include_router(router, prefix=PREFIX)
    # The last that is added is the first that a request meets.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=JSON_BYTES)
    app.add_middleware(ForeignErrors)
    app.add_middleware(SlowBodies, pace=parts.pace, now_s=time.monotonic)
    app.add_middleware(SecurityHeaders)
    for _ in declarations(app):
        pass  # one that declares nothing raises
    return app
