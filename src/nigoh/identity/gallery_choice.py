"""Which gallery holds so many templates."""

from enum import StrEnum

WORTH_CODES = 50_000 * 128
"""Numbers in all templates from which on the approximate gallery pays: below, the exact one answers in about a
millisecond, which nobody notices beside the 8 ms that embedding the face took."""


class GalleryKind(StrEnum):
    """Exact: every template is compared. Approximate: those that short codes say are near."""

    EXACT = "exact"
    APPROXIMATE = "approximate"


def choose_gallery(templates: int, dimension: int) -> GalleryKind:
    """The gallery for so many templates of this length; the measurements are in docs/galleries.md."""
    return GalleryKind.APPROXIMATE if templates * dimension >= WORTH_CODES else GalleryKind.EXACT
