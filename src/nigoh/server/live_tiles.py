"""Many cameras' pictures for one client: it says which it shows how, and gets the newest of each."""

import asyncio
import struct
from collections.abc import Mapping
from contextlib import ExitStack

from starlette.concurrency import run_in_threadpool

from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.errors import NigohError
from nigoh.server.live_views import LiveViews, Viewer

MOST_TILES = 64
HEADER = struct.Struct(">BBHd")
"""Before each JPEG: 1 (the form), 0, the tile's number, when it was taken in seconds since 1970. Big-endian."""

_FORM = 1


class TooManyTiles(NigohError):
    """A client wants more tiles than there may be."""

    def __init__(self) -> None:
        super().__init__(f"a client has at most {MOST_TILES} tiles", "Unsubscribe one first.")


class LiveTiles:
    """The tiles of one client. Owner: its task in the event loop. A context manager: at its end nothing is shown.

    A tile holds one picture, the newest: those that the client is too slow for pass by.
    """

    def __init__(self, views: LiveViews) -> None:
        self._views = views
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._tiles: dict[int, tuple[CameraId, Viewer, ExitStack]] = {}

    @property
    def cameras(self) -> Mapping[int, CameraId]:
        """Which camera each tile shows."""
        return {tile: camera for tile, (camera, _, _) in self._tiles.items()}

    async def show(self, tile: int, camera: CameraId, options: LiveOptions) -> None:
        """Show a camera in a tile, instead of what it showed. Raises SourceError, TooManyTiles."""
        await self.hide(tile)
        if len(self._tiles) >= MOST_TILES:
            raise TooManyTiles
        stack = ExitStack()
        viewer = await run_in_threadpool(stack.enter_context, self._views.look(camera, options, self._tell))
        self._tiles[tile] = camera, viewer, stack

    async def hide(self, tile: int) -> None:
        """Show nothing in a tile any more."""
        found = self._tiles.pop(tile, None)
        if found is not None:
            await run_in_threadpool(found[2].close)

    async def close(self) -> None:
        """Show nothing any more."""
        for tile in list(self._tiles):
            await self.hide(tile)

    async def next_pictures(self) -> list[tuple[int, LivePicture]]:
        """The newest pictures that were not taken yet; waits until there is one."""
        await self._ready.wait()
        self._ready.clear()
        found = ((tile, viewer.take(0)) for tile, (_, viewer, _) in self._tiles.items())
        return [(tile, picture) for tile, picture in found if picture is not None]

    def _tell(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:
            # The server has ended while the engine still told a picture.
            return


def tile_message(tile: int, picture: LivePicture) -> bytes:
    """A picture as it is sent."""
    return HEADER.pack(_FORM, 0, tile, picture.captured_unix_s) + picture.jpeg
