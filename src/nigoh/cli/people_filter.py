"""The options that choose people."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from nigoh.cli.people_opening import list_ids
from nigoh.deployment_wiring import Deployment
from nigoh.storage.database.people import PeopleFilter

R = TypeVar("R")


def filter_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add --group, --list and --without-photos; with the argument TEXT the command gets `wanted: PeopleFilter`."""

    @click.option("--group", metavar="NAME", help="Those of this group alone.")
    @click.option("--list", "on_list", metavar="NAME", help="Those on this watch list alone.")
    @click.option("--without-photos", is_flag=True, help="Those alone who have no photo.")
    @wraps(command)
    def with_filter(
        deployment: Deployment,
        *arguments: object,
        text: str,
        group: str | None,
        on_list: str | None,
        without_photos: bool,
        **values: Any,  # noqa: ANN401 - whatever click parsed
    ) -> R:
        (list_id,) = list_ids(deployment, (on_list,)) if on_list else (None,)
        has_photos = False if without_photos else None
        wanted = PeopleFilter(text=text, group=group, list_id=list_id, has_photos=has_photos)
        return command(deployment, *arguments, wanted=wanted, **values)

    return with_filter
