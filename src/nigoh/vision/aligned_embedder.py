"""Embedders that take aligned 112x112 crops and give a vector each: SFace, EdgeFace, MobileFaceNet and their kin."""

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import ModelError
from nigoh.vision.embedder import CROP_PX
from nigoh.vision.model_entry import Colour, ModelEntry
from nigoh.vision.runtime import Session


class AlignedEmbedder:
    """Turns aligned crops into templates; see the contract of Embedder. One thread at a time.

    Args:
        session: the model, its batch free.
        entry: what the catalogue says of it: colour order, scaling, dimension.
        batch_size: at most so many crops go through the model at once.

    Raises:
        ModelError: the model does not take 112x112 crops.
    """

    def __init__(self, session: Session, entry: ModelEntry, *, batch_size: int = 16) -> None:
        if entry.input.size_px != CROP_PX:
            raise ModelError(f"model {entry.name} takes pictures of {entry.input.size_px} px, not {CROP_PX} px")
        self._session = session
        self._input = entry.input
        self._mean = np.asarray(entry.input.mean, np.float32).reshape(3, 1, 1)
        self._scale = np.asarray(entry.input.scale, np.float32).reshape(3, 1, 1)
        self._batch_size = batch_size
        self._model = ModelIdentity(
            name=entry.name,
            version=entry.version,
            digest=entry.sha256,
            preprocessing=f"align5-{entry.input}",
            dimension=entry.dimension,
        )

    @property
    def model(self) -> ModelIdentity:
        """What its templates carry."""
        return self._model

    def embed(self, crops: NDArray[np.uint8]) -> Templates:
        """Templates of (N, 112, 112, 3) uint8 BGR aligned crops, row for row."""
        if crops.ndim != 4 or crops.shape[1:] != (CROP_PX, CROP_PX, 3) or crops.dtype != np.uint8:
            raise ValueError(f"crops are (N, {CROP_PX}, {CROP_PX}, 3) uint8, not {crops.shape} {crops.dtype}")
        if not len(crops):
            return Templates.none(self._model)
        starts = range(0, len(crops), self._batch_size)
        vectors = np.concatenate([self._embed_batch(crops[start : start + self._batch_size]) for start in starts])
        if vectors.shape[1] != self._model.dimension:
            raise ModelError(
                f"model {self._model.name} gives {vectors.shape[1]} numbers a face, "
                f"its manifest says {self._model.dimension}"
            )
        return Templates(vectors, self._model)

    def _embed_batch(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        ordered = crops[..., ::-1] if self._input.colour is Colour.RGB else crops
        batch = np.ascontiguousarray(ordered.transpose(0, 3, 1, 2), dtype=np.float32)
        batch -= self._mean
        batch *= self._scale
        (raw,) = self._session.run(batch).values()
        norms = np.linalg.norm(raw, axis=1, keepdims=True)
        return np.asarray(raw / np.maximum(norms, 1e-12), dtype=np.float32)
