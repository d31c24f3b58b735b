"""Which photos lie where: the image folders of the protocols."""

from collections.abc import Iterable
from pathlib import Path

from nigoh.domain.sighting import PersonId
from nigoh.errors import SourceError
from nigoh.evaluation.pairs import PairList, parse_pairs
from nigoh.storage.known_faces import list_known_photos
from nigoh.video.photo import PHOTO_SUFFIXES


def read_pairs(path: Path) -> PairList:
    """The pairs of a file. Raises SourceError, which names the file and the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}", "Give the file that lists the pairs.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not text in UTF-8", "Give the file that lists the pairs.") from error
    return parse_pairs(text, str(path))


def images_beside(pairs: Path) -> Path:
    """Where the photos of a list of pairs lie if nobody says: `images` beside the list, else the list's folder."""
    images = pairs.parent / "images"
    return images if images.is_dir() else pairs.parent


def find_photos(images: Path, names: Iterable[str]) -> dict[str, Path]:
    """The file of each photo named by a list of pairs.

    Args:
        images: the folder below which they lie.
        names: paths below it; one that is no file is looked for with every image suffix.

    Raises:
        SourceError: some are missing; names the first and counts them.
    """
    if not images.is_dir():
        raise SourceError(f"{images} is not a folder", "Give the folder of the photos with --images.")
    folders: dict[Path, dict[str, Path]] = {}
    found: dict[str, Path] = {}
    missing: list[str] = []
    for name in names:
        path = images / name
        if path.parent not in folders:
            folders[path.parent] = _photos_by_name(path.parent)
        if path.name in folders[path.parent]:
            found[name] = folders[path.parent][path.name]
        else:
            missing.append(name)
    if missing:
        raise SourceError(
            f"{images} has no photo '{missing[0]}'" + (f" (and {len(missing) - 1} more)" if missing[1:] else ""),
            "Give the folder that the list speaks of with --images.",
        )
    return found


def list_people(folder: Path) -> dict[PersonId, tuple[Path, ...]]:
    """The photos of each person, laid out like known faces: a folder a person, or a file a person.

    Raises:
        ConfigError: no folder.
        SourceError: no photo in it.
    """
    people: dict[PersonId, tuple[Path, ...]] = {}
    for photo in list_known_photos(folder):
        people[photo.person] = (*people.get(photo.person, ()), photo.path)
    if not people:
        raise SourceError(f"{folder} holds no photos", "Put a folder or a photo for each person into it.")
    return people


def _photos_by_name(folder: Path) -> dict[str, Path]:
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    photos = [entry for entry in entries if entry.suffix.lower() in PHOTO_SUFFIXES]
    return {photo.stem: photo for photo in photos} | {photo.name: photo for photo in photos}
