"""The screen of `nigoh top` fits its terminal, says what is wrong first, and needs no colour for it."""

import io
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from nigoh.cli.engine_summary import summarise
from nigoh.cli.top_screen import draw
from nigoh.domain.camera_status import (
    Activity,
    CameraCounts,
    CameraStatus,
    Drop,
    EngineStatus,
    LinkState,
    ShardStatus,
)
from nigoh.domain.sighting import CameraId

NOW_S = 1_700_008_100.0
COUNTS = CameraCounts(received=121_500, offered=8100, analysed=8100, faces=810, latency=(0, 8100, *(0,) * 11))


def camera(name: str, **fields: Any) -> CameraStatus:  # noqa: ANN401 - each field has its own type
    given = {"state": LinkState.WATCHING, "since_unix_s": NOW_S - 60.0, "coverage": 1.0, "counts": COUNTS, **fields}
    picture = {"codec": "h264", "width_px": 1280, "height_px": 720, "fps": 15.0}
    return CameraStatus(camera=CameraId(name), shard="shard-1", **{**picture, **given})


REFUSED = camera(
    "gate",
    state=LinkState.RETRYING,
    reason="the camera refuses the password",
    next_step="Check it.",
    next_try_unix_s=NOW_S + 4.4,
    coverage=0.0,
    counts=CameraCounts(),
)
WELL = tuple(camera(f"cam{number:03d}") for number in range(199))


def screen(*cameras: CameraStatus, width: int = 80, height: int | None = 24, problem: str = "") -> list[str]:
    shard = ShardStatus(
        shard="shard-1", pid=2, cpu_s=8100.0, resident_bytes=800_000_000, threads=6, descriptors=9, cameras=cameras
    )
    engine = EngineStatus(
        unix_s=NOW_S,
        started_unix_s=NOW_S - 8100.0,
        pid=1,
        cpu_s=810.0,
        resident_bytes=90_000_000,
        shards=(shard,) if cameras else (),
    )
    stream = io.StringIO()
    console = Console(file=stream, width=width, height=height or 25, color_system=None)
    console.print(draw(summarise(engine, None), width, height, problem))
    return [line.rstrip() for line in stream.getvalue().splitlines()]


def line_of(name: str, lines: list[str]) -> str:
    (line,) = [line for line in lines if name in line]
    return line


def test_the_head_says_how_the_whole_engine_is() -> None:
    assert screen(REFUSED, *WELL)[:3] == [
        "up 2 h 15 min   200 cameras: 199 watching, 1 retrying",
        "frames/s 199 analysed of 2,985   faces/s 19.9   latency p50 0.08 s, p95 0.10 s",
        "cores 1.10   memory 890 MB   shards 1   covered 99 %, least 0 %",
    ]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (160, 50), (100, 10), (40, 8), (20, 5), (300, 100)])
def test_it_fits_the_terminal(width: int, height: int) -> None:
    loaded = camera("a name of sixty-four characters, some of which have to be cut away!", coverage=0.3)
    lines = screen(REFUSED, loaded, *WELL, width=width, height=height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_trouble_stands_first_with_its_reason_and_the_next_try() -> None:
    lines = screen(*WELL, REFUSED)
    assert lines[5].split() == ["!!", "gate", "retrying", "0.0", "-", "0", "%"]
    assert lines[6] == "    again in 4 s: the camera refuses the password. Check it."
    assert lines[7].split() == ["cam000", "still", "1.0", "0.10", "100", "%"]


def test_a_wide_terminal_shows_more_and_the_reason_beside_it() -> None:
    lines = screen(*WELL, REFUSED, camera("yard", recording="clip", activity=Activity.FACE), width=190, height=50)
    assert lines[4].split("  ")[-1] == "record"
    assert lines[5].endswith("again in 4 s: the camera refuses the password. Check it.")
    assert " ".join(line_of("yard", lines).split()) == "yard face h264 1280x720 15/s 15 1.0 0.1 0.08 0.10 100 % clip"


def test_what_does_not_fit_is_counted_with_how_it_is() -> None:
    assert screen(REFUSED, *WELL)[-1] == "… and 183 more, all well   q quits"
    refused = [camera(f"lost{number}", state=LinkState.LOST) for number in range(40)]
    assert screen(*refused, *WELL)[-1] == "… and 221 more, 22 of them in trouble   q quits"
    assert screen(REFUSED)[-1] == "q quits"


def test_without_a_height_every_camera_is_shown() -> None:
    lines = screen(REFUSED, *WELL, height=None)
    assert sum(line.lstrip("! ").startswith(("cam", "gate")) for line in lines) == 201  # with the titles' line
    assert "q quits" not in lines[-1]


def test_drops_are_told_by_cause_the_most_first() -> None:
    drops = {Drop.NEWER: 1620, Drop.OVERLOAD: 3240, Drop.UNDECODABLE: 0}
    lines = screen(camera("dock", counts=CameraCounts(offered=8100, analysed=3240, drops=drops)))
    assert lines[6] == "    drops/s overload 0.4, newer 0.2"


def test_a_paused_recording_says_why() -> None:
    assert screen(camera("dock", recording="paused: the disk is full"))[6] == "    recording paused: the disk is full"


def test_an_engine_without_cameras_says_so() -> None:
    assert screen()[0] == "up 2 h 15 min   0 cameras: none yet"


def test_resting_cameras_have_no_coverage_to_worry_about() -> None:
    lines = screen(camera("shop", state=LinkState.RESTING, coverage=0.0, counts=CameraCounts()))
    assert line_of("shop", lines).split() == ["shop", "resting", "0.0", "-", "-"]
    assert lines[2].endswith("covered -, least -")


def test_coverage_is_never_rounded_up_to_all() -> None:
    assert line_of("dock", screen(camera("dock", coverage=0.9999))).endswith(" 99 %")


def test_what_lies_beyond_the_last_bound_is_not_given_a_number() -> None:
    counts = CameraCounts(analysed=2, offered=2, latency=(*(0,) * 12, 2))
    assert ">10" in line_of("dock", screen(camera("dock", counts=counts)))


def test_a_problem_is_said_at_the_foot() -> None:
    assert screen(*WELL, problem="no engine answers")[-1] == "no engine answers"


def test_a_cameras_own_words_do_not_reach_the_terminal_as_commands() -> None:
    lines = screen(camera("dock", state=LinkState.RETRYING, reason="it says \x1b[2J\x9b1m\r\nhello"))
    assert "\x1b" not in "".join(lines)
    assert lines[6].split() == ["it", "says", "[2J", "1m", "hello"]


def test_wide_letters_keep_the_columns_in_line() -> None:
    lines = screen(camera("玄関"), camera("Чилонзор"))
    places = {cell_len(line.partition("100 %")[0]) for line in lines[5:7]}
    assert len(places) == 1
