"""`nigoh simulate`: a camera-like clip, and the truth of who is in it, from a folder of portraits."""

from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from nigoh.cli.picture_options import bit_rate, codec_option, face_px_option, picture_size
from nigoh.cli.terminal import errors, output, report_note
from nigoh.cli.vision_options import vision_options
from nigoh.config.settings import VisionSettings
from nigoh.domain.truth import Truth
from nigoh.storage.truth_file import write_truth
from nigoh.testing.clip_options import ClipOptions, VideoCodec
from nigoh.testing.encoder import require_clip_place, require_place
from nigoh.testing.portraits import PortraitFolder
from nigoh.testing.simulation import portraits_for, render_clip
from nigoh.wiring import build_analyser

_PATH = click.Path(path_type=Path)
_DEFAULT = ClipOptions()


@click.command("simulate", short_help="Make a camera-like clip with a truth file from portraits.")
@click.argument("portraits", type=_PATH)
@click.option("--out", type=_PATH, required=True, metavar="FILE", help="The clip: .mp4, .mkv, .mov or .ts.")
@click.option("--truth", type=_PATH, metavar="FILE", help="Write who is seen, when and where, as JSON.")
@click.option(
    "--size", type=picture_size, metavar="WxH", default="1280x720", show_default=True, help="Of the picture, pixels."
)
@click.option("--fps", type=float, default=_DEFAULT.fps, show_default=True, help="Pictures a second.")
@click.option("--seconds", type=float, default=_DEFAULT.seconds, show_default=True, help="Length.")
@click.option("--gop", type=int, default=_DEFAULT.gop, show_default=True, help="Pictures from keyframe to keyframe.")
@click.option("--bitrate", type=bit_rate, metavar="RATE", default="2M", show_default=True, help="Mean bits a second.")
@codec_option
@click.option("--noise", type=float, default=_DEFAULT.noise, show_default=True, help="Sensor noise, of full scale.")
@click.option(
    "--blur", type=float, default=_DEFAULT.blur, show_default=True, help="Shutter, 0 (sharp) to 1 (always open)."
)
@face_px_option
@click.option("--people", type=int, metavar="N", help="How many people appear; by default all, at most 6.")
@click.option("--seed", type=int, default=_DEFAULT.seed, show_default=True, help="Chooses paths, scene and noise.")
@vision_options
def command(
    *,
    portraits: Path,
    out: Path,
    truth: Path | None,
    size: tuple[int, int],
    codec: str,
    vision: VisionSettings,
    fps: float,
    seconds: float,
    gop: int,
    bitrate: int,
    noise: float,
    blur: float,
    face_px: tuple[float, float],
    people: int | None,
    seed: int,
) -> None:
    """Make a clip in which the people of PORTRAITS walk past a camera, with the truth of who is where.

    PORTRAITS holds a photo per person, named after them, or a folder of photos per person. Faces come in small at the
    side, walk towards the camera, grow and leave, alone and together. The same options and seed give the same clip.
    """
    options = ClipOptions(
        width_px=size[0],
        height_px=size[1],
        codec=VideoCodec(codec),
        fps=fps,
        seconds=seconds,
        gop=gop,
        bitrate=bitrate,
        noise=noise,
        blur=blur,
        face_px=face_px,
        people=people,
        seed=seed,
    )
    require_clip_place(out)
    if truth is not None:
        require_place(truth)
    found = portraits_for(portraits, build_analyser(vision), options)
    for rejected in found.rejected:
        report_note(f"{rejected.path}: {rejected.reason} (not used)")
    seen = _render(found, out, options)
    if truth is not None:
        write_truth(seen, truth)
    _show(seen, out, truth)


def _render(portraits: PortraitFolder, out: Path, options: ClipOptions) -> Truth:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(out.name, total=options.frames)
        return render_clip(portraits, out, options, on_picture=lambda count: bar.update(task, completed=count))


def _show(seen: Truth, out: Path, truth: Path | None) -> None:
    table = Table("person", "from", "to", "face height", title="Appearances", title_justify="left")
    for walk in sorted(seen.appearances, key=lambda walk: walk.enter_s):
        heights = [place.box[3] - place.box[1] for place in walk.track]
        span = f"{min(heights):.0f}-{max(heights):.0f} px"
        table.add_row(Text(walk.person), f"{walk.enter_s:.1f} s", f"{walk.leave_s:.1f} s", span)
    output.print(table)
    summary = f"{out}: {seen.frames} pictures, {seen.width}x{seen.height}, {seen.fps:g} a second"
    output.print(summary + (f"; truth: {truth}" if truth else ""), markup=False)
