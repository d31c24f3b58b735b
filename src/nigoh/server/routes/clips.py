"""Recorded clips: what there is, and the video itself, whole or in ranges."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from nigoh.domain.access import Permission, Principal
from nigoh.domain.clip import Clip, ClipFilter
from nigoh.domain.sighting import CameraId
from nigoh.errors import Missing
from nigoh.server.guard import needs
from nigoh.server.models.sightings import ClipModel, clip_model
from nigoh.server.models.texts import Identifier, ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.server.times import GivenTime, to_unix_s
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database

_MOST_CAMERAS = 200
_VIDEO: dict[int | str, dict[str, Any]] = {
    200: {"content": {"video/mp4": {}}, "description": "The video."},
    206: {"content": {"video/mp4": {}}, "description": "The part of it that `Range` asks for."},
}

Reader = Annotated[Principal, needs(Permission.CLIPS_READ)]
Watched = Callable[[Principal, str], None]
"""Writes down that somebody watches a clip."""


def clips_router(database: Database, recordings: Path | None, watched: Watched) -> APIRouter:
    """The routes of clips. Those of cameras that somebody may not see are not there for them."""
    router = APIRouter(prefix="/clips", tags=["clips"])

    @router.get("")
    def list_clips(
        who: Reader,
        request: Request,
        response: Response,
        paging: Paging,
        camera: Annotated[list[ShortText], Query(max_length=_MOST_CAMERAS, description="Of one of these.")] = [],  # noqa: B006 - FastAPI copies it
        since: Annotated[GivenTime | None, Query(description="It ends not before.")] = None,
        until: Annotated[GivenTime | None, Query(description="It begins before.")] = None,
        *,
        oldest_first: bool = False,
    ) -> Listed[ClipModel]:
        """Clips, the newest first."""
        asked = frozenset(CameraId(each) for each in camera) if camera else None
        wanted = ClipFilter(cameras=who.narrowed(asked), since_unix_s=to_unix_s(since), until_unix_s=to_unix_s(until))
        with database.read() as connection:
            page = Clips(connection).page(wanted, paging, oldest_first=oldest_first)
        return listed(page, clip_model, request, response)

    @router.get("/{clip}")
    def show_clip(who: Reader, clip: Identifier) -> ClipModel:
        """A clip."""
        return clip_model(_seen(database, who, clip))

    @router.get("/{clip}/video", response_class=Response, responses=_VIDEO)
    def show_video(who: Reader, clip: Identifier) -> Response:
        """The video of a clip. The audit keeps that you have watched it."""
        found = _seen(database, who, clip)
        path, status = _file_of(recordings, found)
        watched(who, found.id)
        name = f"{found.camera}_{found.id}.mp4"
        return FileResponse(
            path, media_type="video/mp4", filename=name, stat_result=status, content_disposition_type="inline"
        )

    return router


def _seen(database: Database, who: Principal, clip_id: str) -> Clip:
    with database.read() as connection:
        found = Clips(connection).get(clip_id)
    if found is None or not who.sees(found.camera):
        raise Missing("clip", clip_id)
    return found


def _file_of(recordings: Path | None, clip: Clip) -> tuple[Path, os.stat_result]:
    """The file of a clip, which lies in the folder of recordings whatever its row says. Raises Missing."""
    if recordings is None:
        raise Missing("video of the clip", clip.id)
    folder = recordings.resolve()
    path = (folder / clip.path).resolve()
    try:
        found = path.lstat()
    except (OSError, ValueError) as error:
        raise Missing("video of the clip", clip.id) from error
    if not path.is_relative_to(folder) or not stat.S_ISREG(found.st_mode):
        raise Missing("video of the clip", clip.id)
    return path, found
