"""The files of clips that have to go."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from nigoh.domain.clip import Clip
from nigoh.storage.recording_room import remove_finished


def clip_remover(folder: Path) -> Callable[[Sequence[Clip]], None]:
    """Removes the files of clips of this folder of recordings; what lies outside of it is left alone."""

    def remove(clips: Iterable[Clip]) -> None:
        root = folder.resolve()
        for clip in clips:
            path = (root / clip.path).resolve()
            if path.is_relative_to(root) and path.is_file():
                remove_finished(path)

    return remove
