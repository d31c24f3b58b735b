"""Pictures that nobody vouches for are decoded within bounds, and nothing but pixels is stored of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from nigoh.domain.frame import Pixels
from nigoh.errors import PhotoError
from nigoh.storage.safe_pictures import PictureLimits, PictureReader, encode_picture

Encoder = Callable[..., bytes]


@pytest.fixture
def reader() -> PictureReader:
    return PictureReader()


def picture(width_px: int = 60, height_px: int = 40) -> Image.Image:
    """Red at the left, green at the top right, blue at the bottom right."""
    image = Image.new("RGB", (width_px, height_px), (250, 0, 0))
    image.paste((0, 250, 0), (width_px // 2, 0, width_px, height_px // 2))
    image.paste((0, 0, 250), (width_px // 2, height_px // 2, width_px, height_px))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def colour(pixels: Pixels, x: float, y: float) -> str:
    height_px, width_px = pixels.shape[:2]
    return "bgr"[int(pixels[int(y * height_px), int(x * width_px)].argmax())]


def png(width_px: int, height_px: int, data: bytes = b"") -> bytes:
    """A PNG that claims a size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = struct.pack(">LLBBBBB", width_px, height_px, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_each_format_is_told_by_its_content(kind: str, reader: PictureReader) -> None:
    pixels = reader.read(encoded(picture(), kind), "picture.txt")
    assert pixels.shape == (40, 60, 3)
    assert [colour(pixels, 0.2, 0.5), colour(pixels, 0.8, 0.2), colour(pixels, 0.8, 0.8)] == ["r", "g", "b"]
    assert pixels.flags.c_contiguous


@pytest.mark.parametrize("kind", ["TIFF", "ICO", "PPM", "TGA", "PDF"])
def test_other_formats_are_refused_whatever_their_name(kind: str, reader: PictureReader) -> None:
    with pytest.raises(PhotoError, match=r"^holiday\.jpg is not a photo that can be read\. Give a JPEG"):
        reader.read(encoded(picture(), kind), "holiday.jpg")


def test_a_phones_heic_is_named(reader: PictureReader) -> None:
    with pytest.raises(PhotoError, match=r"HEIC.* Save it as JPEG"):
        reader.read(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), "IMG_0001.HEIC")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_as_its_metadata_says(orientation: int, reader: PictureReader) -> None:
    turned = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    image = picture() if orientation == 1 else picture().transpose(turned[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = reader.read(encoded(image, "JPEG", exif=exif, quality=95), "phone.jpg")
    assert pixels.shape == (40, 60, 3)
    assert [colour(pixels, 0.2, 0.5), colour(pixels, 0.8, 0.2), colour(pixels, 0.8, 0.8)] == ["r", "g", "b"]


def test_broken_metadata_makes_no_difference(reader: PictureReader) -> None:
    data = encoded(picture(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff broken")
    assert reader.read(data, "a.jpg").shape == (40, 60, 3)


def test_transparent_parts_become_white(reader: PictureReader) -> None:
    pixels = reader.read(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"), "a.png")
    assert (pixels == 255).all()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_is_taken(kind: str, reader: PictureReader) -> None:
    others = [Image.new("RGB", (60, 40), (0, 0, shade)) for shade in (200, 250)]
    data = encoded(Image.new("RGB", (60, 40), (250, 0, 0)), kind, save_all=True, append_images=others)
    assert colour(reader.read(data, "moving"), 0.5, 0.5) == "r"


def test_a_large_photo_is_scaled_down(reader: PictureReader) -> None:
    for kind in ("JPEG", "PNG"):
        pixels = reader.read(encoded(picture(5200, 2600), kind), "large")
        assert pixels.shape == (1280, 2560, 3)
        assert [colour(pixels, 0.2, 0.5), colour(pixels, 0.8, 0.2), colour(pixels, 0.8, 0.8)] == ["r", "g", "b"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.png", png(20_000, 20_000, zlib.compress(bytes(2501 * 20_000)))),
        ("liar.png", png(2**31 - 1, 2**31 - 1)),
        ("bomb.bmp", b"BM" + struct.pack("<LLLLllHHLLLLLL", 200, 0, 54, 40, 20_000, 20_000, 1, 24, 0, 0, 0, 0, 0, 0)),
        ("bomb.gif", b"GIF89a" + struct.pack("<HHBBB", 20_000, 20_000, 0, 0, 0) + b",\0\0\0\0" + bytes(20)),
        ("bomb.webp", b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xfe\x3f\0\xfe\x3f\0"),
        ("bomb.jpg", encoded(Image.new("L", (9000, 9000)), "JPEG")),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded(
    name: str, data: bytes, reader: PictureReader
) -> None:
    with pytest.raises(PhotoError, match=rf"^{name} has more than 64 million pixels\. Save it smaller\.$"):
        reader.read(data, name)


def test_a_file_that_is_too_large_is_not_looked_at(reader: PictureReader) -> None:
    with pytest.raises(PhotoError, match="34 MB, more than 34 MB"):
        reader.read(encoded(picture(), "JPEG") + bytes(32 << 20), "large.jpg")


def test_a_jpeg_that_asks_for_thousands_of_passes_is_refused(reader: PictureReader) -> None:
    data = encoded(picture(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(PhotoError, match="too many scans"):
        reader.read(data[:last] + data[last:-2] * 300 + data[-2:], "slow.jpg")
    assert reader.read(data, "progressive.jpg").shape == (40, 60, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.97])
def test_a_picture_that_is_cut_off_is_refused_with_its_name(kind: str, kept: float, reader: PictureReader) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    data = encoded(noise, kind)
    with pytest.raises(PhotoError, match=r"^cut\.jpg (is damaged or cut off|is not a photo that can be read)\. \w"):
        reader.read(data[: int(len(data) * kept)], "cut.jpg")


def test_damage_anywhere_is_an_answer_or_a_complaint_and_nothing_else(reader: PictureReader) -> None:
    random = np.random.default_rng(7)
    complaints: list[PhotoError] = []
    for kind in ("JPEG", "PNG", "WEBP", "BMP", "GIF"):
        data = np.frombuffer(encoded(picture(), kind), np.uint8)
        for _ in range(60):
            damaged = data.copy()
            damaged[random.integers(0, len(data), 4)] = random.integers(0, 256, 4)
            try:
                assert reader.read(damaged.tobytes(), "damaged").shape[2] == 3
            except PhotoError as error:
                complaints.append(error)
    assert complaints
    assert all(complaint.next_step for complaint in complaints)


def test_nothing_of_the_file_but_its_pixels_is_stored(reader: PictureReader) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("payload.html", "<script>alert(1)</script>")
    exif = Image.Exif()
    exif[0x010E] = "SECRET PLACE"
    polyglot = encoded(picture(), "JPEG", exif=exif, comment=b"<?php SECRET ?>") + archive.getvalue()
    stored = encode_picture(reader.read(polyglot, "polyglot.jpg"))
    assert stored.startswith(b"\xff\xd8\xff")
    assert stored.endswith(b"\xff\xd9")
    assert not any(trace in stored for trace in (b"SECRET", b"PK\3\4", b"script", b"Exif"))
    with Image.open(io.BytesIO(stored)) as image:
        assert not image.getexif()


def test_names_are_shown_without_what_a_terminal_obeys(reader: PictureReader) -> None:
    with pytest.raises(PhotoError) as caught:
        reader.read(b"", "\x1b[31mred\n\udcff.jpg")
    assert str(caught.value) == r"\x1b[31mred\n\udcff.jpg is empty. Copy it again from where it came."


def test_limits_can_be_narrowed() -> None:
    narrow = PictureReader(PictureLimits(most_bytes=400, most_pixels=100, long_side_px=8))
    assert narrow.read(encoded(Image.new("L", (10, 10)), "PNG"), "a").shape == (8, 8, 3)
    with pytest.raises(PhotoError, match="pixels"):
        narrow.read(encoded(Image.new("L", (11, 10)), "PNG"), "a")
