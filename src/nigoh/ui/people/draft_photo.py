"""A photo that is not saved yet: what the browser sent, and what the API says of it."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from PIL import Image, ImageOps

from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.ui.baskets import ReceivedFile
from nigoh.ui.client.api import Api, Files
from nigoh.video.photo import DAMAGED, to_rgb

PREVIEW_PX = 360
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_KIND = "application/octet-stream"
_FILE = "photo"

_GOOD = frozenset({PhotoOutcome.USABLE, PhotoOutcome.LOOK_ALIKE})


@dataclass(slots=True, eq=False)
class DraftPhoto:
    """A photo on its way. Owner: the view.

    Attributes:
        name: of its file.
        content: its bytes.
        check: what the API says of it.
        face: which of its faces is meant, if somebody has pointed at one.
        preview: small, as JPEG; None: it cannot be shown.
    """

    name: str
    content: bytes = field(repr=False)
    check: PhotoCheck
    face: int | None = None
    preview: bytes | None = field(default=None, repr=False)

    @property
    def is_usable(self) -> bool:
        """Whether somebody could be enrolled by it, perhaps after they are said to be another than who looks so."""
        return self.check.outcome in _GOOD

    @property
    def has_look_alikes(self) -> bool:
        """Whether somebody who is enrolled looks like it."""
        return bool(self.check.look_alikes)


async def draft(api: Api, file: ReceivedFile, person: str | None = None) -> DraftPhoto:
    """A photo that has arrived, looked at. Raises ApiProblem."""
    name = file.name or _FILE
    check = await check_photo(api, name, file.content, person=person)
    is_shown = check.outcome is not PhotoOutcome.UNREADABLE
    small = await asyncio.to_thread(preview, file.content) if is_shown else None
    return DraftPhoto(name, file.content, check, preview=small)


async def check_photo(
    api: Api, name: str, content: bytes, *, face: int | None = None, person: str | None = None
) -> PhotoCheck:
    """What would become of a photo. Raises ApiProblem."""
    files = as_files([(name, content)])
    return await api.post_files("/photos/check", PhotoCheck, files, query={"face": face, "person": person})


def as_files(photos: Sequence[tuple[str, bytes]]) -> Files:
    """Names and bytes as parts of a form."""
    return [("photo", (PurePosixPath(name).name or _FILE, content, _KIND)) for name, content in photos]


def preview(content: bytes) -> bytes | None:
    """A photo, upright and small, as JPEG; None if it cannot be read. The API has looked at it before."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            image.draft("RGB", (2 * PREVIEW_PX, 2 * PREVIEW_PX))
            small = ImageOps.exif_transpose(image)
            small.thumbnail((PREVIEW_PX, PREVIEW_PX))
            target = io.BytesIO()
            to_rgb(small).save(target, "JPEG", quality=_QUALITY)
    except DAMAGED:
        return None
    return target.getvalue()


def name_of_file(name: str) -> str:
    """Who a photo shows, by its file's name: "oktam_karimov (2).jpg" is Oktam Karimov."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    words = "".join(" " if letter in "_.-" else letter for letter in stem).split()
    words = [word for word in words if not word.strip("()[]").isdigit()]
    return " ".join(word[:1].upper() + word[1:] for word in words)
