"""Pictures that somebody sent: decoded within bounds, and encoded anew before anything is stored.

What a file claims to be is told from its content, never from its name, and only formats that photos come in are
opened: each decoder less is a hole less. Sizes are judged before anything is decoded. What is stored is a JPEG of our
own: whatever else was in the file (an archive behind the picture, a script, a place in its metadata) is gone.
"""

import io
import threading
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from nigoh.domain.frame import Pixels
from nigoh.errors import PhotoError
from nigoh.storage.readable_names import readable
from nigoh.video.photo import DAMAGED, to_rgb

STORED_TYPE = "image/jpeg"
"""Content type of what `encode_picture` makes."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
_JPEG_QUALITY = 95
_JPEG_START, _SCAN_START = b"\xff\xd8\xff", b"\xff\xda"
_ORIENTATION = 0x0112
_QUARTER_TURNS = {3: 2, 4: 2, 5: 3, 6: 3, 7: 1, 8: 1}
_MIRRORED = {2, 4, 5, 7}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What is decoded at all.

    Attributes:
        most_bytes: size of the file. Photos of phones have up to 25 MB.
        most_pixels: claimed width times height; phones make up to 50 million unless asked for more.
        most_scans: of a progressive JPEG, which has about ten. A file of 32 MB can ask for 300,000 passes over all
            its pixels, minutes of work.
        large_pixels: pictures above are decoded one at a time, so that memory stays bounded however many threads
            decode: 0.5 GiB for the largest.
        long_side_px: the picture is scaled down to this. The detector sees 640 px of it: the smallest face that it
            finds is then 40 px wide, more than SFace needs.
    """

    most_bytes: int = 32 << 20
    most_pixels: int = 64_000_000
    most_scans: int = 200
    large_pixels: int = 16_000_000
    long_side_px: int = 2560


class PictureReader:
    """Decodes pictures that nobody vouches for. Any thread may read; large ones wait for each other."""

    def __init__(self, limits: PictureLimits | None = None) -> None:
        self.limits = limits or PictureLimits()
        self._large = threading.Lock()
        # Pillow warns of odd metadata, which changes no pixel. Python's switch for warnings is one for all threads:
        # only one of ours holds it at a time, and only while headers are parsed.
        self._quiet = threading.Lock()

    def read(self, data: bytes, name: str) -> Pixels:
        """The picture, its first one if it moves, as (H, W, 3) uint8 BGR: upright, over white, within the limits.

        Args:
            data: the file.
            name: what to call it in errors.

        Raises:
            PhotoError: too large, not of a known format, damaged, cut off, or made to overload the reader.
        """
        self._judge_file(data, name)
        try:
            return self._decode(data, name)
        except (*DAMAGED, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _complaint(data, name, error, self.limits) from error

    def _judge_file(self, data: bytes, name: str) -> None:
        if not data:
            raise PhotoError(f"{readable(name)} is empty", "Copy it again from where it came.")
        if len(data) > self.limits.most_bytes:
            size = f"{len(data) / 1e6:.0f} MB, more than {self.limits.most_bytes / 1e6:.0f} MB"
            raise PhotoError(f"{readable(name)} has {size}", "Save it smaller.")
        if data.startswith(_JPEG_START) and data.count(_SCAN_START) > self.limits.most_scans:
            raise PhotoError(f"{readable(name)} has too many scans to be a photo", "Save it again as plain JPEG.")
        width_px, height_px = _webp_size(data)
        # Pillow would reserve the canvas of a WebP, 2 GiB for the largest, before it tells the size.
        if width_px * height_px > self.limits.most_pixels:
            raise _too_many_pixels(name, self.limits)

    def _decode(self, data: bytes, name: str) -> Pixels:
        with self._quiet, warnings.catch_warnings(action="ignore"):
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
        with image:
            if image.width * image.height > self.limits.most_pixels:
                raise _too_many_pixels(name, self.limits)
            if image.width * image.height <= self.limits.large_pixels:
                return self._load(image)
            with self._large:
                return self._load(image)

    def _load(self, image: Image.Image) -> Pixels:
        scale = min(1.0, self.limits.long_side_px / max(image.size))
        wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        # A JPEG is decoded at a half, a quarter or an eighth of its size where that is enough.
        image.draft(None, wanted)
        image.load()
        turned = self._orientation(image)
        factor = min(image.width // wanted[0], image.height // wanted[1])
        if factor > 1 and image.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:
            image = image.reduce(factor)
        pixels = np.asarray(to_rgb(image), np.uint8)[..., ::-1]
        if pixels.shape[1::-1] != wanted:
            pixels = np.asarray(cv2.resize(np.ascontiguousarray(pixels), wanted, interpolation=cv2.INTER_AREA))
        return _turn(pixels, turned)

    def _orientation(self, image: Image.Image) -> int:
        """EXIF's word on how the camera was held; 1 (upright) where it says nothing that can be read."""
        with self._quiet, warnings.catch_warnings(action="ignore"):
            try:
                return int(image.getexif().get(_ORIENTATION, 1))
            except DAMAGED:
                return 1


def encode_picture(pixels: Pixels) -> bytes:
    """The picture as a JPEG with nothing in it but pixels (STORED_TYPE)."""
    options = [
        cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]  # fmt: skip
    _, encoded = cv2.imencode(".jpg", pixels, options)
    return encoded.tobytes()


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height that a WebP file claims; nothing for other files."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return 0, 0
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def _turn(pixels: Pixels, orientation: int) -> Pixels:
    turned = np.rot90(pixels, _QUARTER_TURNS.get(orientation, 0))
    return np.ascontiguousarray(turned[:, ::-1] if orientation in _MIRRORED else turned)


def _too_many_pixels(name: str, limits: PictureLimits) -> PhotoError:
    most = f"{limits.most_pixels / 1e6:.0f} million pixels"
    return PhotoError(f"{readable(name)} has more than {most}", "Save it smaller.")


def _complaint(data: bytes, name: str, error: Exception, limits: PictureLimits) -> PhotoError:
    if isinstance(error, MemoryError | Image.DecompressionBombError | Image.DecompressionBombWarning):
        return _too_many_pixels(name, limits)
    if not isinstance(error, UnidentifiedImageError):
        return PhotoError(f"{readable(name)} is damaged or cut off", "Copy it again from where it came.")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return PhotoError(f"{readable(name)} is a HEIC or AVIF photo, which is not read here", "Save it as JPEG.")
    return PhotoError(f"{readable(name)} is not a photo that can be read", "Give a JPEG, PNG, WebP, BMP or GIF.")
