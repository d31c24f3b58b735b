"""Many people at once: in as an archive, out as one."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import IO, Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from nigoh.domain.access import Permission, Principal
from nigoh.domain.sighting import PersonId
from nigoh.domain.subject_copy import CopyOptions
from nigoh.errors import Forbidden
from nigoh.office.bulk_import import ImportOptions
from nigoh.office.export_office import ExportOffice
from nigoh.office.subject_export import SubjectExporter
from nigoh.server.actors import Reason, actor_of
from nigoh.server.guard import needs
from nigoh.server.import_desk import ImportDesk
from nigoh.server.limits import ARCHIVE_BYTES
from nigoh.server.models.imports import (
    ImportedPhotoPage,
    ImportList,
    ImportModel,
    import_model,
    imported_photo_model,
)
from nigoh.server.models.texts import Identifier, ShortText
from nigoh.storage.database.people import PeopleFilter

_CHUNK_BYTES = 262_144
_TABLE, _ARCHIVES = "text/csv", ("application/zip", "application/x-zip-compressed", "application/octet-stream")
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {"application/zip": _BINARY, _TABLE: _BINARY}}}
_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "People and photos; an import takes it."}
}

Writer = Annotated[Principal, needs(Permission.PEOPLE_WRITE, Permission.LISTS_WRITE)]


def imports_router(desk: ImportDesk, exports: ExportOffice, copies: SubjectExporter) -> APIRouter:
    """The routes of imports and exports."""
    router = APIRouter(tags=["imports"])

    @router.post("/imports", status_code=HTTPStatus.ACCEPTED, max_body_size=ARCHIVE_BYTES, openapi_extra=_BODY)
    async def begin_import(
        who: Writer,
        request: Request,
        response: Response,
        allow_look_alikes: Annotated[bool, Query(description="Enrol people although others look like them.")] = False,
        update: Annotated[bool, Query(description="Give people who are enrolled already the new details.")] = False,
        reason: Reason = None,
    ) -> ImportModel:
        """Enrol the people of a ZIP: a folder or a photo a person, or a people.csv; or of a CSV without photos.

        What is there already is left as it is: the same import twice adds nothing.
        """
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _TABLE and kind not in _ARCHIVES:
            raise HTTPException(415, "send a ZIP archive (application/zip) or a table (text/csv)")
        source = await desk.receive(request.stream(), is_table=kind == _TABLE)
        options = ImportOptions(allow_look_alikes=allow_look_alikes, update=update)
        begun = await run_in_threadpool(desk.begin, actor_of(who, reason), source, options)
        response.headers["Location"] = f"/api/v1/imports/{begun.id}"
        return import_model(begun)

    @router.get("/imports", dependencies=[needs(Permission.PEOPLE_WRITE)])
    def list_imports() -> ImportList:
        """The last imports since the server began, the newest first."""
        return ImportList(items=[import_model(each) for each in desk.all()])

    @router.get("/imports/{import_id}", dependencies=[needs(Permission.PEOPLE_WRITE)])
    def show_import(import_id: Identifier) -> ImportModel:
        """How far an import is, and at its end what became of it."""
        return import_model(desk.get(import_id))

    @router.get("/imports/{import_id}/photos", dependencies=[needs(Permission.PEOPLE_WRITE)])
    def list_imported_photos(
        import_id: Identifier,
        after: Annotated[int, Query(ge=0, le=10**9)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> ImportedPhotoPage:
        """What became of each photo; there is nothing while the import runs."""
        report = desk.get(import_id).report
        photos = () if report is None else report.photos
        end = after + limit
        items = [imported_photo_model(photo) for photo in photos[after:end]]
        return ImportedPhotoPage(items=items, next_after=end if end < len(photos) else None)

    @router.delete(
        "/imports/{import_id}",
        status_code=HTTPStatus.NO_CONTENT,
        dependencies=[needs(Permission.PEOPLE_WRITE)],
    )
    def cancel_import(import_id: Identifier) -> None:
        """End an import after the photos at hand. What is done stays."""
        desk.get(import_id).cancelled.set()

    @router.get("/exports/people", response_class=Response, responses=_ZIP)
    def export_people(
        who: Annotated[Principal, needs(Permission.PEOPLE_EXPORT)],
        search: ShortText = "",
        group: ShortText | None = None,
        list_id: Annotated[ShortText | None, Query(alias="list")] = None,
        reason: Reason = None,
    ) -> StreamingResponse:
        """People with their photos as a ZIP. Biometric data leaves the vault: the audit keeps who took it."""
        wanted = PeopleFilter(text=search, group=group, list_id=list_id)
        return _handed_out(
            "people.zip", desk.scratch(), lambda file: exports.export(actor_of(who, reason), file, wanted)
        )

    @router.get("/exports/people/{person}", response_class=Response, responses=_ZIP)
    def export_person(
        who: Annotated[Principal, needs(Permission.PEOPLE_EXPORT)],
        person: Identifier,
        recordings: Annotated[bool, Query(description="Video in which they were seen, perhaps with others.")] = True,
        reason: Reason = None,
    ) -> StreamingResponse:
        """A copy of all data on a person, for themselves or for another controller (GDPR, articles 15 and 20)."""
        if who.cameras is not None:
            raise Forbidden("the copy holds what all cameras have seen", "Ask somebody who may see all cameras.")
        options = CopyOptions(recordings=recordings)
        actor = actor_of(who, reason)
        return _handed_out(
            f"{person}.zip", desk.scratch(), lambda file: copies.export(actor, PersonId(person), file, options)
        )

    return router


def _handed_out(name: str, file: IO[bytes], write: Callable[[BinaryIO], object]) -> StreamingResponse:
    """A file without a name, written whole before any of it is sent: what goes wrong is told as a problem."""
    try:
        write(cast("BinaryIO", file))
    except BaseException:
        file.close()
        raise
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_chunks(file), headers=headers, media_type="application/zip")


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
