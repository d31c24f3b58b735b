"""The configuration of a running engine: read again when its file changes, kept when it is wrong."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nigoh.config.engine_file import read_engine_file
from nigoh.config.engine_settings import EngineSettings
from nigoh.domain.camera import Camera
from nigoh.errors import ConfigError

_log = logging.getLogger(__name__)

_LOOK_S = 1.0

Stamp = tuple[int, int, int] | None
"""When a file was changed, how large it is, which it is; None: it is not there."""


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """Settings, and the stamp that their file had before it was read."""

    settings: EngineSettings
    stamp: Stamp


class LiveConfig:
    """The settings in force. Any thread may reload; one looks for changes.

    Cameras are taken over at once. What the other sections say holds from the next start on, and that is said.
    """

    def __init__(
        self, settings: EngineSettings, watch: Callable[[Sequence[Camera]], None], stamp: Stamp = None
    ) -> None:
        """Begin with these settings; `stamp` is the file's from before it was read, None: from now."""
        self._settings = settings
        self._watch = watch
        self._lock = threading.Lock()
        self._stamp = stamp_of(settings.path) if stamp is None else stamp
        self._seen = stamp_of(settings.path)
        self._look_s = 0.0

    def reload(self) -> None:
        """Read the file again. Raises ConfigError, and nothing has changed then."""
        with self._lock:
            settings = read_engine_file(self._settings.path)
            self._say_what_changed(settings)
            self._settings = settings
            self._watch(settings.cameras)

    def try_reload(self) -> None:
        """Read the file again; when it is wrong, say so and go on as before."""
        try:
            self.reload()
        except ConfigError as error:
            _log.error("%s The engine goes on with the configuration that it has.", error)

    def step(self, now_s: float) -> None:
        """Look once a second whether the file is another, and read it once it stays as it is."""
        if now_s < self._look_s:
            return
        self._look_s = now_s + _LOOK_S
        stamp = stamp_of(self._settings.path)
        is_settled, self._seen = stamp == self._seen, stamp
        # Editors replace a file by removing it first: one that is not there is not a change yet.
        if stamp is not None and is_settled and stamp != self._stamp:
            self._stamp = stamp
            self.try_reload()

    def _say_what_changed(self, settings: EngineSettings) -> None:
        before = {camera.name: camera for camera in self._settings.cameras}
        now = {camera.name: camera for camera in settings.cameras}
        for name in before.keys() - now.keys():
            _log.info("removed from the configuration", extra={"camera": name})
        for name in now.keys() - before.keys():
            _log.info("added by the configuration", extra={"camera": name})
        for name in before.keys() & now.keys():
            if before[name] != now[name]:
                _log.info("changed by the configuration", extra={"camera": name})
        for section in (
            "engine",
            "vision",
            "watch",
            "recording",
            "late_faces",
            "privacy",
            "network",
            "server",
            "oidc",
        ):
            if getattr(settings, section) != getattr(self._settings, section):
                _log.warning("what has changed in [%s] holds when the engine is started again", section)


def stamp_of(path: Path) -> Stamp:
    """Tells whether a file is another: when it was changed, how large it is, which it is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
