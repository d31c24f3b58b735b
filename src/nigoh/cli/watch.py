"""`nigoh watch`: one source, watched from its first frame to its last."""

from collections.abc import Callable
from contextlib import ExitStack
from os import PathLike
from pathlib import Path

import click

from nigoh.cli.terminal import output, report_note
from nigoh.cli.vision_options import vision_options
from nigoh.cli.watch_outputs import OutputChoice, open_outputs
from nigoh.cli.watch_run import Run
from nigoh.cli.watch_table import complaint_lines, people_table
from nigoh.config.settings import VisionSettings, WatchSettings, read_settings
from nigoh.domain.language import Language, Words
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.known_faces import KnownFaces
from nigoh.wiring import build_vision, enrol_folder, open_watch


class _GivenPath(click.Path):
    """A path that was really given: an empty one, as of a variable that is not set, would mean this folder."""

    def convert(self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if not str(value).strip():
            self.fail("the name is empty.", param, ctx)
        return Path(value)


_PATH = _GivenPath()
_LANGUAGES = click.Choice([language.value for language in Language])


def _setting(option: str, name: str, kind: type, metavar: str | None = None) -> Callable[..., Callable[..., object]]:
    """An option whose help and bounds are the setting's own."""
    help_text = WatchSettings.model_fields[name].description
    return click.option(option, name, type=kind, default=None, metavar=metavar, help=help_text)


@click.command("watch", short_help="Watch a source: who appears, when, how sure.")
@click.argument("source")
@click.option("--known", type=_PATH, metavar="DIR", help="Folder of known faces: a photo or a folder a person.")
@click.option("--wanted", multiple=True, metavar="NAME", help="A known person whom you look for; may be repeated.")
@click.option("--out", type=_PATH, metavar="FILE", help="Write sightings as JSON lines.")
@click.option("--annotate", type=_PATH, metavar="FILE", help="Write the video with boxes and names.")
@click.option("--crops", type=_PATH, metavar="DIR", help="Write the best shot of each sighting as a JPEG.")
@click.option("--show", is_flag=True, help="Show the video in a window; q quits. Needs the extra nigoh[window].")
@click.option("--lang", type=_LANGUAGES, default="en", show_default=True, help="Language of labels.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@_setting("--camera", "camera", str, "NAME")
@_setting("--false-alarms", "false_alarms", float, "SHARE")
@_setting("--threshold", "threshold", float, "SCORE")
@_setting("--every", "every", int, "N")
@_setting("--fps", "fps", float, "RATE")
@_setting("--max-frames", "max_frames", int, "N")
@_setting("--start", "start_s", float, "SECONDS")
@_setting("--end", "end_s", float, "SECONDS")
@_setting("--transport", "transport", str, "tcp|udp")
@vision_options
def command(
    *,
    source: str,
    known: Path | None,
    lang: str,
    quiet: bool,
    out: Path | None,
    annotate: Path | None,
    crops: Path | None,
    show: bool,
    vision: VisionSettings,
    **watched: object,
) -> None:
    """Watch SOURCE: a video file, a folder of pictures, a webcam's number, or a camera's URL (rtsp, http).

    Prints who appears as soon as it is decided, and at the end a row for each track. Ctrl+C ends it with what was
    found so far.
    """
    given = {name: value for name, value in watched.items() if value is not None}
    settings = read_settings(WatchSettings, {**vision.model_dump(), **given})
    words = Words(language=Language(lang), someone_is_wanted=bool(settings.wanted))
    choice = OutputChoice(out=out, annotate=annotate, crops=crops, show=show)
    choice.refuse_overwriting(source)
    seeing = build_vision(settings)
    faces = _enrol(known, seeing.analyser, quiet=quiet) if known else None
    with ExitStack() as stack:
        watching = stack.enter_context(
            open_watch(source, settings, faces, seeing, every_frame=choice.needs_every_frame)
        )
        outputs = stack.enter_context(open_outputs(choice, watching.info, words))
        Run(watching, outputs, words, end_s=settings.end_s, quiet=quiet).to_the_end()


def _enrol(folder: Path, analyser: FaceAnalyser, *, quiet: bool) -> KnownFaces:
    known = enrol_folder(folder, analyser)
    for line in complaint_lines(known):
        report_note(line)
    if not quiet:
        output.print(people_table(known))
    return known
