"""The classic script's loop on one live camera. Runs in .venv-classic and knows nothing of nigoh.

    .venv-classic/bin/python benchmarks/classic_camera.py URL KNOWN EVERY SHRINK WARMUP_S SECONDS

As in classic_loop.py: every EVERY-th frame is shrunk, searched for faces, and each face is encoded and named. Prints
one line of JSON: frames read a second in the window, how many were analysed, faces, people, and cores.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import face_recognition

from classic_loop import load_known, name_face


class Loop:
    """The loop over one camera's frames."""

    def __init__(self, url: str, folder: Path, every: int, shrink: float) -> None:
        self._names, self._known = load_known(folder)
        self._every, self._shrink = every, shrink
        self._number = 0
        self._capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            sys.exit(f"{url} cannot be read")

    def run(self, seconds: float) -> dict[str, object]:
        """Go on for so long, and say what was done."""
        read = analysed = faces = 0
        seen: Counter[str] = Counter()
        begun_s, cpu_s = time.perf_counter(), time.process_time()
        while (took_s := time.perf_counter() - begun_s) < seconds:
            there, frame = self._capture.read()
            if not there:
                sys.exit("the camera has ended")
            read += 1
            self._number += 1
            if self._number % self._every:
                continue
            analysed += 1
            small = cv2.cvtColor(cv2.resize(frame, (0, 0), fx=self._shrink, fy=self._shrink), cv2.COLOR_BGR2RGB)
            places = face_recognition.face_locations(small)
            encodings = face_recognition.face_encodings(small, places)
            faces += len(places)
            seen.update(name for each in encodings if (name := name_face(each, self._names, self._known)))
        return {
            "read_fps": read / took_s,
            "analysed_fps": analysed / took_s,
            "faces": faces,
            "people": dict(sorted(seen.items())),
            "cores": (time.process_time() - cpu_s) / took_s,
        }


if __name__ == "__main__":
    loop = Loop(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    loop.run(float(sys.argv[5]))
    print(json.dumps(loop.run(float(sys.argv[6]))))
