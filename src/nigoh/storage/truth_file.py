"""Truth files: JSON beside a clip that says who appears in it, when and where.

One object with the fields of `nigoh.domain.truth.Truth`; a box is a list x1 y1 x2 y2:

    {"version": 1, "clip": "gate.mp4", "width": 1280, "height": 720, "fps": 15.0, "frames": 450,
     "appearances": [{"person": "Aziz", "enrolled_hint": null, "enter_s": 1.0, "leave_s": 6.0,
                      "track": [{"t_s": 1.0, "box": [40, 80, 110, 150]}, ...]}]}
"""

from pathlib import Path

import msgspec

from nigoh.domain.truth import Truth
from nigoh.errors import OutputError, SourceError


def read_truth(path: Path) -> Truth:
    """The truth in a file.

    Raises:
        SourceError: it cannot be read, is not JSON, or a field is missing or wrong; the message names the field.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Truth)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}", "Give the truth file of the clip.") from error
    except msgspec.ValidationError as error:
        raise SourceError(
            f"{path} is not a truth file: {error}", "docs/evaluation.md describes its fields."
        ) from error
    except msgspec.DecodeError as error:
        raise SourceError(f"{path} is not JSON: {error}", "Give the truth file of the clip.") from error


def write_truth(truth: Truth, path: Path) -> None:
    """Write a truth file, replacing what was there. Raises OutputError."""
    try:
        path.write_bytes(msgspec.json.encode(truth) + b"\n")
    except OSError as error:
        raise OutputError.of(path, error) from error
