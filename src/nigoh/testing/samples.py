"""The sample portraits: what they are, where they come from, whose they are, and where each belongs."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

PACKAGE = "face_recognition"
VERSION = "1.3.0"
ARCHIVE_SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
"""Of the package's source distribution, whose tests come with official portraits."""

SOURCE = f"{PACKAGE} {VERSION} (source distribution)"
RIGHTS = (
    "Official White House photos by Pete Souza: works of the United States government, in the public domain in the "
    "US (17 U.S.C. § 105). The notice inside them asks not to alter them and not to suggest approval of a product."
)

KNOWN_FACES = PurePosixPath("known_faces")
"""The folder, inside the samples, of photos to enrol."""

PORTRAITS = PurePosixPath("portraits")
"""The folder, inside the samples, of other photos to make clips of."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One portrait.

    Attributes:
        person: who is on it.
        what: the occasion, for a table.
        member: its exact name inside the archive.
        sha256: of the file.
        place: where it belongs, relative to the folder of samples.
    """

    person: str
    what: str
    member: str
    sha256: str
    place: PurePosixPath


def _member(name: str) -> str:
    return f"{PACKAGE}-{VERSION}/tests/test_images/{name}"


SAMPLES = (
    Sample(
        "Barack Obama",
        "official portrait, 2012",
        _member("obama.jpg"),
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
        KNOWN_FACES / "Barack Obama.jpg",
    ),
    Sample(
        "Barack Obama",
        "Blue Room, 2010",
        _member("obama3.jpg"),
        "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
        PORTRAITS / "Barack Obama" / "1.jpg",
    ),
    Sample(
        "Barack Obama",
        "address to Congress, 2009",
        _member("obama2.jpg"),
        "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
        PORTRAITS / "Barack Obama" / "2.jpg",
    ),
    Sample(
        "Joe Biden",
        "Blue Room, 2010",
        _member("biden.jpg"),
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
        PORTRAITS / "Joe Biden" / "1.jpg",
    ),
)
"""One photo to enrol; others of the same person, and of somebody who stays unknown, to make clips of."""


@dataclass(frozen=True, slots=True)
class SampleFolder:
    """Where the samples lie.

    Attributes:
        known_faces: photos to enrol.
        portraits: a folder a person, to make clips of.
    """

    known_faces: Path
    portraits: Path

    @classmethod
    def inside(cls, folder: Path) -> "SampleFolder":
        """The samples' folders inside a folder."""
        return cls(folder / KNOWN_FACES, folder / PORTRAITS)
