"""Who connects when: limits, order, and hosts that are gone."""

import heapq
import random
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest

from nigoh.domain.camera import Camera, Priority
from nigoh.domain.camera_status import LinkState
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.engine.link import Link
from nigoh.engine.pacing import ConnectPacer, PacingLimits, Waiting, host_of, waiting
from nigoh.errors import NigohError, SourceUnavailable

NVR = "10.0.0.9:554"


FIRST = Waiting(camera=CameraId(""), host=NVR, priority=Priority.NORMAL, since_s=0.0, due_s=0.0)
UNREACHABLE = replace(FIRST, unreachable=True)


def one(number: int, like: Waiting = FIRST) -> Waiting:
    return replace(like, camera=CameraId(f"cam{number:03}"))


def taken_over(pacer: ConnectPacer, seconds: float, begin_s: float = 0.0) -> list[float]:
    """When each connection was let through, asking whenever the pacer says."""
    times: list[float] = []
    now_s = begin_s
    while now_s < begin_s + seconds:
        times += [now_s] * len(pacer.take(now_s))
        next_s = pacer.next_s(now_s)
        if next_s is None:
            break
        assert next_s > now_s, "who has just been asked has nobody to take"
        now_s = next_s
    return times


def most_within(times: list[float], window_s: float) -> int:
    return max((sum(begin <= each < begin + window_s for each in times) for begin in times), default=0)


def test_at_most_twenty_connect_in_any_second_and_all_do() -> None:
    pacer = ConnectPacer()
    for number in range(100):
        pacer.wait(one(number), 0.0)
    times = taken_over(pacer, 6)
    assert len(times) == 100
    assert most_within(times, 1.0) == 20


def test_a_burst_that_was_held_up_holds_up_the_next_one() -> None:
    pacer = ConnectPacer(PacingLimits(window_s=1.0))
    for number in range(60):
        pacer.wait(one(number), 0.0)
    assert len(pacer.take(0.0)) == 20
    pacer.settle(0.3)
    assert pacer.next_s(1.0) == pytest.approx(1.3)
    assert pacer.take(1.2) == []
    assert len(pacer.take(1.3)) == 20
    pacer.settle(1.3)
    assert pacer.next_s(2.0) == pytest.approx(2.3)


def test_a_fresh_start_is_faster() -> None:
    pacer = ConnectPacer()
    for number in range(200):
        pacer.wait(one(number, replace(FIRST, is_first=True)), 0.0)
    assert len(pacer.take(0.0)) == 100
    assert len(taken_over(pacer, 1.2)) == 100


def test_priority_goes_first_and_then_who_waits_longest() -> None:
    pacer = ConnectPacer(PacingLimits(most=1, window_s=1.0))
    pacer.wait(one(1, replace(FIRST, since_s=1)), 1)
    pacer.wait(one(2), 1)
    pacer.wait(one(3, replace(FIRST, since_s=2, priority=Priority.HIGH)), 2)
    pacer.wait(one(4, replace(FIRST, priority=Priority.LOW)), 2)
    assert [pacer.take(10.0 + second) for second in range(5)] == [["cam003"], ["cam002"], ["cam001"], ["cam004"], []]


def test_nobody_connects_before_it_is_due_or_after_it_left() -> None:
    pacer = ConnectPacer()
    pacer.wait(one(1, replace(FIRST, due_s=5.0)), 0.0)
    pacer.wait(one(2, replace(FIRST, due_s=5.0)), 0.0)
    pacer.leave(CameraId("cam002"))
    assert pacer.next_s(0.0) == 5.0
    assert pacer.take(4.99) == []
    assert pacer.take(5.0) == ["cam001"]
    assert pacer.next_s(5.0) is None


def gone_host(pacer: ConnectPacer, cameras: int = 50, due_s: float = 0.0) -> None:
    for number in range(cameras):
        pacer.wait(one(number, replace(UNREACHABLE, due_s=due_s)), 0.0)


def test_a_host_that_is_gone_is_only_probed_and_ever_more_rarely() -> None:
    pacer = ConnectPacer()
    gone_host(pacer, 600)
    times = taken_over(pacer, 900)
    assert 4 <= sum(each < 1 for each in times) <= 5
    late = [after - before for before, after in pairwise(times) if before > 300]
    assert min(late) >= 1.99
    assert max(late) <= 2.02


def test_the_others_are_released_as_soon_as_one_answers_even_before_they_are_due() -> None:
    pacer = ConnectPacer()
    gone_host(pacer, due_s=100.0)
    pacer.wait(one(900, replace(FIRST, due_s=100.0)), 0.0)
    assert pacer.take(5.0) == []
    pacer.reached(NVR, 5.0)
    assert len(pacer.take(5.0)) == 20
    assert len(taken_over(pacer, 10, begin_s=5.0)) == 30, "who waits for a reason of its own goes on waiting"


def test_probing_one_host_costs_the_cameras_of_others_nothing() -> None:
    pacer = ConnectPacer(PacingLimits(most=4, window_s=1.0))
    for host in range(10):
        for number in range(4):
            pacer.wait(one(10 * host + number, replace(UNREACHABLE, host=f"gone{host}")), 0.0)
    for number in range(900, 904):
        pacer.wait(one(number, replace(FIRST, host="here", since_s=1.0)), 1.0)
    assert pacer.take(2.0) == ["cam900", "cam901", "cam902", "cam903"]
    assert len(pacer.take(3.0)) == 2, "probes of all hosts together have half of the connections"


