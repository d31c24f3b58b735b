"""One camera's connection: its states, and when it is tried again."""

import random
from itertools import pairwise

import pytest

from nigoh.domain.camera_status import LinkState
from nigoh.engine.link import Link, LinkPolicy
from nigoh.errors import NigohError, SourceError, SourceUnavailable

GONE = SourceUnavailable("cam1 refuses connections", "Is it on?")
REFUSED = SourceError("cam1 refuses this user and password", "Check both.")


def new_link(seed: int = 1, policy: LinkPolicy | None = None) -> Link:
    return Link("cam1", random.Random(seed), 0.0, policy)  # noqa: S311 - jitter, no secret


def watching(link: Link, now_s: float) -> Link:
    link.connect(now_s)
    link.opened(now_s)
    link.keyframe()
    link.pictured(now_s)
    return link


def next_wait(link: Link, now_s: float) -> float:
    assert link.next_try_s is not None
    return link.next_try_s - now_s


def waits(link: Link, error: NigohError, tries: int) -> list[float]:
    """How long each try was waited for, of a camera that fails at once."""
    now_s, found = 0.0, []
    for _ in range(tries):
        link.connect(now_s)
        link.failed(error, now_s)
        found.append(next_wait(link, now_s))
        now_s += found[-1]
    return found


def test_a_camera_is_watched_from_its_first_decoded_picture_on() -> None:
    link = new_link()
    assert (link.state, link.should_connect(0.0)) == (LinkState.IDLE, True)
    link.connect(1.0)
    assert (link.state, link.since_s, link.should_connect(1.0)) == (LinkState.CONNECTING, 1.0, False)
    link.opened(1.5)
    link.keyframe()
    assert link.state is LinkState.CONNECTING
    link.pictured(2.0)
    assert (link.state, link.since_s, link.reason) == (LinkState.WATCHING, 2.0, "")
    link.pictured(3.0)
    assert link.since_s == 2.0
    assert link.reconnects == 0


def test_why_it_failed_and_when_it_is_tried_again_is_shown() -> None:
    link = watching(new_link(), 0.0)
    link.failed(GONE, 20.0)
    assert (link.state, link.reason, link.next_step) == (LinkState.RETRYING, "cam1 refuses connections", "Is it on?")
    assert 0.5 <= next_wait(link, 20.0) <= 1.0
    assert not link.should_connect(20.4)
    assert link.should_connect(21.0)
    link.connect(21.0)
    assert (link.reason, link.next_try_s) == ("cam1 refuses connections", None), "it stands until a picture comes"
    link.opened(21.1)
    link.pictured(21.2)
    assert (link.reason, link.reconnects) == ("", 1)


@pytest.mark.parametrize(("error", "first_s", "most_s"), [(GONE, 1.0, 10.0), (REFUSED, 10.0, 60.0)])
def test_waits_double_up_to_their_most_and_it_is_never_given_up(
    error: NigohError, first_s: float, most_s: float
) -> None:
    found = waits(new_link(), error, 2000)
    for number, wait_s in enumerate(found):
        full_s = min(first_s * 2 ** min(number, 20), most_s)
        assert full_s / 2 <= wait_s <= full_s
    assert max(found) > 0.95 * most_s


def test_cameras_that_were_lost_together_do_not_come_back_together() -> None:
    tries = sorted(waits(new_link(seed), GONE, 1)[0] for seed in range(100))
    assert tries[-1] - tries[0] > 0.4
    assert max(after - before for before, after in pairwise(tries)) < 0.1


def test_a_camera_that_flaps_is_not_reconnected_at_full_rate() -> None:
    link, now_s = new_link(), 0.0
    for _ in range(10):
        watching(link, now_s)
        now_s += 2.0
        link.failed(GONE, now_s)
        now_s += next_wait(link, now_s)
    assert next_wait(watching_and_lost(link, now_s, seconds=2.0), now_s + 2.0) >= 5.0


