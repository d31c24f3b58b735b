"""The audit: auditors read it, nobody edits it."""

import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from nigoh.domain.access import Permission, Principal
from nigoh.domain.audit import AuditAction
from nigoh.domain.audit_filter import AuditFilter
from nigoh.errors import Forbidden
from nigoh.office.audit_desk import AuditDesk
from nigoh.server.actors import Reason, actor_of
from nigoh.server.guard import needs
from nigoh.server.models.audit import AuditEntryModel, ChainModel, audit_entry_model, chain_model
from nigoh.server.models.texts import ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.server.times import Time, to_unix_s
from nigoh.storage.database.database import Database

_LARGEST = 2**53
_CHUNK = 65_536


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


def audit_router(database: Database, unix_s: Callable[[], float] = time.time) -> APIRouter:
    """The routes of the audit. Entries name all cameras: who may see some of them alone reads none."""
    router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[needs(Permission.AUDIT_READ)])
    desk = AuditDesk(database, unix_s)

    @router.get("")
    def list_entries(
        who: Reader,
        wanted: Annotated[AuditFilter, Depends(_filter)],
        paging: Paging,
        request: Request,
        response: Response,
        *,
        oldest_first: bool = False,
    ) -> Listed[AuditEntryModel]:
        """Who did what, the newest first."""
        _require_all_cameras(who)
        return listed(desk.page(wanted, paging, oldest_first=oldest_first), audit_entry_model, request, response)

    @router.get("/check")
    def check_chain(who: Reader) -> ChainModel:
        """Compute the chain of hashes again: whether each entry is as it was written. A million take some seconds."""
        _require_all_cameras(who)
        return chain_model(desk.check())

    @router.get(
        "/export",
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {}}, "description": "A line for each entry, the oldest first."}},
    )
    def export_entries(
        who: Reader, wanted: Annotated[AuditFilter, Depends(_filter)], reason: Reason = None
    ) -> StreamingResponse:
        """The entries as CSV; that they were taken is written down."""
        _require_all_cameras(who)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - open until the last of it is sent
        try:
            desk.export(actor_of(who, reason), wanted, file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        headers = {"Content-Disposition": 'attachment; filename="nigoh-audit.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(_chunks(file), headers=headers, media_type="text/csv; charset=utf-8")

    @router.get("/{number}")
    def show_entry(who: Reader, number: Annotated[int, Path(ge=1, le=_LARGEST)]) -> AuditEntryModel:
        """One entry."""
        _require_all_cameras(who)
        return audit_entry_model(desk.get(number))

    return router


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
