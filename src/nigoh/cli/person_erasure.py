"""How commands erase somebody: `nigoh people remove` and `nigoh privacy erase` are one."""

import sys
import time
from pathlib import Path

import click
import msgspec

from nigoh.cli.people_opening import actor, find_person
from nigoh.cli.privacy_place import privacy_place
from nigoh.cli.settings_office import open_settings
from nigoh.cli.terminal import output
from nigoh.deployment_wiring import Deployment
from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError
from nigoh.office.erasure import Eraser


def erase(deployment: Deployment, who: str, *, yes: bool, config: Path | None, reason: str, as_json: bool) -> int:
    """Erase somebody wherever they are and print the report; the exit code: 1 while something is left.

    Raises:
        ConfigError: nobody is called so, or nobody said that they are to be erased.
        Missing: nobody with this identifier was ever here.
        Stale: they were changed meanwhile.
    """
    recordings, _ = privacy_place(config, deployment.settings)
    # As it was changed while nigoh ran, too.
    privacy = open_settings(deployment, config).begun_with.privacy
    eraser = Eraser(deployment.database, deployment.media, recordings, lambda: privacy.erasure, now=time.time)
    identifier, version = _chosen(deployment, who, yes=yes)
    report = eraser.erase(actor(reason), identifier, version=version)
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode(), markup=False)
    else:
        output.print(report.text(), markup=False)
    return 0 if report.is_complete else 1


def _chosen(deployment: Deployment, who: str, *, yes: bool) -> tuple[PersonId, int | None]:
    """Whom, as they were read; by identifier also those who are not there any more."""
    try:
        person = find_person(deployment, who, exactly=True)
    except ConfigError:
        if who.isascii() and who.isalnum() and any(letter.isdigit() for letter in who):
            return PersonId(who), None
        raise
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigError(f"{person.name} ({person.id}) would be erased for good", "Say so with --yes.")
        click.confirm(f"Erase {person.name} ({person.id}) for good?", abort=True, err=True)
    return person.id, person.version
