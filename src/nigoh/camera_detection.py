"""The class of the classic script, with nigoh inside: change the import and the script runs.

from nigoh import CameraDetection

cam = CameraDetection(source="video/1.mp4")
cam.load_known_faces("known_faces")
cam.start_detection()
"""

import logging
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from nigoh.config.settings import WatchSettings, read_settings
from nigoh.domain.frame import Pixels, require_pixels
from nigoh.domain.geometry import Floats
from nigoh.domain.language import Language, Words
from nigoh.domain.sighting import Box, Status, to_box
from nigoh.engine.camera_watch import FrameResult, SeenFace
from nigoh.engine.known_faces import KnownFaces
from nigoh.engine.watching import Watching
from nigoh.errors import ConfigError
from nigoh.identity.decision import Decision, decide
from nigoh.identity.gallery import ExactGallery
from nigoh.ui.painter import Painter
from nigoh.ui.window import PreviewWindow
from nigoh.wiring import build_decision_policy, build_vision, enrol_folder, open_watch

log = logging.getLogger("nigoh")

Location = tuple[int, int, int, int]
"""top, right, bottom, left in pixels of the frame, as in face_recognition."""


class CameraDetection:
    """Recognise faces in one video or camera, with the names and meanings of the classic script.

    Any thread may call `recognize_faces_in_frame` and `stop`; one thread at a time calls `start_detection`.

    Attributes:
        source: a video file, a webcam's index, or a camera's URL.
        known_names: whose photos were loaded, a name for each row of `known_encodings`.
        known_encodings: their templates, (D,) float32 each.
        face_locations: (top, right, bottom, left) of each face of the last analysed frame.
        face_names: their names; "Noma'lum" for the unknown.
        lock: guards `face_locations` and `face_names`, which change together.
        frame_counter: frames read so far.
        running: whether detection runs.
    """

    def __init__(
        self, source: str | int | Path, *, language: str = "uz", show: bool | None = None, **settings: object
    ) -> None:
        """Load the models; the source is opened by `start_detection`.

        Args:
            source: see the class.
            language: of the word for the unknown: uz, uz-cyrl, ru, en.
            show: True shows a window (q quits), False none; None one if the extra and a display are there.
            settings: any of WatchSettings; by default every second frame is analysed, as in the classic script.
        """
        self.source = source
        self.lock = threading.Lock()
        self.face_locations: list[Location] = []
        self.face_names: list[str] = []
        self.frame_counter = 0
        self.running = False
        self._show = show
        self._settings = read_settings(WatchSettings, {"every": 2, **settings})
        self._words = Words(language=Language(language), someone_is_wanted=bool(self._settings.wanted))
        self._vision = build_vision(self._settings)
        self._analysing = threading.Lock()
        self._known = KnownFaces(ExactGallery(self._vision.analyser.model))
        self._watching: Watching | None = None

    @property
    def known_names(self) -> list[str]:
        """Whose photos were loaded, a name for each row of `known_encodings`."""
        return list(self._known.gallery.enrolled[1])

    @property
    def known_encodings(self) -> list[Floats]:
        """The templates of the loaded photos, (D,) float32 each."""
        return list(self._known.gallery.enrolled[0].vectors)

    def load_known_faces(self, known_faces_dir: str | Path) -> None:
        """Load a folder of known faces, beside those loaded before; photos that cannot be used are logged.

        Raises:
            ConfigError: the folder is missing.
            EnrolmentError: nobody could be enrolled.
        """
        with self._analysing:
            self._known = enrol_folder(Path(known_faces_dir), self._vision.analyser, self._known.gallery)
        for photo in self._known.complaints:
            log.warning("%s: %s: %s", photo.path, photo.finding, photo.detail)
        log.info("%d ta ma'lum yuz yuklandi.", len(self.known_names))

    def recognize_faces_in_frame(self, frame: Pixels) -> None:
        """Recognise the faces of one picture, (H, W, 3) uint8 BGR, into `face_locations` and `face_names`."""
        require_pixels(frame)
        policy = build_decision_policy(self._settings, self._vision, self._known.gallery)
        with self._analysing:
            analyser = self._vision.analyser
            faces = analyser.detect([frame])[0]
            portraits = analyser.portray(frame, faces)
            found = self._known.gallery.search(analyser.embed(portraits.crops), k=2)
        evidence = portraits.qualities.overall
        decisions = [decide(row, float(evidence[i]), policy) for i, row in enumerate(found.rows)]
        self._publish([to_box(row) for row in faces.boxes], decisions)

    def start_detection(self) -> None:
        """Watch the source to its end, until `stop`, or until q in the window.

        Raises:
            SourceError, SourceUnavailable: the source cannot be read, or a live one ended.
        """
        # Before the source is opened, which may take seconds: whoever stops it meanwhile must be heard.
        self.running = True
        try:
            self._detect()
        finally:
            self.running = False

    def stop(self) -> None:
        """End `start_detection`, from any thread."""
        self.running = False
        if self._watching is not None:
            self._watching.stop()

    def _detect(self) -> None:
        with ExitStack() as stack:
            self._watching = stack.enter_context(
                open_watch(self.source, self._settings, self._known, self._vision, every_frame=True)
            )
            window = self._open_window(stack)
            painter = Painter(self._words)
            for result in self._watching.results() if self.running else ():
                self.frame_counter += 1
                if isinstance(result, FrameResult):
                    self._publish([face.box for face in result.faces], result.faces)
                if not self.running or (window and not window.show(painter.paint(result))):
                    return

    def _open_window(self, stack: ExitStack) -> PreviewWindow | None:
        if self._show is False:
            return None
        try:
            return stack.enter_context(PreviewWindow("Face Recognition"))
        except ConfigError as error:
            if self._show:
                raise
            log.info("no window: %s", error)
            return None

    def _publish(self, boxes: Sequence[Box], outcomes: Sequence[Decision | SeenFace]) -> None:
        names = [self._words.name(each.status or Status.UNKNOWN, each.person) for each in outcomes]
        locations = [_location(box) for box in boxes]
        with self.lock:
            self.face_locations, self.face_names = locations, names


def _location(box: Box) -> Location:
    x1, y1, x2, y2 = (round(value) for value in box)
    return (y1, x2, y2, x1)
