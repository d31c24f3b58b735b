"""The classic script, as people have it, with one import changed: a thread detects, the script asks who is there.

python examples/classic_script.py video/1.mp4 known_faces
"""

import sys
import threading
import time

from nigoh import CameraDetection


def main(source: str, known_faces: str) -> None:
    """Print who is in the picture whenever that changes, until the source ends or Ctrl+C."""
    cam = CameraDetection(source=source, show=False)
    cam.load_known_faces(known_faces)
    detection = threading.Thread(target=cam.start_detection)
    detection.start()
    before: list[str] = []
    running = True
    try:
        while running:
            running = detection.is_alive()  # asked first, so that the last picture is told too
            with cam.lock:
                names = sorted(cam.face_names)
            if names != before:
                print(f"frame {cam.frame_counter}: {', '.join(names) or '-'}")
                before = names
            time.sleep(0.05)
    except KeyboardInterrupt:
        cam.stop()
    detection.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
