"""SHA-256 of files: what makes a model file the one that the catalogue means."""

import hashlib
from pathlib import Path


def file_digest(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def has_digest(path: Path, digest: str) -> bool:
    """Whether a file has that SHA-256; a file that cannot be read, or has just gone, has not."""
    try:
        return file_digest(path) == digest
    except OSError:
        return False


def bytes_digest(content: bytes) -> str:
    """SHA-256 of bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
