"""The cache of folded models (see folding.py).

A folded file's name holds the digest of its source, the folding version and its own digest:

    yunet-49f000ec501fef24-fold1-0d12a98c...5f.onnx

So one atomic rename publishes file and digest together, two processes at once each publish a complete file, and a
later change of the file shows. The digest is checked on every load (37 MB of SFace: 20 ms).
"""

from contextlib import suppress
from pathlib import Path

from nigoh.errors import ModelError
from nigoh.vision.atomic_file import write_atomically
from nigoh.vision.digest import bytes_digest, has_digest
from nigoh.vision.model_entry import ModelEntry

FOLDING_VERSION = 1
"""Raise it when the result of folding.py changes: files of other versions are not used."""


def folded_file(entry: ModelEntry, source: Path, folder: Path) -> Path:
    """The folded form of a model whose source file has been checked; made now if the folder does not hold it.

    A cached file that was changed is removed and made again: its source is at hand, so nobody has to be asked.

    Raises:
        ModelError: the source is no ONNX file that can be folded.
        OutputError: the folder cannot be written.
    """
    stem = f"{entry.name}-{entry.sha256[:16]}-fold{FOLDING_VERSION}"
    for cached in sorted(folder.glob(f"{stem}-*.onnx")):
        if has_digest(cached, cached.stem.rpartition("-")[2]):
            return cached
        # Where it cannot be removed it is replaced below, or reported there.
        with suppress(OSError):
            cached.unlink()
    content = _fold(entry, source)
    made = folder / f"{stem}-{bytes_digest(content)}.onnx"
    write_atomically(made, [content])
    return made


def _fold(entry: ModelEntry, source: Path) -> bytes:
    # onnx takes 0.35 s to import, and only the first start on a machine folds.
    from nigoh.vision.folding import fold  # noqa: PLC0415

    try:
        return fold(source.read_bytes(), dynamic_size=entry.input.size_px is None)
    except ValueError as error:
        raise ModelError(
            f"model {entry.name}: {source} cannot be prepared: {error}", "Correct its entry in the manifest."
        ) from error
