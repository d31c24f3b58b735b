"""The main job on real clips: who is found, who is not, and that a track keeps one name."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

import nigoh
from nigoh import KnownFaces, Sighting, Status
from nigoh.domain.template import Templates
from nigoh.errors import ConfigError, SourceError, SourceUnavailable
from nigoh.identity.gallery import Candidates, ExactGallery
from nigoh.testing.mjpeg_camera import MjpegCamera

_GALLERY = {
    "miranda.png": "lin-manuel-miranda.png",
    "lacamoire.png": "alex-lacamoire.png",
    "obama.jpg": "obama.jpg",
    "biden.jpg": "biden.jpg",
    "kit.jpeg": "knn_examples/train/kit_harington/john1.jpeg",
    "rose.jpg": "knn_examples/train/rose_leslie/img1.jpg",
}


@pytest.fixture(scope="module")
def six_people(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    for target, source in _GALLERY.items():
        (folder / target).write_bytes((shared_data / "photos" / "portraits" / source).read_bytes())
    return folder


@pytest.fixture(scope="module")
def gallery(six_people: Path) -> KnownFaces:
    return nigoh.load_known_faces(six_people)


@pytest.fixture
def videos(shared_data: Path) -> Path:
    return shared_data / "videos"


@pytest.fixture(scope="module")
def on_stage(gallery: KnownFaces, shared_data: Path) -> Callable[[float], list[Sighting]]:
    """What is seen in the stage clip at so many frames a second, watched once for all who ask."""

    @cache
    def watched(fps: float) -> list[Sighting]:
        return list(nigoh.watch(shared_data / "videos" / "short_hamilton_clip.mp4", gallery, fps=fps))

    return watched


def _names(sightings: Iterable[Sighting]) -> set[str]:
    return {str(sighting.person) for sighting in sightings if sighting.person}


@pytest.mark.parametrize("fps", [2, 5, 10, 30])
def test_the_three_people_of_the_stage_clip_are_found_and_the_three_absent_ones_never(
    fps: int, on_stage: Callable[[float], list[Sighting]]
) -> None:
    sightings = on_stage(fps)
    assert _names(sightings) == {"miranda", "lacamoire", "obama"}
    of_miranda = [each for each in sightings if each.person == "miranda"]
    assert min(each.first_s for each in of_miranda) < 0.5
    assert max(each.last_s for each in of_miranda) < 213 / 29.97 + 0.1, "a track of the stage goes on in the audience"
    audience = [each for each in sightings if each.person == "obama"]
    assert min(each.first_s for each in audience) > 210 / 29.97


@pytest.mark.parametrize("fps", [1, 3, 12.5])
@pytest.mark.parametrize(
    ("clip", "people"),
    [
        ("intel_face-demographics-walking-and-pause_from-gif.mp4", 3),
        ("intel_face-demographics-walking_from-gif.mp4", 2),
    ],
)
def test_people_in_the_corridor_are_one_unknown_track_each(
    clip: str, people: int, fps: float, gallery: KnownFaces, videos: Path
) -> None:
    sightings = list(nigoh.watch(videos / clip, gallery, fps=fps))
    assert [sighting.status for sighting in sightings] == [Status.UNKNOWN] * people


def test_a_sighting_says_where_when_and_how_sure(on_stage: Callable[[float], list[Sighting]]) -> None:
    sightings = on_stage(10)
    first = min((each for each in sightings if each.person == "miranda"), key=lambda each: each.first_s)
    assert (first.type, first.camera, first.status) == ("sighting", "short_hamilton_clip", Status.KNOWN)
    assert first.score >= first.threshold > 0.3
    assert first.candidates[0].person == "miranda"
    assert first.first_s <= first.best.t_s <= first.last_s
    x1, y1, x2, y2 = first.best.box
    assert 500 < x1 < x2 < 600
    assert 20 < y1 < y2 < 130
    assert 0 < first.best.quality <= 1
    assert first.model == "sface/2021dec"
    assert Counter(each.track for each in sightings).most_common(1)[0][1] == 1


def test_someone_who_is_wanted_is_wanted_and_a_wanted_stranger_is_refused(gallery: KnownFaces, videos: Path) -> None:
    clip = videos / "short_hamilton_clip.mp4"
    sightings = list(nigoh.watch(clip, gallery, start_s=6, fps=3, wanted=["obama"]))
    assert {each.status for each in sightings if each.person == "obama"} == {Status.WANTED}
    assert {each.status for each in sightings if each.person == "miranda"} == {Status.KNOWN}
    with pytest.raises(ConfigError, match=r"wanted: obame is not among the known faces.*obama"):
        next(nigoh.watch(clip, gallery, wanted=["obame"]))


def test_without_known_faces_everybody_is_unknown(videos: Path) -> None:
    sightings = list(nigoh.watch(videos / "pyfeat_single_face.mp4", fps=2))
    assert [sighting.status for sighting in sightings] == [Status.UNKNOWN]
    assert sightings[0].score == 0


def test_clips_without_faces_give_nothing(gallery: KnownFaces, videos: Path) -> None:
    assert list(nigoh.watch(videos / "pyfeat_no_face.mp4", gallery, fps=5)) == []
    assert list(nigoh.watch(videos / "nasa_13013.mp4", gallery, fps=5)) == []


def test_a_face_that_comes_late_or_leaves_early_is_seen_for_that_time(gallery: KnownFaces, videos: Path) -> None:
    (comes,) = nigoh.watch(videos / "pyfeat_noface_face.mov", gallery, fps=5)
    (leaves,) = nigoh.watch(videos / "pyfeat_face_noface.mov", gallery, fps=5)
    assert comes.first_s > 2.5
    assert leaves.first_s < 0.5
    assert leaves.last_s < 3.5


def test_a_part_of_a_file_and_a_number_of_frames_can_be_watched(gallery: KnownFaces, videos: Path) -> None:
    clip = videos / "short_hamilton_clip.mp4"
    part = list(nigoh.watch(clip, gallery, start_s=7.5, end_s=8.5, fps=5))
    assert "obama" in _names(part)
    assert all(each.first_s >= 7.5 and each.last_s < 8.5 for each in part)
    few = list(nigoh.watch(clip, gallery, max_frames=3, fps=10))
    assert max(each.last_s for each in few) < 0.25


def test_the_person_is_named_whatever_the_file_is_called(gallery: KnownFaces, videos: Path, tmp_path: Path) -> None:
    copy = tmp_path / "видео 1 – Oʻktam.mp4"
    copy.write_bytes((videos / "pyfeat_single_face.mp4").read_bytes())
    (sighting,) = nigoh.watch(copy, gallery, fps=1, camera="Eshik №1")
    assert sighting.camera == "Eshik №1"


def test_a_missing_file_is_an_error_of_ours(gallery: KnownFaces) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        next(nigoh.watch("absent.mp4", gallery))


def test_when_a_camera_breaks_off_what_was_found_comes_before_the_error(
    gallery: KnownFaces, shared_data: Path
) -> None:
    picture = (shared_data / "photos" / "portraits" / "obama-240p.jpg").read_bytes()
    with MjpegCamera([picture], fps=20) as camera:

        class LastSearch(ExactGallery):
            """Switches the camera off once a face has been looked up."""

            def search(self, probes: Templates, k: int) -> Candidates:
                camera.switched_off.set()
                return super().search(probes, k)

        looked_up = LastSearch(gallery.gallery.model)
        for person, row in zip(gallery.gallery.enrolled[1], range(len(gallery.gallery)), strict=True):
            looked_up.add(person, gallery.gallery.enrolled[0].pick([row]))
        sightings = nigoh.watch(camera.url, KnownFaces(looked_up))
        assert next(sightings).person == "obama"
        with pytest.raises(SourceUnavailable, match="has stopped sending"):
            next(sightings)


def test_a_model_whose_thresholds_nobody_measured_needs_one_by_hand(
    videos: Path, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = (shared_data / "models" / "foamliu_MobileFaceNet.onnx").read_bytes()
    (tmp_path / "mine.onnx").write_bytes(model)
    (tmp_path / "models.toml").write_text(
        f"""[[model]]
        name = "mine"
        version = "1"
        kind = "embedder"
        architecture = "aligned"
        licence = "Apache-2.0"
        commercial_use = true
        sha256 = "{hashlib.sha256(model).hexdigest()}"
        input = {{ size = 112, colour = "rgb", mean = 127.5, scale = 0.0078 }}
        dimension = 128
        thresholds = {{}}
        origins = [{{ file = "mine.onnx" }}]
        """
    )
    monkeypatch.setenv("NIGOH_MODELS", str(tmp_path))
    clip = videos / "pyfeat_single_face.mp4"
    with pytest.raises(ConfigError, match=r"states no thresholds of mine/1.*Give a threshold"):
        next(nigoh.watch(clip, embedder="mine"))
    (sighting,) = nigoh.watch(clip, embedder="mine", threshold=0.5, fps=2)
    assert (sighting.model, sighting.threshold) == ("mine/1", 0.5)
