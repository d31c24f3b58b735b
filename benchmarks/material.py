"""The clip and the known faces that a benchmark runs on."""

import shutil
import sys
from fractions import Fraction
from pathlib import Path

import av

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


def enlarge_clip(clip: Path, height_px: int, target: Path) -> Path:
    """Write the clip at another height as a camera would send it: H.264, a keyframe every two seconds."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as output:
        video = source.streams.video[0]
        rate, time_base = video.average_rate or Fraction(25), video.time_base or Fraction(1, 90_000)
        stream = output.add_stream(
            "libx264", rate=round(rate), options={"preset": "veryfast", "bf": "0", "crf": "23"}
        )
        stream.width, stream.height = round(video.width * height_px / video.height / 2) * 2, height_px
        stream.pix_fmt, stream.gop_size, stream.time_base = "yuv420p", 2 * round(rate), time_base
        stream.codec_context.time_base = time_base
        for frame in source.decode(video):
            picture = frame.reformat(stream.width, stream.height, "yuv420p")
            picture.pict_type = av.video.frame.PictureType.NONE
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    return target