def test_one_that_was_watched_for_a_while_is_tried_again_quickly() -> None:
    link = new_link()
    waits(link, GONE, 10)
    assert next_wait(watching_and_lost(link, 100.0, seconds=10.0), 110.0) <= 1.0


def watching_and_lost(link: Link, now_s: float, seconds: float) -> Link:
    watching(link, now_s)
    link.failed(GONE, now_s + seconds)
    return link


def test_a_camera_that_never_answers_is_overdue() -> None:
    link = new_link()
    link.connect(0.0)
    assert link.tick(10.9) is None
    error = link.tick(11.0)
    assert isinstance(error, SourceUnavailable)
    assert "does not answer" in link.reason
    assert link.state is LinkState.RETRYING
    assert link.tick(30.0) is None


def test_one_without_keyframes_is_overdue_and_gets_more_time_in_the_next_try() -> None:
    link, now_s = new_link(), 0.0
    for patience_s in (11, 22, 44, 60, 60):
        link.connect(now_s)
        link.opened(now_s + 0.1)
        link.missed(now_s + 1)
        assert link.tick(now_s + patience_s - 0.1) is None
        now_s += patience_s
        assert isinstance(link.tick(now_s), SourceUnavailable)
        assert f"no keyframe in {patience_s} s" in link.reason
        assert not link.unreachable
    watching(link, now_s)
    link.failed(GONE, now_s)
    link.connect(now_s)
    assert link.tick(now_s + 11) is not None, "a camera that has sent one has the usual time again"


def test_a_keyframe_that_waits_for_its_decoder_is_no_fault_of_the_camera() -> None:
    link = new_link()
    link.connect(0.0)
    link.opened(0.1)
    link.keyframe()
    assert link.tick(500.0) is None
    assert link.state is LinkState.CONNECTING


def test_one_whose_pictures_cannot_be_decoded_is_overdue() -> None:
    link = watching(new_link(), 0.0)
    link.missed(100.0)
    link.missed(110.0)
    assert link.tick(114.9) is None
    link.pictured(114.95)
    link.missed(120.0)
    assert link.tick(134.9) is None
    assert isinstance(link.tick(135.0), SourceUnavailable)
    assert "nothing that can be decoded" in link.reason


def test_a_still_scene_of_which_nothing_is_wanted_is_no_failure() -> None:
    link = watching(new_link(), 0.0)
    assert link.tick(1e6) is None
    assert link.state is LinkState.WATCHING


def test_a_host_is_only_suspected_where_the_camera_did_not_answer() -> None:
    link = new_link()
    link.connect(0.0)
    link.failed(GONE, 0.1)
    suspected = [link.unreachable]
    link.connect(1.0)
    link.failed(REFUSED, 1.1)
    suspected.append(link.unreachable)
    watching(link, 20.0)
    link.failed(GONE, 21.0)
    assert [*suspected, link.unreachable] == [True, False, False]


def test_rest_and_waking() -> None:
    link = new_link()
    waits(link, REFUSED, 5)
    link.rest(100.0)
    link.rest(200.0)
    assert (link.state, link.since_s, link.next_try_s) == (LinkState.RESTING, 100.0, None)
    assert not link.should_connect(1e6)
    assert "schedule" in link.reason
    link.wake(300.0)
    assert (link.state, link.reason, link.should_connect(300.0)) == (LinkState.IDLE, "", True)
    assert waits(link, REFUSED, 1)[0] <= 10.0


def test_what_comes_late_of_an_earlier_connection_is_passed_over() -> None:
    link = watching(new_link(), 0.0)
    link.failed(GONE, 1.0)
    due_s = link.next_try_s
    link.failed(REFUSED, 1.1)
    link.opened(1.2)
    link.pictured(1.2)
    link.missed(1.2)
    link.wake(1.2)
    assert (link.state, link.reason, link.next_try_s) == (LinkState.RETRYING, GONE.what, due_s)
    link.rest(2.0)
    link.connect(2.0)
    link.failed(GONE, 2.0)
    link.pictured(2.0)
    assert link.state is LinkState.RESTING
