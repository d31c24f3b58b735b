"""`nigoh models`: list, verify, accept a licence, pull."""

from pathlib import Path

import click
import msgspec
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from nigoh.cli.command_group import HelpfulGroup
from nigoh.cli.config_option import optional_config_option
from nigoh.cli.terminal import output, report_note
from nigoh.config.engine_file import read_engine_file
from nigoh.config.environment import read_folders
from nigoh.errors import ConfigError
from nigoh.outbound import Outbound
from nigoh.vision.licences import AcceptedLicences
from nigoh.vision.model_advice import how_to_get, licence_refused
from nigoh.vision.model_entry import ModelEntry, WebOrigin
from nigoh.vision.model_files import ModelState, ModelStatus, ModelStore, open_models

_STYLES = {
    ModelState.PRESENT: "green",
    ModelState.MISSING: "dim",
    ModelState.CHANGED: "bold red",
    ModelState.NEEDS_ACCEPTANCE: "yellow",
}
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class ModelReport(msgspec.Struct, frozen=True, kw_only=True):
    """One model as `nigoh models` tells of it.

    Attributes:
        source: where its file is or would come from.
        file: its file, or None while there is none.
        problem: what is wrong and what to do, or "".
    """

    name: str
    version: str
    kind: str
    licence: str
    commercial_use: bool
    source: str
    state: str
    file: str | None
    problem: str


@click.group(cls=HelpfulGroup)
def command() -> None:
    """The models: list, verify, accept a licence, pull."""


@command.command("list")
@_as_json
def list_models(as_json: bool) -> None:
    """The models that nigoh knows, and how they stand on this machine."""
    store = _open_store()
    reports = [_report(store.inspect(entry)) for entry in store.catalogue]
    if as_json:
        _print_json(reports)
        return
    table = Table("name", "version", "kind", "licence", "commercial use", "source", "state", box=SIMPLE)
    for column in table.columns[:4]:
        column.no_wrap = True
    for report in reports:
        cells = (report.name, report.version, report.kind, report.licence)
        use = "yes" if report.commercial_use else "no"
        table.add_row(*map(Text, (*cells, use, report.source)), Text(report.state, _STYLES[ModelState(report.state)]))
    output.print(table)


@command.command()
@_as_json
def verify(as_json: bool) -> int:
    """Compare each present file's SHA-256 with the catalogue's. Exit code 1 if one differs."""
    store = _open_store()
    reports = [_report(store.inspect(entry)) for entry in store.catalogue]
    if as_json:
        _print_json(reports)
    else:
        for report in reports:
            output.print(_verdict(report), markup=False)
    return 1 if any(report.state == ModelState.CHANGED for report in reports) else 0


@command.command()
@click.argument("name")
@_as_json
def accept(name: str, as_json: bool) -> None:
    """Accept the non-commercial licence of the model NAME, for good."""
    folders = read_folders()
    store = _open_store()
    entry = store.catalogue.find(name)
    if not entry.commercial_use:
        AcceptedLicences(folders.config).accept(entry)
    if as_json:
        _print_json([_report(_open_store().inspect(entry))])
    elif entry.commercial_use:
        output.print(f"{entry.name} is licensed {entry.licence}: nothing has to be accepted.", markup=False)
    else:
        output.print(f"Accepted: {entry.name} under {entry.licence}, for non-commercial use alone.", markup=False)


@command.command()
@click.argument("name")
@optional_config_option
@_as_json
def pull(name: str, config: Path | None, as_json: bool) -> None:
    """Download the model NAME from the address in the catalogue, and check it.

    With --config, what [network] in that file says holds for the connection.
    """
    store = _open_store()
    entry = store.catalogue.find(name)
    if store.needs_acceptance(entry):
        raise licence_refused(entry)
    if store.inspect(entry).state is not ModelState.PRESENT:
        _download(store, entry, read_engine_file(config).network.gate() if config else Outbound())
    # A changed file elsewhere that comes first is still in the way, and named.
    found = store.check(entry)
    if as_json:
        _print_json([_report(store.inspect(entry))])
    else:
        output.print(f"{entry.name}: {found.path}", markup=False)


def _verdict(report: ModelReport) -> str:
    match report.state:
        case ModelState.MISSING:
            return f"missing  {report.name}"
        case ModelState.CHANGED:
            return f"FAILED   {report.problem}"
        case _:
            return f"ok       {report.name}  {report.file}"


def _download(store: ModelStore, entry: ModelEntry, gate: Outbound) -> None:
    # urllib, http and ssl: only this command needs them.
    from nigoh.vision.download import download, open_https  # noqa: PLC0415

    address = next((origin for origin in entry.origins if isinstance(origin, WebOrigin)), None)
    if address is None:
        raise ConfigError(f"model {entry.name} has no address to pull it from", how_to_get(entry))
    report_note(f"Downloading {address.url}")
    download(entry, address, store.download_path(entry, address), lambda url: open_https(url, gate))


def _open_store() -> ModelStore:
    folders = read_folders()
    return open_models(models=folders.models, cache=folders.cache, config=folders.config)


def _report(status: ModelStatus) -> ModelReport:
    entry, found = status.entry, status.found
    return ModelReport(
        name=entry.name,
        version=entry.version,
        kind=entry.kind,
        licence=entry.licence,
        commercial_use=entry.commercial_use,
        source=str(found.origin if found else entry.origins[0]),
        state=status.state,
        file=str(found.path) if found else None,
        problem=str(status.problem or ""),
    )


def _print_json(reports: list[ModelReport]) -> None:
    output.print(msgspec.json.format(msgspec.json.encode(reports), indent=2).decode(), markup=False)
