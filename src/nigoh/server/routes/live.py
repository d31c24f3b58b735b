"""Live pictures: one WebSocket for the tiles of many cameras, and one picture of one camera."""

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Response, WebSocket
from pydantic import ValidationError

from nigoh.domain.access import Permission, Principal
from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions
from nigoh.errors import Missing, NigohError, SourceError, SourceUnavailable
from nigoh.server.guard import needs, require_camera
from nigoh.server.live_tiles import LiveTiles, tile_message
from nigoh.server.live_views import LiveViews
from nigoh.server.models.live import LIVE_ORDER, LongSide, Quality, Subscribe
from nigoh.server.problems import kind_of
from nigoh.server.sockets import Close, Closing, Conversation, SocketRoom

_PICTURE_WAIT_S = 5.0

Looked = Callable[[Principal, CameraId], None]
"""Writes down that somebody looks at a camera. Called in a thread."""


def live_router(views: LiveViews, room: SocketRoom, looked: Looked) -> APIRouter:
    """The routes of live pictures."""
    router = APIRouter(tags=["live"])

    @router.websocket("/live")
    async def live(websocket: WebSocket, who: Annotated[Principal, needs(Permission.LIVE)]) -> None:
        """Pictures of the cameras that the client subscribes to, and of no others."""
        tiles = LiveTiles(views)
        talk = Conversation(websocket, who, Permission.LIVE, room)
        try:
            await talk.hold(_obey(talk, tiles, looked), _show(talk, tiles))
        finally:
            await asyncio.shield(tiles.close())

    @router.get(
        "/cameras/{name}/picture",
        response_class=Response,
        responses={200: {"content": {"image/jpeg": {}}, "description": "The newest picture."}},
    )
    async def picture(
        name: str,
        who: Annotated[Principal, needs(Permission.LIVE)],
        long_side_px: Annotated[LongSide, Query()] = 1280,
        quality: Annotated[Quality, Query()] = 80,
    ) -> Response:
        """The next picture of a camera, as JPEG; it waits up to 5 s for one."""
        require_camera(who, CameraId(name))
        options = LiveOptions(long_side_px=long_side_px, fps=5.0, quality=quality)
        tiles = LiveTiles(views)
        try:
            jpeg, taken_unix_s = await _one_picture(tiles, CameraId(name), options)
        finally:
            await asyncio.shield(tiles.close())
        await asyncio.to_thread(looked, who, CameraId(name))
        return Response(jpeg, headers={"X-Captured-At": f"{taken_unix_s:.3f}"}, media_type="image/jpeg")

    return router


async def _one_picture(tiles: LiveTiles, camera: CameraId, options: LiveOptions) -> tuple[bytes, float]:
    try:
        await tiles.show(0, camera, options)
        async with asyncio.timeout(_PICTURE_WAIT_S):
            while not (found := await tiles.next_pictures()):
                pass
    except SourceError:
        raise Missing("camera", camera) from None
    except TimeoutError:
        raise SourceUnavailable(
            f"the camera {camera} sends no picture now", "Its state says why: GET /api/v1/cameras/NAME."
        ) from None
    return found[0][1].jpeg, found[0][1].captured_unix_s


async def _obey(talk: Conversation, tiles: LiveTiles, looked: Looked) -> None:
    seen: set[CameraId] = set()
    while True:
        text = await talk.receive()
        try:
            order = LIVE_ORDER.validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            raise Closing(Close.MALFORMED, f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:100]) from None
        if not isinstance(order, Subscribe):
            await tiles.hide(order.tile)
            await talk.send({"op": "unsubscribed", "tile": order.tile})
            continue
        try:
            require_camera(talk.principal, order.camera_id)
            if order.camera_id not in seen:
                await asyncio.to_thread(looked, talk.principal, order.camera_id)
                seen.add(order.camera_id)
            await _subscribe(talk, tiles, order)
        except NigohError as error:
            await talk.send(_refusal(order, error))


async def _subscribe(talk: Conversation, tiles: LiveTiles, order: Subscribe) -> None:
    try:
        await tiles.show(order.tile, order.camera_id, order.options)
    except SourceError:
        raise Missing("camera", order.camera) from None
    await talk.send({"op": "subscribed", "tile": order.tile, "camera": order.camera})


def _refusal(order: Subscribe, error: NigohError) -> dict[str, object]:
    kind = kind_of(error)
    return {"op": "refused", "tile": order.tile, "type": kind.type, "status": kind.status, "detail": error.what}


async def _show(talk: Conversation, tiles: LiveTiles) -> None:
    while True:
        for tile, picture in await tiles.next_pictures():
            if talk.principal.sees(picture.camera):
                await talk.send(tile_message(tile, picture))
            else:
                # The camera was taken from them while they looked.
                await tiles.hide(tile)