def test_one_camera_that_does_not_answer_says_nothing_of_its_host() -> None:
    pacer = ConnectPacer()
    for second in range(10):
        pacer.wait(one(1, UNREACHABLE), second)
        assert pacer.take(second) == ["cam001"]
    pacer.wait(one(1, replace(UNREACHABLE, due_s=60.0)), 10.0)
    pacer.reached(NVR, 11.0)
    assert pacer.take(11.0) == [], "nobody thought that the host was gone"


def test_removed_cameras_leave_nothing_behind_of_their_host() -> None:
    pacer = ConnectPacer()
    gone_host(pacer, 3)
    for number in range(3):
        pacer.leave(CameraId(f"cam{number:03}"))
    for number in range(10, 15):
        pacer.wait(one(number), 1.0)
    assert len(pacer.take(1.0)) == 5


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("rtsp://user:p/w@NVR.local:8554/ch1?token=1", "nvr.local:8554"),
        ("rtsp://10.0.0.5", "10.0.0.5"),
        ("file:///clips/a.mp4", ""),
    ],
)
def test_a_host_is_what_stands_in_the_address(url: str, host: str) -> None:
    assert host_of(CameraUrl(url)) == host


@pytest.mark.parametrize(("shards", "most"), [(1, 20), (2, 10), (3, 6), (64, 1)])
def test_shards_share_the_engines_pace(shards: int, most: int) -> None:
    assert PacingLimits().share(shards).most == most


LATE_S = 0.002
"""How late who sleeps is woken."""


@dataclass
class SimulatedFarm:
    """Cameras behind one address, their links and their pacer, under a clock that a test moves."""

    seed: int
    cameras: int = 200
    now_s: float = 1000.0
    is_up: bool = True
    connects: list[float] = field(default_factory=list)
    decoding_s: dict[str, float] = field(default_factory=dict)
    events: list[tuple[float, CameraId, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = np.random.default_rng(self.seed)
        self.pacer = ConnectPacer()
        names = [CameraId(f"cam{number:03}") for number in range(self.cameras)]
        self.all = {name: Camera(name=name, url=CameraUrl(f"rtsp://{NVR}/{name}")) for name in names}
        # For reproducible chance, not for secrets.
        self.links = {name: Link(name, random.Random(f"{self.seed} {name}"), self.now_s) for name in names}  # noqa: S311
        for name in names:
            self.wait(name)

    def wait(self, name: CameraId) -> None:
        self.pacer.wait(waiting(self.all[name], self.links[name]), self.now_s)

    def fail(self, name: CameraId, error: NigohError) -> None:
        self.links[name].failed(error, self.now_s)
        self.wait(name)

    def run(self, seconds: float) -> None:
        end_s = self.now_s + seconds
        while (next_s := self.next_s()) < end_s:
            self.now_s = next_s + LATE_S
            while self.events and self.events[0][0] <= self.now_s:
                _, name, what = heapq.heappop(self.events)
                self.happen(what, name)
            for name in self.pacer.take(self.now_s):
                self.connects.append(self.now_s)
                self.links[name].connect(self.now_s)
                heapq.heappush(self.events, (self.now_s + 0.02, name, "connected"))
        self.now_s = end_s

    def next_s(self) -> float:
        ask_s = self.pacer.next_s(self.now_s)
        return min(np.inf if ask_s is None else ask_s, self.events[0][0] if self.events else np.inf)

    def happen(self, what: str, name: CameraId) -> None:
        link = self.links[name]
        if what == "connected" and not self.is_up:
            self.fail(name, SourceUnavailable("refuses connections"))
        elif what == "connected":
            link.opened(self.now_s)
            self.pacer.reached(NVR, self.now_s)
            heapq.heappush(self.events, (self.now_s + self.chance.random(), name, "picture"))
        elif link.state is LinkState.CONNECTING:
            link.pictured(self.now_s)
            self.decoding_s[name] = self.now_s

    def cut(self) -> None:
        self.is_up = False
        self.events.clear()
        for name, link in self.links.items():
            if link.state in (LinkState.CONNECTING, LinkState.WATCHING):
                self.fail(name, SourceUnavailable("has stopped sending"))


@pytest.mark.parametrize("seed", range(8))
def test_two_hundred_cameras_come_back_in_time_and_without_a_storm(seed: int) -> None:
    farm = SimulatedFarm(seed)
    farm.run(60)
    assert len(farm.decoding_s) == 200
    farm.decoding_s.clear()
    farm.connects.clear()
    farm.cut()
    farm.run(15 + 0.05 * seed)
    assert farm.decoding_s == {}
    farm.is_up = True
    back_s = farm.now_s
    farm.run(40)
    took_s = np.array(sorted(farm.decoding_s.values())) - back_s
    assert len(took_s) == 200
    assert took_s[190 - 1] <= 10
    assert took_s[-1] <= 30
    assert most_within(farm.connects, 1.0) <= 20
    assert {link.state for link in farm.links.values()} == {LinkState.WATCHING}
    assert {link.reconnects for link in farm.links.values()} == {1}


def test_a_restarted_shard_has_its_hundred_cameras_in_about_a_second() -> None:
    farm = SimulatedFarm(1, cameras=100)
    farm.run(0.1)
    assert len(farm.connects) == 100
    farm.run(1.2)
    assert len(farm.decoding_s) == 100
