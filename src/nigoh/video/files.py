"""Video files."""

from pathlib import Path

import av.error

from nigoh.errors import SourceError
from nigoh.video.medium import Medium


def file_medium(path: Path) -> Medium:
    """A video file.

    Raises:
        SourceError: it does not exist, may not be read, is empty, or is no file.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise SourceError(f"{path} is not a file", "Give a video file, a folder of pictures or a camera's URL.")
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise _explain(path, error) from error
    if size == 0:
        raise SourceError(f"{path} is empty", "Copy it again from where it came.")
    return Medium(
        name=path.stem,
        shown=str(path),
        # Without the prefix FFmpeg takes what stands before a colon in a name for a protocol.
        address=f"file:{path}",
        live=False,
        explain=lambda error: _explain(path, error),
    )


def _explain(path: Path, error: Exception) -> SourceError:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return SourceError(f"{path} does not exist", "Check its name and folder.")
        case PermissionError():
            return SourceError(f"{path} may not be read", "Change its permissions, or run as a user who may.")
        case av.error.DecoderNotFoundError():
            return SourceError(f"{path} is coded in a way that is not read here", "Convert it to H.264 in MP4.")
        case av.error.FFmpegError():
            return SourceError(
                f"{path} is not a video that can be read: another kind of file, cut off, or damaged at its start",
                "Play it in another program; if that fails too, copy it again from where it came.",
            )
        case _:
            reason = error.strerror if isinstance(error, OSError) else error
            return SourceError(f"{path} cannot be read: {reason}", "Check its name and its disk.")
