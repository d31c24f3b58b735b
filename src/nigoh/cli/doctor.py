"""`nigoh doctor`: what works on this machine, and what to do about the rest."""

from itertools import chain

import click
import msgspec
from rich.text import Text

from nigoh.cli.database_options import DeploymentChoice, choice_options
from nigoh.cli.deployment_checks import check_deployment
from nigoh.cli.machine_checks import Check, Outcome, check_machine
from nigoh.cli.terminal import output

_STYLES = {Outcome.OK: "green", Outcome.MISSING: "yellow", Outcome.FAILED: "bold red"}


class Diagnosis(msgspec.Struct, frozen=True):
    """What `nigoh doctor --json` prints.

    Attributes:
        works: nigoh with its default settings works here.
        checks: what was looked at.
    """

    works: bool
    checks: list[Check]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@choice_options
def command(choice: DeploymentChoice, *, as_json: bool) -> int:
    """Check this machine, and what is kept on it.

    Devices, models, video, window, disk; the database, its clock and its keys. Exit code 1 if the default set-up does
    not work, or what is kept is in trouble.
    """
    checks = []
    for check in chain(check_machine(), check_deployment(choice.settings())):
        checks.append(check)
        if not as_json:
            output.print(_line(check))
    diagnosis = Diagnosis(works=all(check.outcome is Outcome.OK for check in checks if check.needed), checks=checks)
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(diagnosis), indent=2).decode(), markup=False)
    else:
        output.print("nigoh works here." if diagnosis.works else "nigoh does not work here yet: see the lines above.")
    return 0 if diagnosis.works else 1


def _line(check: Check) -> Text:
    return Text.assemble((f"{check.outcome:8}", _STYLES[check.outcome]), f"{check.name:22}{check.detail}")
