"""Everybody who is enrolled as a gallery, read from the database once: for commands, which end before it changes."""

from collections.abc import Sequence

import numpy as np

from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.identity.gallery import ExactGallery
from nigoh.office.photo_keeper import PhotoKeeper
from nigoh.storage.database.database import Database


def read_gallery(database: Database, keeper: PhotoKeeper, model: ModelIdentity) -> ExactGallery:
    """The templates of one model of everybody who is enrolled."""
    found: dict[PersonId, list[Templates]] = {}
    with database.read() as connection:
        for batch in keeper.all_templates(connection, model):
            for person, own in batch.items():
                found.setdefault(person, []).append(own.templates)
    gallery = ExactGallery(model)
    gallery.change({person: _together(parts) for person, parts in found.items()})
    return gallery


def _together(parts: Sequence[Templates]) -> Templates:
    return Templates(np.concatenate([part.vectors for part in parts]), parts[0].model)
