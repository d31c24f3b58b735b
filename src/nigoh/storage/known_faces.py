"""A folder of known faces on disk: which photo belongs to whom."""

from pathlib import Path

from nigoh.domain.enrolment import KnownPhoto
from nigoh.domain.sighting import person_id
from nigoh.errors import ConfigError
from nigoh.video.photo import PHOTO_SUFFIXES

_GIVE = "Give a folder with a photo a person (the file's name is the person's) or a folder a person."


def list_known_photos(folder: Path) -> tuple[KnownPhoto, ...]:
    """The photos of a folder of known faces, by person and then by file name.

    A file in the folder is a person of its own (the stem is the name); a folder in it is a person with many photos.
    Names are normalised to Unicode NFC, so that Oʻktam typed on two systems is one person. Hidden files and files
    that are no pictures are passed over.

    Raises:
        ConfigError: the folder is missing, is no folder, or cannot be read.
    """
    try:
        if not folder.is_dir():
            problem = "is not a folder" if folder.exists() else "does not exist"
            raise ConfigError(f"the folder of known faces {folder} {problem}", _GIVE)
        photos = [
            KnownPhoto(person_id(path.name if path.is_dir() else path.stem), photo)
            for path in folder.iterdir()
            if not path.name.startswith(".")
            for photo in _photos_in(path)
        ]
    except PermissionError as error:
        raise ConfigError(f"{error.filename or folder} may not be read", "Allow reading it: chmod u+rX.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"the folder of known faces {folder} cannot be read: {reason}", _GIVE) from error
    for photo in photos:
        if not photo.person.isprintable():
            # Of another system's encoding, as a rule: such a name can be neither shown nor sent.
            shown = photo.person.encode("utf-8", "backslashreplace").decode()
            raise ConfigError(f"the name '{shown}' in {folder} is no readable text", "Rename it in UTF-8.")
    return tuple(sorted(photos, key=lambda photo: (photo.person, photo.path.name)))


def _photos_in(path: Path) -> list[Path]:
    if path.is_dir():
        return [each for each in sorted(path.iterdir()) if each.is_file() and _is_photo(each)]
    # A link that leads nowhere is meant as a photo, and reported; a pipe would be waited for.
    return [path] if _is_photo(path) and (path.is_file() or path.is_symlink()) else []


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in PHOTO_SUFFIXES and not path.name.startswith(".")
