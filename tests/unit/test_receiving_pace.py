"""A receiver of many cameras reads in beats; while somebody waits for answers, in quick ones."""

import socket
import time

import pytest

from nigoh.video.rtsp.pace import BEAT_S, LEAST_CONNECTIONS, QUICK_BEAT_S, Pace, PacedSelector, Phase


def paced(playing: int, restless: int = 0) -> Pace:
    pace = Pace()
    for number in range(playing + restless):
        pace.move(Phase.OVER, Phase.RESTLESS)
        if number < playing:
            pace.move(Phase.RESTLESS, Phase.PLAYING)
    return pace


@pytest.mark.parametrize(
    ("playing", "restless", "beat_s"),
    [
        (0, 0, 0.0),
        (LEAST_CONNECTIONS - 1, 0, 0.0),
        (LEAST_CONNECTIONS, 0, BEAT_S),
        (LEAST_CONNECTIONS, 1, QUICK_BEAT_S),
        (0, LEAST_CONNECTIONS, QUICK_BEAT_S),
        (200, 0, BEAT_S),
    ],
)
def test_the_beat_follows_what_the_connections_do(playing: int, restless: int, beat_s: float) -> None:
    assert paced(playing, restless).beat_s == beat_s


def test_connections_that_are_over_leave_no_trace() -> None:
    pace = paced(LEAST_CONNECTIONS + 3, 2)
    for _ in range(LEAST_CONNECTIONS + 3):
        pace.move(Phase.PLAYING, Phase.OVER)
    pace.move(Phase.RESTLESS, Phase.OVER)
    pace.move(Phase.RESTLESS, Phase.RESTLESS)
    assert pace.beat_s == 0
    for _ in range(LEAST_CONNECTIONS):
        pace.move(Phase.OVER, Phase.PLAYING)
    assert pace.beat_s == QUICK_BEAT_S, "one is restless still"
    pace.move(Phase.RESTLESS, Phase.OVER)
    assert pace.beat_s == BEAT_S


def test_in_beats_a_loop_wakes_up_so_often_and_misses_nothing() -> None:
    here, there = socket.socketpair()
    with here, there, PacedSelector(paced(LEAST_CONNECTIONS)) as selector:
        here.settimeout(0)
        selector.register(here, 1)
        begun_s, turns, came = time.monotonic(), 0, 0
        while came < 40:
            there.send(b"x" * 10)
            assert selector.select(5), "what has come is there"
            turns, came = turns + 1, came + len(here.recv(1000))
        assert time.monotonic() - begun_s >= (turns - 1) * BEAT_S * 0.99
        assert selector.select(0) == []


def test_what_is_ready_to_run_never_waits_for_the_beat() -> None:
    here, there = socket.socketpair()
    with here, there, PacedSelector(paced(LEAST_CONNECTIONS)) as selector:
        selector.register(here, 1)
        there.send(b"x")
        begun_s = time.monotonic()
        turns = sum(bool(selector.select(0)) for _ in range(1000))
        assert turns == 1000
        assert time.monotonic() - begun_s < 1000 * BEAT_S / 2
