"""`nigoh audit verify`: is the audit as it was written?"""

from pathlib import Path

import click
import msgspec

from nigoh.cli.database_options import settings_options
from nigoh.cli.terminal import output, report_note
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.domain.audit_chain import ChainReport
from nigoh.storage.audit import Audit
from nigoh.storage.audit.anchor_file import read_anchors
from nigoh.storage.audit.chain import verify
from nigoh.storage.database.database import Database


@click.command("verify", short_help="Check that no entry was changed, removed or moved.")
@click.option(
    "--anchor",
    "anchors",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="A file of nigoh audit anchor: shows also whether the end was cut off or all written anew; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_options
def command(settings: DeploymentSettings, anchors: tuple[Path, ...], as_json: bool) -> int:
    """Compute the chain of hashes again, and name the first broken entry. Exit code 1 if there is one.

    Needs neither the master key nor the right to write.
    """
    noted = [anchor for path in anchors for anchor in read_anchors(path)]
    with Database(settings.database) as database, database.read() as connection:
        report = verify(Audit(connection).stored(), noted)
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode(), markup=False)
    else:
        output.print(_verdict(report), markup=False)
        if report.first_break is None and not noted:
            report_note("note: whether its end was cut off shows only with --anchor FILE (see: nigoh audit anchor)")
    return 0 if report.first_break is None else 1


def _verdict(report: ChainReport) -> str:
    if report.first_break is not None:
        found = report.first_break
        return f"BROKEN   entry {found.number} ({found.damage.value}): {found.what}. Intact before: {report.entries}"
    if report.head is None:
        return "whole    the audit has no entries yet"
    held = f", {report.anchors} noted heads are right" if report.anchors else ""
    return f"whole    {report.entries} entries{held}, the newest has the hash {report.head.hash}"
