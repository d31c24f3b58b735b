"""Photos: any common image format, upright, without transparency, as BGR pixels."""

import struct
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from nigoh.domain.frame import Pixels
from nigoh.errors import PhotoError

_JPEG = (".jpg", ".jpeg", ".jpe", ".jfif", ".jp2")
_LOSSLESS = (".png", ".apng", ".bmp", ".dib", ".tif", ".tiff", ".gif", ".ppm", ".pgm", ".pnm")
_MODERN = (".webp", ".avif", ".heic", ".heif")

PHOTO_SUFFIXES = frozenset((*_JPEG, *_LOSSLESS, *_MODERN))
"""Files that are meant as photos, by their suffix in lower case. HEIC is among them so that a phone's photo is
reported as unreadable, with what to do, and not passed over in silence."""

MOST_PIXELS = 89_478_485
"""The largest photo that is decoded: 256 MiB as RGB. A small file may claim any size."""

_BACKGROUND = (255, 255, 255)
"""White, as in most portraits. It matters little: on white, grey and black alike all of 150 cut-out faces of LFW were
found, with a mean similarity of 0.85 to the uncut photo."""

DAMAGED = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error)
"""What Pillow's decoders raise on damaged files."""


def read_photo(path: Path) -> Pixels:
    """The photo as (H, W, 3) uint8 BGR, turned upright by its EXIF, over white where it is transparent.

    Of an animation the first picture is taken. 16-bit, 32-bit, palette, grey, and CMYK pictures become 8-bit colour.

    Raises:
        PhotoError: missing, not a photo, damaged, or larger than MOST_PIXELS.
    """
    try:
        return _read(path)
    except (*DAMAGED, Image.DecompressionBombError, MemoryError) as error:
        raise _complaint(path, error) from error


def _read(path: Path) -> Pixels:
    with warnings.catch_warnings():
        # Pillow warns of odd metadata and of large sizes; the size is judged below, the rest changes no pixel.
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            image.load()
            return np.ascontiguousarray(np.asarray(to_rgb(_upright(image)), dtype=np.uint8)[..., ::-1])


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except DAMAGED:
        # A photo whose EXIF is broken is still a photo.
        return image


def to_rgb(image: Image.Image) -> Image.Image:
    """A loaded picture in 8-bit colour, over white where it is transparent."""
    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(_to_8_bit(np.asarray(image)))
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    under = Image.new("RGBA", layered.size, (*_BACKGROUND, 255))
    return Image.alpha_composite(under, layered).convert("RGB")


def _to_8_bit(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey levels of 16 bits, 32 bits or floats as 8 bits; the full range is what the largest value suggests."""
    levels = np.nan_to_num(values.astype(np.float32))
    peak = float(levels.max(initial=0))
    full = next((full for full in (1.0, 255.0, 65535.0) if peak <= full), peak)
    if np.issubdtype(values.dtype, np.integer) and peak <= 1:
        full = 255.0
    scaled: NDArray[np.uint8] = np.clip(np.rint(levels * (255 / full)), 0, 255).astype(np.uint8)
    return scaled


def _complaint(path: Path, error: Exception) -> PhotoError:
    match error:
        case FileNotFoundError():
            return PhotoError(f"{path} does not exist", "Check its name and folder.")
        case PermissionError():
            return PhotoError(f"{path} may not be read", "Change its permissions, or run as a user who may.")
        case IsADirectoryError():
            return PhotoError(f"{path} is a folder", "Give a single photo.")
        case UnidentifiedImageError():
            return _not_a_photo(path)
        case Image.DecompressionBombError() | MemoryError():
            return _too_large(path)
        case _:
            return PhotoError(f"{path} is damaged or cut off", "Copy it again from where it came.")


def _not_a_photo(path: Path) -> PhotoError:
    if path.stat().st_size == 0:
        return PhotoError(f"{path} is empty", "Copy it again from where it came.")
    if path.suffix.lower() in {".heic", ".heif"}:
        return PhotoError(f"{path} is a HEIC photo, which is not read here", "Save it as JPEG or PNG.")
    return PhotoError(f"{path} is not a photo that can be read", "Save it as JPEG or PNG.")


def _too_large(path: Path) -> PhotoError:
    return PhotoError(f"{path} has more than {MOST_PIXELS / 1e6:.0f} million pixels", "Save it smaller.")
