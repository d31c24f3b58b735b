"""What `nigoh doctor` looks at where nigoh keeps things: database, disk, clock, keys."""

import time
from collections.abc import Iterator

from nigoh.cli.delivery_checks import check_outbox, check_room, check_spools
from nigoh.cli.machine_checks import Check, Outcome, check_machine
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.domain.system_facts import Finding
from nigoh.errors import NigohError
from nigoh.storage.database.database import Database
from nigoh.storage.database.health import check_database
from nigoh.storage.spool_room import SPOOLS
from nigoh.storage.vault.health import check_keys

_SQLITE = "sqlite:///"


def diagnose(settings: DeploymentSettings) -> tuple[Finding, ...]:
    """All that `nigoh doctor` finds, for whoever helps from elsewhere. Takes seconds."""
    checks = (*check_machine(), *check_deployment(settings))
    return tuple(Finding(each.name, each.outcome.value, each.detail, each.needed) for each in checks)


def check_deployment(settings: DeploymentSettings) -> Iterator[Check]:
    """Every look at what lasts. Makes and changes nothing; where nothing was kept yet, that is all that is said."""
    if settings.database == f"{_SQLITE}{settings.data / 'nigoh.db'}" and not (settings.data / "nigoh.db").exists():
        detail = f"none in {settings.data} yet: the first nigoh up makes it"
        yield Check(name="database", outcome=Outcome.OK, detail=detail, needed=False)
        return
    if settings.data.is_dir():
        yield check_room(settings.data)
        yield check_spools(settings.data / SPOOLS, time.time())
    try:
        with Database(settings.database) as database:
            for check in check_database(database, time.time()):
                yield _check(check.name, check.detail, is_well=check.is_well)
            for finding in check_keys(settings, database):
                yield _check(finding.name, finding.detail, is_well=finding.is_ok)
            yield from check_outbox(database)
    except NigohError as error:
        yield _check("database", str(error), is_well=False)


def _check(name: str, detail: str, *, is_well: bool) -> Check:
    return Check(name=name, outcome=Outcome.OK if is_well else Outcome.FAILED, detail=detail, needed=True)
