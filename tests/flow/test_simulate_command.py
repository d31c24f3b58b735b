"""`nigoh simulate`, with real portraits, checked with the real detector and embedder."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from nigoh.cli.main import main
from nigoh.config.settings import VisionSettings
from nigoh.domain.frame import Frame, Pixels
from nigoh.domain.geometry import iou
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import Templates
from nigoh.domain.truth import Truth
from nigoh.engine.analysis import FaceAnalyser
from nigoh.storage.truth_file import read_truth
from nigoh.testing import ClipOptions, ClipScript, Walk, Waypoint, simulate
from nigoh.video.photo import read_photo
from nigoh.wiring import build_analyser

OBAMA, BIDEN = "Barack Obama", "Joe Biden"


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings())


@pytest.fixture(scope="module")
def portraits(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for one person, a file for the other, and two files that are of no use."""
    folder = tmp_path_factory.mktemp("portraits")
    (folder / OBAMA).mkdir()
    shutil.copy(shared_data / "photos/portraits/obama3.jpg", folder / OBAMA / "1.jpg")
    shutil.copy(shared_data / "photos/portraits/obama2.jpg", folder / OBAMA / "2.jpg")
    shutil.copy(shared_data / "photos/portraits/biden.jpg", folder / f"{BIDEN}.jpg")
    Image.new("RGB", (320, 320), "green").save(folder / "Gʻofur.png")
    (folder / "Vera.jpg").write_bytes(b"not a photo")
    return folder


