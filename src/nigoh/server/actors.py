"""Who asks, as the audit wants to know."""

from typing import Annotated

from fastapi import Header

from nigoh.domain.access import Principal
from nigoh.office.actor import Actor

_MOST_REASON_LETTERS = 500

Reason = Annotated[
    str | None,
    Header(
        alias="Audit-Reason",
        max_length=_MOST_REASON_LETTERS,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Why you ask; the audit keeps it.",
    ),
]
"""A parameter of a route whose use is written down."""


def actor_of(who: Principal, reason: str | None = None) -> Actor:
    """Whoever asks, with what they say why."""
    return Actor.of(who, reason or "")
