"""Photos of any common format come as upright BGR pixels."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from nigoh.errors import PhotoError
from nigoh.video.photo import PHOTO_SUFFIXES, read_photo

RED_BGR = (20, 30, 210)
SIZE = (40, 20)


def red() -> Image.Image:
    return Image.new("RGB", SIZE, RED_BGR[::-1])


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff", ".gif", ".ppm", ".avif", ".jp2"])
def test_formats(suffix: str, tmp_path: Path) -> None:
    if suffix == ".avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    path = tmp_path / f"Oʻktam Ўктам{suffix}"
    red().save(path)
    pixels = read_photo(path)
    assert suffix in PHOTO_SUFFIXES
    assert pixels.shape == (20, 40, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.mean(axis=(0, 1)) == pytest.approx(RED_BGR, abs=6)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "YCbCr", "I", "F"])
def test_modes(mode: str, tmp_path: Path) -> None:
    source = Image.new("L" if mode in {"I", "F", "1", "LA"} else "RGB", SIZE, "white")
    path = tmp_path / "photo.tiff"
    source.convert(mode).save(path)
    assert read_photo(path).min() >= 253


def test_floats_from_0_to_1(tmp_path: Path) -> None:
    path = tmp_path / "photo.tiff"
    Image.fromarray(np.array([[0, 0.25, 0.5, 1]], np.float32)).save(path)
    assert read_photo(path)[0, :, 0].tolist() == pytest.approx([0, 64, 128, 255], abs=1)


def test_16_bits_keep_their_shades(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.fromarray(np.array([[0, 16384, 32768, 65535]], np.uint16)).save(path)
    assert read_photo(path)[0, :, 0].tolist() == pytest.approx([0, 64, 128, 255], abs=1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_upright(orientation: int, tmp_path: Path) -> None:
    """A picture whose stored form was made by undoing the orientation comes back as it was."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = np.zeros((20, 40, 3), np.uint8)
    upright[:10, :10] = 255
    stored = Image.fromarray(upright)
    stored = stored if undo is None else stored.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.png"
    stored.save(path, exif=exif)
    assert np.array_equal(read_photo(path), upright)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode: str, tmp_path: Path) -> None:
    layered = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    layered.paste((10, 10, 10, 255), (0, 0, 20, 20))
    path = tmp_path / "cut_out.png"
    layered.convert(mode).save(path)
    pixels = read_photo(path)
    assert pixels[:, :20].max() < 20
    assert pixels[:, 20:].min() == 255


def test_of_an_animation_the_first_picture(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    red().save(path, save_all=True, append_images=[Image.new("RGB", SIZE, "blue")])
    assert read_photo(path).mean(axis=(0, 1)) == pytest.approx(RED_BGR, abs=6)


def test_broken_exif_costs_only_the_orientation(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    red().save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")
    assert read_photo(path).shape == (20, 40, 3)


def huge(path: Path) -> None:
    Image.new("1", (30_000, 3_000)).save(path)


def cut(path: Path) -> None:
    Image.effect_noise((200, 200), 60).save(path)
    path.write_bytes(path.read_bytes()[:2000])


@pytest.mark.parametrize(
    ("make", "name", "complaint"),
    [
        (lambda _: None, "none.jpg", "does not exist"),
        (lambda path: path.touch(), "empty.jpg", "is empty"),
        (lambda path: path.write_text("no photo"), "renamed.jpg", "is not a photo"),
        (lambda path: path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(100)), "phone.heic", "HEIC"),
        (lambda path: path.mkdir(), "folder.jpg", "is a folder"),
        (cut, "cut.jpg", "damaged or cut off"),
        (cut, "cut.png", "damaged or cut off"),
        (huge, "huge.png", "million pixels"),
    ],
)
def test_what_cannot_be_read_says_why(make: object, name: str, complaint: str, tmp_path: Path) -> None:
    assert callable(make)
    path = tmp_path / name
    make(path)
    with pytest.raises(PhotoError, match=complaint) as caught:
        read_photo(path)
    assert str(path) in caught.value.what
    assert caught.value.next_step
