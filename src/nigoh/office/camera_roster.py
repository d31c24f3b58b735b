"""Which cameras are watched: those of the configuration, and those of the database as they come, change and go."""

import logging
import threading
from collections.abc import Callable, Sequence

from nigoh.domain.camera import Camera
from nigoh.errors import NigohError
from nigoh.office.camera_office import CameraOffice

_log = logging.getLogger(__name__)

_LOOK_S = 0.5
_RETRY_S = 5.0


class CameraRoster:
    """Tells all cameras whenever they change. Any thread may give the configuration's; one looks at the database.

    Where both name a camera, the configuration's holds: what stands in a file is found there.

    Args:
        office: the database's cameras; None: there is no database.
        watch: gets all of them.
    """

    def __init__(self, office: CameraOffice | None, watch: Callable[[Sequence[Camera]], None]) -> None:
        self._office = office
        self._watch = watch
        self._lock = threading.Lock()
        self._of_file: tuple[Camera, ...] = ()
        self._of_database: tuple[Camera, ...] = ()
        self._stamp: tuple[object, ...] | None = None
        self._look_s = float("-inf")
        self._doubles: frozenset[str] = frozenset()
        self._fails = False

    def configure(self, cameras: Sequence[Camera]) -> None:
        """The configuration has these from now on."""
        with self._lock:
            self._of_file = tuple(cameras)
            self._tell()

    def step(self, now_s: float) -> None:
        """Look at the database, if it is time to; one that cannot be read leaves all as it is."""
        if self._office is None or now_s < self._look_s:
            return
        self._look_s = now_s + _LOOK_S
        try:
            stamp = self._office.stamp()
            if stamp == self._stamp:
                return
            cameras = self._office.watched()
        except NigohError as error:
            self._look_s = now_s + _RETRY_S
            if not self._fails:
                _log.error("%s The cameras stay as they are.", error)
            self._fails = True
            return
        self._fails = False
        with self._lock:
            self._stamp, self._of_database = stamp, cameras
            self._tell()

    def _tell(self) -> None:
        taken = {camera.name.casefold() for camera in self._of_file}
        doubles = frozenset(each.name for each in self._of_database if each.name.casefold() in taken)
        for name in sorted(doubles - self._doubles):
            _log.warning("in the configuration and in the database; the configuration's is watched",
                         extra={"camera": name})  # fmt: skip
        self._doubles = doubles
        self._watch((*self._of_file, *(each for each in self._of_database if each.name not in doubles)))
