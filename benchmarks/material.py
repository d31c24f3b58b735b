"""The clip and the known faces that a benchmark runs on."""

import shutil
import sys
from fractions import Fraction
from pathlib import Path

import av

from nigoh.config.settings import VisionSettings
from nigoh.testing import ClipOptions, simulate
from nigoh.wiring import build_analyser

ROOT = Path(__file__).resolve().parents[1]
_SHARED = ROOT.parent / "shared" / "data"
CLIP = _SHARED / "videos" / "short_hamilton_clip.mp4"
_PHOTOS = {
    "miranda": "lin-manuel-miranda.png",
    "lacamoire": "alex-lacamoire.png",
    "obama": "obama.jpg",
    "biden": "biden.jpg",
    "kit": "knn_examples/train/kit_harington/john1.jpeg",
    "rose": "knn_examples/train/rose_leslie/img1.jpg",
}


def require_clip(clip: Path) -> Path:
    """The clip, or the end of the program with what to do."""
    if not clip.is_file():
        sys.exit(f"error: {clip} does not exist. Name a clip with faces: --clip FILE")
    return clip


def obtain_gallery(known: Path | None, folder: Path) -> Path:
    """The known faces named by the user; else one photo each of six people, gathered in `folder`."""
    if known is not None:
        return known
    portraits = _SHARED / "photos" / "portraits"
    if not portraits.is_dir():
        sys.exit("error: there are no known faces. Name a folder of photos: --known FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    for person, photo in _PHOTOS.items():
        shutil.copyfile(portraits / photo, (folder / person).with_suffix(Path(photo).suffix))
    return folder


WALKERS = (
    "Adam_Sandler",
    "Ana_Guevara",
    "David_Beckham",
    "Fujio_Cho",
    "Gary_Carter",
    "Mark_Gottfried",
    "Richard_Krajicek",
    "Zhu_Rongji",
)
"""People with two photos that resemble each other enough (0.6) to tell them by: the benchmarks with cameras measure
the engine; what the model takes for another person is measured by `nigoh eval`."""
STRANGERS = 92


def obtain_walkers(folder: Path) -> tuple[Path, Path] | None:
    """Photos of eight people who walk past cameras, and of a hundred known ones, those eight on other photos.

    They are gathered in `folder`, where they stay: simulated footage belongs to its photos. None without the data.
    """
    images = _SHARED / "lfw-view1" / "images"
    if not images.is_dir():
        return None
    shown, known = folder / "shown", folder / "known"
    if not known.is_dir():
        photos: dict[str, list[Path]] = {}
        for photo in sorted(images.rglob("*.jpg")):
            photos.setdefault(photo.stem.rpartition("_")[0], []).append(photo)
        others = [person for person in photos if person not in WALKERS][:: len(photos) // STRANGERS][:STRANGERS]
        shown.mkdir(parents=True)
        known.mkdir()
        for person in WALKERS:
            shutil.copyfile(photos[person][0], shown / f"{person}.jpg")
            shutil.copyfile(photos[person][1], known / f"{person}.jpg")
        for person in others:
            shutil.copyfile(photos[person][0], known / f"{person}.jpg")
    return shown, known


def loop_clip(clip: Path, minutes: float, target: Path) -> Path:
    """Write a clip as long as asked by repeating another one's packets; nothing is encoded again."""
    with av.open(str(target), "w") as output:
        stream, offset, length = None, 0, 0
        while stream is None or offset * (stream.time_base or Fraction(1)) < minutes * 60:
            offset += length
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = output.add_stream_from_template(video)
                    stream.time_base = video.time_base
                for packet in source.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    length = max(length, packet.pts + (packet.duration or 0))
                    packet.pts, packet.dts, packet.stream = packet.pts + offset, packet.dts + offset, stream
                    output.mux(packet)
    return target


def simulate_camera(known: Path, target: Path) -> Path:
    """Write twelve seconds of a 1080p camera past which the known people walk: H.264, 25 fps, 4 Mbit/s."""
    options = ClipOptions(
        width_px=1920, height_px=1080, fps=25, gop=50, seconds=12, bitrate=4_000_000, face_px=(90, 220)
    )
    simulate(known, target, build_analyser(VisionSettings()), options)
    return target
