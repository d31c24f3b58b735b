"""What the HTTP application is made of."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import APIRouter

from nigoh.server.guard import Door
from nigoh.server.limits import BodyPace


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """Everything that the routes use. Whoever made it closes it.

    Attributes:
        door: knows who asks.
        routers: of other nouns (sessions, users, tokens, audit, set-up), mounted under /api/v1.
        unix_s: seconds since 1970.
        pace: how slowly bodies may come.
    """

    door: Door
    routers: tuple[APIRouter, ...] = ()
    unix_s: Callable[[], float] = time.time
    pace: BodyPace = field(default_factory=BodyPace)
