"""The audit: auditors read it, nobody edits it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from nigoh.domain.access import Permission, Principal
from nigoh.domain.audit import AuditAction
from nigoh.domain.audit_filter import AuditFilter
from nigoh.errors import Forbidden, Missing
from nigoh.server.guard import needs
from nigoh.server.models.audit import AuditEntryModel, audit_entry_model
from nigoh.server.models.texts import ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.server.times import Time, to_unix_s
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database

_LARGEST = 2**53


def _filter(
    actor: Annotated[ShortText | None, Query(description="Exactly this login name.")] = None,
    action: Annotated[list[AuditAction], Query(max_length=len(AuditAction), description="One of these.")] = [],  # noqa: B006 - FastAPI copies it
    target_kind: Annotated[ShortText, Query(description="What it was done to, e.g. `person`.")] = "",
    target_id: ShortText = "",
    since: Annotated[Time | None, Query(description="Not before.")] = None,
    until: Annotated[Time | None, Query(description="Before.")] = None,
) -> AuditFilter:
    return AuditFilter(
        actor=actor,
        actions=frozenset(action),
        target_kind=target_kind,
        target_id=target_id,
        since_unix_s=to_unix_s(since),
        until_unix_s=to_unix_s(until),
    )


Reader = Annotated[Principal, needs(Permission.AUDIT_READ)]


def _require_all_cameras(who: Principal) -> None:
    if who.cameras is not None:
        raise Forbidden("who may see some cameras alone may not read the audit", "Ask somebody who may see all.")


def audit_router(database: Database) -> APIRouter:
    """The routes of the audit. Entries name all cameras: who may see some of them alone reads none."""
    router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[needs(Permission.AUDIT_READ)])

    @router.get("")
    def list_entries(
        who: Reader,
        wanted: Annotated[AuditFilter, Depends(_filter)],
        paging: Paging,
        request: Request,
        response: Response,
    ) -> Listed[AuditEntryModel]:
        """Who did what, the newest first."""
        _require_all_cameras(who)
        with database.read() as connection:
            page = Audit(connection).page(wanted, paging)
        return listed(page, audit_entry_model, request, response)

    @router.get("/{number}")
    def show_entry(who: Reader, number: Annotated[int, Path(ge=1, le=_LARGEST)]) -> AuditEntryModel:
        """One entry."""
        _require_all_cameras(who)
        with database.read() as connection:
            found = Audit(connection).get(number)
        if found is None:
            raise Missing("entry of the audit", str(number))
        return audit_entry_model(found)

    return router
