"""One run of the classic script's loop. Runs in .venv-classic and knows nothing of nigoh.

The loop is the usual one around face_recognition: every second frame, shrunk (to a quarter in the script), is
searched for faces; each is encoded and named after the nearest known face within 0.5. Left out are the window and the
drawing, which cost the same on both sides, and the thread that the script starts for each frame, which changes no CPU
second.
Prints one line of JSON.
"""

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import face_recognition
import numpy as np

TOLERANCE = 0.5


class Stopwatch:
    """CPU seconds of this process by stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Count the block's CPU seconds to a stage."""
        start = time.process_time()
        try:
            yield
        finally:
            self.seconds[stage] += time.process_time() - start


def load_known(folder: Path) -> tuple[list[str], list[np.ndarray]]:
    """The first face of each photo, named after the file."""
    names, encodings = [], []
    for path in sorted(folder.iterdir()):
        found = face_recognition.face_encodings(face_recognition.load_image_file(path))
        if found:
            names.append(path.stem)
            encodings.append(found[0])
    return names, encodings


def name_face(encoding: np.ndarray, names: list[str], known: list[np.ndarray]) -> str | None:
    """The nearest known face's name, if it is near enough."""
    near = face_recognition.compare_faces(known, encoding, tolerance=TOLERANCE)
    best = int(np.argmin(face_recognition.face_distance(known, encoding)))
    return names[best] if near[best] else None


def main(clip: str, folder: str, every: int, shrink: float) -> None:
    """Run the loop over the clip and print what it took and found."""
    names, known = load_known(Path(folder))
    capture = cv2.VideoCapture(clip)
    if not capture.isOpened():
        sys.exit(f"{clip} cannot be read")
    watch, analysed, read, faces, seen = Stopwatch(), 0, 0, 0, Counter[str]()
    start, cpu_start = time.perf_counter(), time.process_time()
    while True:
        with watch.measure("decode"):
            there, frame = capture.read()
        if not there:
            break
        read += 1
        if read % every:
            continue
        analysed += 1
        with watch.measure("detect"):
            small = cv2.cvtColor(cv2.resize(frame, (0, 0), fx=shrink, fy=shrink), cv2.COLOR_BGR2RGB)
            places = face_recognition.face_locations(small)
        with watch.measure("embed"):
            encodings = face_recognition.face_encodings(small, places)
        with watch.measure("decide"):
            found = [name_face(encoding, names, known) for encoding in encodings]
        faces += len(places)
        seen.update(name for name in found if name)
    cpu_s, wall_s = time.process_time() - cpu_start, time.perf_counter() - start
    result = {
        "cpu_s": cpu_s,
        "wall_s": wall_s,
        "frames_analysed": analysed,
        "faces": faces,
        "people": dict(sorted(seen.items())),
        "stage_cpu_s": dict(watch.seconds),
        "versions": {"face_recognition": face_recognition.__version__, "opencv": cv2.__version__},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
