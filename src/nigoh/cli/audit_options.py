"""The options that choose entries of the audit; the same for every command that shows some."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import click

from nigoh.cli.moment import Moment
from nigoh.domain.audit import AuditAction
from nigoh.domain.audit_filter import AuditFilter

P = ParamSpec("P")
R = TypeVar("R")


def filter_options(command: Callable[Concatenate[AuditFilter, P], R]) -> Callable[P, R]:
    """Add --actor, --action, --target, --since and --until; the command gets them as its first argument."""

    @click.option("--actor", metavar="NAME", help="Only what this user did.")
    @click.option(
        "--action",
        "actions",
        type=click.Choice([action.value for action in AuditAction]),
        multiple=True,
        help="Only this; may be repeated.",
    )
    @click.option("--target", metavar="KIND[:ID]", help="Only what was done to this, e.g. person or person:01j8….")
    @click.option("--since", type=Moment(), help="Not before this date or time (UTC).")
    @click.option("--until", type=Moment(), help="Before this date or time (UTC).")
    @wraps(command)
    def with_filter(*arguments: P.args, **values: P.kwargs) -> R:
        actor, actions, target, since, until = (
            values.pop(name) for name in ("actor", "actions", "target", "since", "until")
        )
        kind, _, identifier = str(target or "").partition(":")
        wanted = AuditFilter(
            actor=None if actor is None else str(actor),
            actions=frozenset(AuditAction(each) for each in actions) if isinstance(actions, tuple) else frozenset(),
            target_kind=kind,
            target_id=identifier,
            since_unix_s=since if isinstance(since, float) else None,
            until_unix_s=until if isinstance(until, float) else None,
        )
        return command(wanted, *arguments, **values)

    return with_filter
