"""What the catalogue says of a model."""

from dataclasses import dataclass
from enum import StrEnum

from nigoh.domain.operating_point import OperatingPoint


class ModelKind(StrEnum):
    """What a model does."""

    DETECTOR = "detector"
    EMBEDDER = "embedder"


class Colour(StrEnum):
    """The order of a model's colour channels."""

    BGR = "bgr"
    RGB = "rgb"


@dataclass(frozen=True, slots=True)
class InputContract:
    """What a model wants to see: (value - mean) * scale in each channel, for pixel values 0..255.

    Attributes:
        size_px: side of its square picture, or None when any multiple of 32 will do.
        colour: the order of its channels.
        mean: of each channel, in the model's order; subtracted first.
        scale: of each channel, in the model's order; multiplied afterwards.
    """

    size_px: int | None
    colour: Colour
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]

    def __str__(self) -> str:
        size = "any" if self.size_px is None else str(self.size_px)
        ranges = [
            f"{(0 - mean) * scale:.4g}..{(255 - mean) * scale:.4g}"
            for mean, scale in zip(self.mean, self.scale, strict=True)
        ]
        return f"{size}/{self.colour}/{','.join(dict.fromkeys(ranges))}"


@dataclass(frozen=True, slots=True)
class PackageOrigin:
    """A file among the resources of an installed package; the package's code is never imported.

    Attributes:
        distribution: the package's name, as pip knows it.
        path: the file, relative to where packages are installed.
    """

    distribution: str
    path: str

    def __str__(self) -> str:
        return f"package {self.distribution}"


@dataclass(frozen=True, slots=True)
class FolderOrigin:
    """A file of this name in the folder named by NIGOH_MODELS."""

    file: str

    def __str__(self) -> str:
        return f"NIGOH_MODELS/{self.file}"


@dataclass(frozen=True, slots=True)
class WebOrigin:
    """An https address, from which `nigoh models pull` downloads; nothing is downloaded otherwise."""

    url: str

    def __str__(self) -> str:
        return self.url


Origin = PackageOrigin | FolderOrigin | WebOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        name: as the user writes it, unique in the catalogue.
        version: the maker's.
        kind: what it does.
        architecture: the entry point (group nigoh.detectors or nigoh.embedders) that understands its outputs.
        licence: SPDX identifier, or LicenseRef-... where there is none.
        commercial_use: whether the licence allows it; if not, the licence has to be accepted by name.
        sha256: digest of the file as it is obtained, 64 hexadecimal digits.
        input: what it wants to see.
        dimension: length of an embedder's templates, 0 for a detector.
        thresholds: an embedder's, the largest false match rate first; empty for a detector.
        origins: where its file may come from, in order of preference.
    """

    name: str
    version: str
    kind: ModelKind
    architecture: str
    licence: str
    commercial_use: bool
    sha256: str
    input: InputContract
    dimension: int
    thresholds: tuple[OperatingPoint, ...]
    origins: tuple[Origin, ...]
