"""The options that describe simulated cameras; the same for every command that makes some."""

import re
from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

import click

from nigoh.testing.clip_options import ClipOptions, RateControl, VideoCodec
from nigoh.testing.farm.options import PICTURE, FarmOptions

F = TypeVar("F", bound=Callable[..., object])

_DEFAULT = FarmOptions()


def picture_size(value: str) -> tuple[int, int]:
    """Width and height from 1280x720. Raises click.BadParameter."""
    found = re.fullmatch(r"(\d+)[x×](\d+)", value.strip().lower())
    if not found:
        raise click.BadParameter(f"'{value}' is no size. Write it as in 1280x720.")
    return int(found[1]), int(found[2])


def bit_rate(value: str) -> int:
    """Bits a second from 2M, 800k or 2000000. Raises click.BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([km]?)", value.strip().lower())
    if not found:
        raise click.BadParameter(f"'{value}' is no bit rate. Write it as in 2M or 800k.")
    return round(float(found[1]) * {"": 1, "k": 1_000, "m": 1_000_000}[found[2]])


def face_heights(value: str) -> tuple[float, float]:
    """Face heights far and near, pixels, from 60:120 or one for both. Raises click.BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?", value.strip())
    if not found:
        raise click.BadParameter(f"'{value}' are no face heights. Write them as in 60:120.")
    return float(found[1]), float(found[2] or found[1])


def codec_option(command: F) -> F:
    """Add --codec; the command gets its name."""
    codecs = [codec.value for codec in VideoCodec]
    return click.option("--codec", type=click.Choice(codecs), default="h264", show_default=True, help="Encoder.")(
        command
    )


def face_px_option(command: F) -> F:
    """Add --face-px; the command gets both heights in pixels."""
    return click.option(
        "--face-px",
        type=face_heights,
        metavar="FAR:NEAR",
        default="60:120",
        show_default=True,
        help="Face height far and near, pixels.",
    )(command)


_FARM = (
    click.option("--people", type=int, default=_DEFAULT.people, show_default=True, help="Most people who appear."),
    click.option(
        "--face-share", type=float, default=_DEFAULT.face_share, show_default=True, help="Share of time with a face."
    ),
    click.option(
        "--still", type=float, default=0.0, show_default=True, help="Share of cameras where nothing moves but people."
    ),
    click.option(
        "--size",
        type=picture_size,
        metavar="WxH",
        default="640x360",
        show_default=True,
        help="Of the picture, px.",
    ),
    click.option("--fps", type=float, default=PICTURE.fps, show_default=True, help="Pictures a second."),
    click.option("--gop", type=int, default=PICTURE.gop, show_default=True, help="Pictures between keyframes."),
    click.option("--bitrate", type=bit_rate, metavar="RATE", default="600k", show_default=True, help="Bits/s."),
    click.option(
        "--rate",
        type=click.Choice([rate.value for rate in RateControl]),
        default="constant",
        show_default=True,
        help="Whether the bit rate is the mean, or only the most.",
    ),
    codec_option,
    click.option(
        "--noise",
        type=float,
        default=PICTURE.noise,
        show_default=True,
        help="Of the sensor, of full scale.",
    ),
    face_px_option,
    click.option(
        "--seed", type=int, default=_DEFAULT.seed, show_default=True, help="Chooses who appears where and when."
    ),
)
_NAMES = ("cameras", "people", "face_share", "still", "size", "fps", "gop", "bitrate", "rate", "codec", "noise",
          "face_px", "seed")  # fmt: skip


def farm_options(cameras: int = _DEFAULT.cameras) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options of simulated cameras to a command, which gets them as `farm`, a `FarmOptions`.

    Args:
        cameras: how many there are where nobody says.
    """

    def add(command: Callable[..., None]) -> Callable[..., None]:
        def with_farm(*arguments: Any, **values: Any) -> None:  # noqa: ANN401 - a command's own
            chosen = {name: values.pop(name) for name in _NAMES}
            command(*arguments, farm=_farm(chosen), **values)

        with_farm.__doc__ = command.__doc__
        with_farm.__dict__.update(command.__dict__)
        count = click.option("--cameras", type=int, default=cameras, show_default=True, help="How many.")
        return reduce(lambda wrapped, option: option(wrapped), reversed((count, *_FARM)), with_farm)

    return add


def _farm(chosen: dict[str, Any]) -> FarmOptions:
    width_px, height_px = chosen["size"]
    picture = ClipOptions(
        width_px=width_px,
        height_px=height_px,
        rate_control=RateControl(chosen["rate"]),
        codec=VideoCodec(chosen["codec"]),
        **{name: chosen[name] for name in ("fps", "gop", "bitrate", "noise", "face_px")},
    )
    return FarmOptions(
        picture=picture,
        still_share=chosen["still"],
        **{name: chosen[name] for name in ("cameras", "people", "face_share", "seed")},
    )
