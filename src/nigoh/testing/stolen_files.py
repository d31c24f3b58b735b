"""What a thief looks for in stolen files: a secret in any of its forms, and pictures that open by themselves."""

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote

_JPEG = rb"\xff\xd8\xff(?:\xe0..JFIF|\xe1..Exif|\xdb\x00[\x43\x84])"
_PICTURE = re.compile(_JPEG + rb"|\x89PNG\r\n\x1a\n|RIFF....WEBPVP8|GIF8[79]a", re.DOTALL)


def encodings(plain: bytes) -> Iterator[bytes]:
    """How bytes may stand in a file: as they are, in hexadecimal, in base64 at each of its three offsets."""
    yield plain
    yield plain[::-1]
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + plain)
        # The first and last letters depend on what stands beside it.
        yield text[4 : len(text) // 4 * 4 - 4]
        yield text[4 : len(text) // 4 * 4 - 4].translate(bytes.maketrans(b"+/", b"-_"))


def spellings(secret: str) -> frozenset[bytes]:
    """How a password may stand in a file, an address, a log or a table."""
    texts = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}
    pieces = [text.encode(form) for text in texts for form in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")]
    return frozenset(form for piece in pieces for form in encodings(piece))


def pictures_in(content: bytes) -> list[int]:
    """Where JPEG, PNG, WebP and GIF pictures begin."""
    return [found.start() for found in _PICTURE.finditer(content)]