@dataclass(frozen=True)
class Made:
    """A clip and its truth."""

    clip: Path
    truth: Truth

    def frames(self, every: int) -> Iterator[Frame]:
        with av.open(str(self.clip)) as container:
            for index, frame in enumerate(container.decode(video=0)):
                if index % every == 0:
                    pixels = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
                    yield Frame(pixels, index, index / self.truth.fps)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["simulate", *arguments])
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def made(portraits: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("clip")
    clip, truth = folder / "clip.mp4", folder / "clip.truth.json"
    options = ("--size", "960x540", "--fps", "12", "--seconds", "15", "--gop", "24", "--face-px", "48:110")
    assert run(str(portraits), "--out", str(clip), "--truth", str(truth), *options) == 0
    return Made(clip, read_truth(truth))


def places(truth: Truth, t_s: float, *, whole: bool) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Who is where at a moment; `whole` leaves out who is cut by the border."""
    found = [(walk.person, walk.box_at(t_s)) for walk in truth.appearances]
    return [
        (person, box)
        for person, box in found
        if box is not None and (not whole or (box[0] > 1 and box[2] < truth.width - 1))
    ]


def test_faces_are_detected_where_the_truth_says_and_nowhere_else(made: Made, analyser: FaceAnalyser) -> None:
    overlaps, strangers = [], []
    for frame in made.frames(every=4):
        faces = analyser.detect([frame.pixels])[0]
        inside = places(made.truth, frame.t_s, whole=True)
        anywhere = [box for _, box in places(made.truth, frame.t_s, whole=False)]
        if inside:
            boxes = np.array([box for _, box in inside], np.float32)
            overlaps += iou(boxes, faces.boxes).max(axis=1, initial=0).tolist()
        near = iou(faces.boxes, np.array(anywhere, np.float32).reshape(-1, 4)).max(axis=1, initial=0)
        # Who is just coming in or going out is seen with less of the face than the truth asks for.
        at_border = (faces.boxes[:, 0] < 30) | (faces.boxes[:, 2] > made.truth.width - 30)
        strangers += [frame.index for row in range(len(faces)) if near[row] < 0.3 and not at_border[row]]
    assert len(overlaps) > 30
    assert min(overlaps) > 0.6
    assert np.median(overlaps) > 0.8
    assert strangers == []


def test_a_walker_resembles_other_photos_of_theirs_and_nobody_else(
    made: Made, analyser: FaceAnalyser, shared_data: Path
) -> None:
    enrolled = template(read_photo(shared_data / "photos/portraits/obama.jpg"), analyser)
    scores: dict[str, list[float]] = {OBAMA: [], BIDEN: []}
    for frame in made.frames(every=6):
        faces = analyser.detect([frame.pixels])[0]
        for person, box in places(made.truth, frame.t_s, whole=True):
            row = int(iou(np.array([box], np.float32), faces.boxes)[0].argmax())
            crops = analyser.portray(frame.pixels, faces.pick([row])).crops
            scores[person].append(float(analyser.embed(crops).similarity(enrolled)[0, 0]))
    assert np.median(scores[OBAMA]) > 0.5
    assert np.quantile(scores[OBAMA], 0.1) > 0.4
    assert max(scores[BIDEN]) < 0.3


def template(photo: Pixels, analyser: FaceAnalyser) -> Templates:
    faces = analyser.detect([photo])[0].pick([0])
    return analyser.embed(analyser.portray(photo, faces).crops)


def test_the_clip_is_as_asked_for(made: Made) -> None:
    with av.open(str(made.clip)) as container:
        stream = container.streams.video[0]
        keyframes = [row for row, packet in enumerate(container.demux(stream)) if packet.is_keyframe]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 960, 540)
        assert stream.average_rate == Fraction(12)
        assert stream.frames == 180
    assert keyframes == list(range(0, 180, 24))
    assert (made.truth.clip, made.truth.fps, made.truth.frames) == ("clip.mp4", 12, 180)


def test_faces_grow_from_the_far_height_to_the_near_one(made: Made) -> None:
    for walk in made.truth.appearances:
        heights = [place.box[3] - place.box[1] for place in walk.track]
        assert 47 <= heights[0] < 60
        assert 90 < heights[-1] <= 111


def test_useless_photos_are_named_and_the_rest_is_used(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = tmp_path / "clip.mkv"
    small = ("--size", "320x180", "--seconds", "2", "--face-px", "30:60", "--codec", "h265")
    assert run(str(portraits), "--out", str(clip), *small) == 0
    said = capsys.readouterr()
    assert "Gʻofur.png: no face in it (not used)" in said.err
    assert "Vera.jpg: is not a photo that can be read (not used)" in said.err
    assert BIDEN in said.out
    assert OBAMA in said.out
    assert clip.stat().st_size > 0


def test_a_script_of_ones_own_decides_who_walks(portraits: Path, tmp_path: Path, analyser: FaceAnalyser) -> None:
    options = ClipOptions(width_px=320, height_px=180, seconds=2, face_px=(20, 60))
    stands = Walk(PersonId(BIDEN), 0, (Waypoint(0.5, 160, 80, 50), Waypoint(1.5, 161, 80, 50)))
    truth = simulate(portraits, tmp_path / "clip.mp4", analyser, options, ClipScript((stands,)))
    (appearance,) = truth.appearances
    assert (appearance.person, len(truth.appearances)) == (BIDEN, 1)
    assert appearance.enter_s == pytest.approx(0.5, abs=0.07)
    assert appearance.leave_s == pytest.approx(1.5, abs=0.07)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("{tmp}/none", "--out", "{tmp}/clip.mp4"), "none cannot be read: No such file or directory"),
        (("{tmp}", "--out", "{tmp}/clip.mp4"), "holds no portrait with a face"),
        (("{portraits}", "--out", "{tmp}/clip.gif"), "names no video container"),
        (("{portraits}", "--out", "{tmp}/none/clip.mp4"), "cannot be written"),
        (("{portraits}", "--out", "{tmp}/clip.mp4", "--truth", "{tmp}/none/t.json"), "cannot be written"),
        (("{portraits}", "--out", "{tmp}/clip.mp4", "--size", "wide"), "'wide' is no size"),
        (("{portraits}", "--out", "{tmp}/clip.mp4", "--size", "40x20"), "size 40x20 is impossible"),
        (("{portraits}", "--out", "{tmp}/clip.mp4", "--bitrate", "fast"), "'fast' is no bit rate"),
        (("{portraits}", "--out", "{tmp}/clip.mp4", "--face-px", "90:60"), "face-px 90:60 does not fit"),
        (("{portraits}", "--out", "{tmp}/clip.mp4", "--people", "7"), "shows only 2"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    filled = [argument.format(tmp=tmp_path, portraits=portraits) for argument in arguments]
    assert run(*filled) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert complaint in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
