"""Scripts written for the classic class run with nigoh inside."""

import socket
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from nigoh import CameraDetection
from nigoh.domain.frame import Pixels
from nigoh.errors import EnrolmentError, SourceError


@pytest.fixture(scope="module")
def known(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known_faces")
    portraits = shared_data / "photos" / "portraits"
    (folder / "obama.jpg").write_bytes((portraits / "obama.jpg").read_bytes())
    (folder / "miranda.png").write_bytes((portraits / "lin-manuel-miranda.png").read_bytes())
    return folder


@pytest.fixture
def clip(shared_data: Path) -> str:
    return str(shared_data / "videos" / "short_hamilton_clip.mp4")


def _photo(shared_data: Path, name: str) -> Pixels:
    photo = cv2.imread(str(shared_data / "photos" / "portraits" / name))
    assert photo is not None
    return np.asarray(photo, dtype=np.uint8)


def test_the_classic_script_runs_as_it_stands(known: Path, clip: str) -> None:
    cam = CameraDetection(source=clip)
    cam.load_known_faces(str(known))
    assert sorted(cam.known_names) == ["miranda", "obama"]
    assert len(cam.known_encodings) == 2
    cam.start_detection()
    assert cam.frame_counter == 275
    assert not cam.running
    assert len(cam.face_locations) == len(cam.face_names)
    assert "obama" in cam.face_names, "the clip ends with him in the picture"
    assert "Noma'lum" in cam.face_names


def test_one_picture_gives_locations_as_top_right_bottom_left(shared_data: Path, known: Path) -> None:
    cam = CameraDetection(source=0)
    cam.load_known_faces(str(known))
    photo = _photo(shared_data, "knn_examples/test/obama_and_biden.jpg")
    cam.recognize_faces_in_frame(photo)
    assert sorted(set(cam.face_names)) == ["Noma'lum", "obama"]
    assert cam.face_names.count("obama") == 1
    assert len(cam.face_names) == len(cam.face_locations)
    height, width = photo.shape[:2]
    for top, right, bottom, left in cam.face_locations:
        assert 0 <= top < bottom <= height
        assert 0 <= left < right <= width
        assert all(isinstance(value, int) for value in (top, right, bottom, left))
    cam.recognize_faces_in_frame(np.zeros((120, 160, 3), np.uint8))
    assert (cam.face_locations, cam.face_names) == ([], [])


def test_the_word_for_the_unknown_is_the_operators(shared_data: Path, known: Path) -> None:
    cam = CameraDetection(source=0, language="ru")
    cam.load_known_faces(known)
    cam.recognize_faces_in_frame(_photo(shared_data, "biden.jpg"))
    assert cam.face_names == ["Неизвестный"]


def test_without_known_faces_everybody_is_unknown(shared_data: Path) -> None:
    cam = CameraDetection(source=0)
    cam.recognize_faces_in_frame(_photo(shared_data, "obama.jpg"))
    assert cam.face_names == ["Noma'lum"]


def test_many_threads_may_recognise_at_once(shared_data: Path, known: Path) -> None:
    cam = CameraDetection(source=0)
    cam.load_known_faces(known)
    photos = [_photo(shared_data, "obama-240p.jpg"), _photo(shared_data, "knn_examples/test/obama_and_biden.jpg")]
    torn: list[tuple[int, int]] = []

    def recognise(photo: Pixels) -> None:
        for _ in range(4):
            cam.recognize_faces_in_frame(photo)
            with cam.lock:
                if len(cam.face_locations) != len(cam.face_names):
                    torn.append((len(cam.face_locations), len(cam.face_names)))

    threads = [threading.Thread(target=recognise, args=(photos[i % 2],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not torn
    assert "obama" in cam.face_names


def test_another_thread_can_stop_it(known: Path, clip: str) -> None:
    cam = CameraDetection(source=clip, show=False)
    cam.load_known_faces(known)

    def stop_when_running() -> None:
        deadline = time.monotonic() + 30
        while not cam.frame_counter and time.monotonic() < deadline:
            threading.Event().wait(0.005)
        cam.stop()

    stopper = threading.Thread(target=stop_when_running)
    stopper.start()
    cam.start_detection()
    stopper.join(10)
    assert 0 < cam.frame_counter < 275
    assert not cam.running


def test_it_can_be_stopped_while_the_source_is_being_opened(known: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent_camera:
        port = silent_camera.getsockname()[1]
        cam = CameraDetection(source=f"http://127.0.0.1:{port}/video.mjpg", show=False)
        cam.load_known_faces(known)
        detection = threading.Thread(target=cam.start_detection)
        detection.start()
        connection, _ = silent_camera.accept()
        with connection:
            assert cam.running
            cam.stop()
            picture = cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1].tobytes()
            part = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
            connection.sendall(
                b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
                + (part + picture + b"\r\n") * 20
            )
            detection.join(30)
    assert not detection.is_alive()
    assert (cam.frame_counter, cam.running) == (0, False)


def test_what_cannot_be_opened_or_loaded_is_said(tmp_path: Path) -> None:
    cam = CameraDetection(source=str(tmp_path / "absent.mp4"))
    with pytest.raises(EnrolmentError, match="holds no photos"):
        cam.load_known_faces(tmp_path)
    with pytest.raises(SourceError, match="does not exist"):
        cam.start_detection()
