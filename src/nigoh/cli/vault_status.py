"""`nigoh vault status`: the keys, and whether all is well with them."""

import click
import msgspec

from nigoh.cli.database_options import settings_options
from nigoh.cli.terminal import output
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.storage.database.database import Database
from nigoh.storage.vault.health import check_keys


@click.command("status", short_help="Show which master key is in use, and whether all is well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@settings_options
def command(settings: DeploymentSettings, as_json: bool) -> int:
    """Look at the keys without changing anything. Exit code 1 if something is wrong."""
    with Database(settings.database) as database:
        findings = list(check_keys(settings, database))
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(findings), indent=2).decode(), markup=False)
    else:
        for each in findings:
            output.print(f"{'ok' if each.is_ok else 'wrong':8}{each.name:18}{each.detail}", markup=False)
    return 0 if all(each.is_ok for each in findings) else 1
