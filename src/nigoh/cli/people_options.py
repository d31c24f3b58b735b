"""Options that several commands for people have."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from nigoh.domain.people import LegalBasis
from nigoh.errors import PhotoError
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_desk import SentPhoto
from nigoh.storage.people_table import parse_expiry
from nigoh.storage.safe_pictures import PictureLimits

R = TypeVar("R")

reason_option = click.option("--reason", default="", metavar="TEXT", help="Why, for the audit.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
look_alike_option = click.option(
    "--allow-look-alike", is_flag=True, help="Enrol although somebody who is enrolled looks like this."
)
photo_argument = click.Path(path_type=Path, dir_okay=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What was said of somebody; None or nothing: it stays as it is.

    Attributes:
        other_names, external_id, group, notes: as of a person.
        legal_basis: its name.
        expires: seconds since 1970; infinite: never.
    """

    other_names: tuple[str, ...] = ()
    external_id: str | None = None
    group: str | None = None
    legal_basis: str | None = None
    expires: float | None = None
    notes: str | None = None

    def applied_to(self, draft: PersonDraft) -> PersonDraft:
        """Somebody as they are to be."""
        never = self.expires is not None and math.isinf(self.expires)
        return replace(
            draft,
            other_names=self.other_names or draft.other_names,
            external_id=draft.external_id if self.external_id is None else self.external_id,
            group=draft.group if self.group is None else self.group,
            legal_basis=draft.legal_basis if self.legal_basis is None else LegalBasis(self.legal_basis),
            expires_unix_s=draft.expires_unix_s if self.expires is None else None if never else self.expires,
            notes=draft.notes if self.notes is None else self.notes,
        )


class _Expiry(click.ParamType[float]):
    """A date, a time, or "never"."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds since 1970, infinite for never."""
        try:
            found = math.inf if value == "never" else parse_expiry(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if found is None:
            self.fail("write a date, for example 2027-12-31, or: never", param, ctx)
        return found


def details_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add the options for what is said of somebody; the command gets them as one keyword, `details: Details`."""
    bases = [basis.value for basis in LegalBasis]
    options = (
        click.option("--other-name", "other_names", multiple=True, metavar="NAME", help="In another script, say."),
        click.option("--external-id", metavar="TEXT", help="Their number in another system; unique."),
        click.option("--group", metavar="NAME", help="A department, a class, a shift."),
        click.option("--legal-basis", type=click.Choice(bases), help="Why they may be enrolled."),
        click.option("--expires", type=_Expiry(), metavar="DATE", help="When they are to be erased, or: never."),
        click.option("--notes", metavar="TEXT", help="Whatever you want to know."),
    )

    @wraps(command)
    def with_details(*arguments: object, **values: Any) -> R:  # noqa: ANN401 - whatever click parsed
        given = {field.name: values.pop(field.name) for field in fields(Details)}
        return command(*arguments, details=Details(**given), **values)

    decorated: Callable[..., R] = with_details
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def read_photos(paths: tuple[Path, ...]) -> list[SentPhoto]:
    """The files, no more of each than a photo may have. Raises PhotoError."""
    return [SentPhoto(_read(path), str(path)) for path in paths]


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(PictureLimits().most_bytes + 1)
    except OSError as error:
        raise PhotoError(f"{path} cannot be read: {error.strerror or error}", "Check its name and folder.") from error
