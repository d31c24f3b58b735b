"""The supervisor under a virtual clock: shards that die, hang, flap, and what their cameras and counts come to."""

from collections.abc import Callable, Mapping

import pytest

from nigoh.domain.camera import Camera
from nigoh.domain.camera_status import CameraCounts, CameraStatus, Drop, LinkState
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.people import PersonTerms
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.engine.camera_counts import add_counts, has_begun_anew
from nigoh.engine.kept_shard import SupervisionPolicy
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.engine.supervisor import CameraChange, EngineNews, Staffing, Supervisor
from nigoh.testing.scripted_executor import ScriptedExecutor, ScriptedRun
from nigoh.testing.scripted_shard import ScriptedShards

POLICY = SupervisionPolicy()
WALL_S = 1_700_000_000.0


def camera(number: int, fps: float = 1.0) -> Camera:
    return Camera(name=CameraId(f"camera-{number}"), url=CameraUrl("rtsp://10.0.0.5/stream"), fps=fps)


def killed(run: ScriptedRun) -> bool:
    return run.was_killed


class Bench:
    """A supervisor, its shards and its clock."""

    def __init__(self, cameras: int = 4, shards: int = 2) -> None:
        self.executor = ScriptedExecutor()
        self.told: list[EngineNews] = []
        self.now_s = 100.0
        self.fails: Callable[[], None] = lambda: None
        self.decoded: list[str] = []
        staffing = Staffing(
            executor=self.executor,
            build=ScriptedShards(),
            choose=lambda count: min(shards, count),
            policy=POLICY,
            decoded=lambda _shard: [CameraId(name) for name in self.decoded],
        )
        self.supervisor = Supervisor(staffing, self._take, lambda: None, wall_clock=lambda: WALL_S + self.now_s)
        self.supervisor.watch([camera(number) for number in range(cameras)])
        self.step()

    def _take(self, news: EngineNews) -> None:
        self.told.append(news)
        self.fails()

    def step(self, seconds: float = 0.0) -> None:
        self.now_s += seconds
        self.supervisor.step(self.now_s)

    def live(self, seconds: float, but: str = "") -> None:
        """So long all shards give pulses, but one."""
        for _ in range(int(seconds)):
            for run in self.executor.alive():
                if run.name != but:
                    run.pulse()
            self.step(1.0)

    def kill(self, name: str) -> None:
        self.executor.latest(name).die()
        self.step()

    def run(self, name: str) -> ScriptedRun:
        return self.executor.latest(name)

    def state(self) -> Mapping[CameraId, CameraStatus]:
        return {each.camera: each for shard in self.supervisor.status().shards for each in shard.cameras}

    def counts(self, number: int) -> CameraCounts:
        return self.state()[CameraId(f"camera-{number}")].counts

    def homes(self) -> dict[str, list[str]]:
        return {run.name: [each.name for each in run.cameras] for run in self.executor.alive()}

    def watched(self) -> list[str]:
        return [camera for cameras in self.homes().values() for camera in cameras]

    def changes(self, number: int) -> list[LinkState]:
        name = f"camera-{number}"
        return [
            news.status.state for news in self.told if isinstance(news, CameraChange) and news.status.camera == name
        ]


def test_cameras_are_spread_over_the_shards_and_each_state_is_told_once() -> None:
    bench = Bench()
    assert sorted(len(cameras) for cameras in bench.homes().values()) == [2, 2]
    assert {status.state for status in bench.state().values()} == {LinkState.IDLE}
    bench.live(5)
    assert {status.state for status in bench.state().values()} == {LinkState.WATCHING}
    assert bench.changes(0) == [LinkState.IDLE, LinkState.WATCHING]


def test_a_dead_shard_is_replaced_in_the_same_step_and_its_cameras_are_lost_until_then() -> None:
    bench = Bench()
    bench.live(2)
    mine = bench.homes()["shard-1"]
    bench.kill("shard-1")
    assert len(bench.executor.runs) == 3
    assert [each.name for each in bench.run("shard-1").cameras] == mine
    lost = bench.state()[CameraId(mine[0])]
    assert (lost.state, lost.reason) == (LinkState.LOST, "shard-1: its process was ended by SIGKILL")
    assert lost.since_unix_s == WALL_S + bench.now_s
    bench.live(2)
    assert bench.state()[CameraId(mine[0])].state is LinkState.WATCHING
    assert bench.changes(int(mine[0][-1])) == [
        LinkState.IDLE,
        LinkState.WATCHING,
        LinkState.LOST,
        LinkState.WATCHING,
    ]
    assert [shard.restarts for shard in bench.supervisor.status().shards] == [1, 0]


def test_the_other_shard_does_not_notice() -> None:
    bench = Bench()
    bench.live(2)
    other = bench.run("shard-2")
    bench.kill("shard-1")
    bench.live(10)
    assert bench.run("shard-2") is other
    assert other.is_alive


def test_a_silent_shard_is_killed_and_replaced() -> None:
    bench = Bench()
    bench.live(3)
    silent = bench.run("shard-1")
    bench.live(POLICY.silence_s, but="shard-1")
    assert not killed(silent)
    bench.live(2, but="shard-1")
    assert killed(silent)
    bench.step()
    assert bench.run("shard-1") is not silent
    name = silent.cameras[0].name
    assert bench.state()[name].reason == "shard-1: no sign of life for 10 s"


def test_a_shard_that_hangs_for_long_is_killed_and_one_that_recovers_is_not() -> None:
    bench = Bench()
    bench.live(2)
    run = bench.run("shard-1")
    run.pulse(hangs="the decoder waits")
    bench.step(1)
    run.pulse()
    bench.live(8)
    assert not killed(run)
    for _ in range(6):
        if run.is_alive:
            run.pulse(hangs="the decoder waits")
        bench.live(1, but="shard-1")
    assert killed(run)
    assert bench.state()[run.cameras[0].name].reason == "shard-1: it hangs: the decoder waits"


def test_a_shard_that_is_never_ready_is_replaced() -> None:
    bench = Bench()
    run = bench.run("shard-1")
    bench.live(POLICY.start_patience_s - 1, but="shard-1")
    assert not killed(run)
    bench.live(3, but="shard-1")
    assert killed(run)


def test_a_process_that_not_even_a_kill_ends_is_left_behind() -> None:
    bench = Bench()
    bench.live(1)
    run = bench.run("shard-1")
    run.survives_kill = True
    bench.live(POLICY.silence_s + POLICY.kill_patience_s + 4, but="shard-1")
    assert run.is_alive
    assert bench.run("shard-1") is not run
    bench.run("shard-1").pulse()
    bench.step(1)
    assert bench.state()[run.cameras[0].name].state is LinkState.WATCHING


def test_a_supervisor_that_was_held_up_blames_nobody() -> None:
    bench = Bench()
    bench.live(3)
    bench.step(600)
    bench.live(5)
    assert not any(run.was_killed for run in bench.executor.runs)


def test_a_shard_that_keeps_dying_rests_and_its_cameras_move_and_come_back() -> None:
    bench = Bench()
    bench.live(2)
    for _ in range(3):
        bench.kill("shard-1")
        bench.live(2)
    assert set(bench.homes()) == {"shard-2"}
    assert len(bench.homes()["shard-2"]) == 4
    assert {status.state for status in bench.state().values()} == {LinkState.WATCHING}
    bench.live(POLICY.first_rest_s)
    assert bench.homes()["shard-1"] == []
    bench.live(POLICY.probation_s + 2)
    assert sorted(len(cameras) for cameras in bench.homes().values()) == [2, 2]
    bench.live(2)
    assert {status.state for status in bench.state().values()} == {LinkState.WATCHING}


def test_rests_grow_to_their_limit_and_say_when_they_end() -> None:
    bench = Bench(cameras=1, shards=1)
    waits = []
    for _ in range(12):
        bench.kill("shard-1")
        status = bench.state()[CameraId("camera-0")]
        waits.append((status.next_try_unix_s or WALL_S + bench.now_s) - WALL_S - bench.now_s)
        assert status.state is LinkState.LOST
        for _ in range(400):
            bench.step(1)
            if bench.executor.alive():
                break
    assert waits[:6] == pytest.approx([0, 0, 10, 20, 40, 80])
    assert waits[-1] == pytest.approx(POLICY.most_rest_s)


def test_with_no_shard_left_cameras_stay_and_are_lost() -> None:
    bench = Bench(cameras=2, shards=1)
    for _ in range(3):
        bench.kill("shard-1")
    assert {status.state for status in bench.state().values()} == {LinkState.LOST}
    bench.live(POLICY.first_rest_s + 2)
    assert {status.state for status in bench.state().values()} == {LinkState.WATCHING}


def test_a_system_that_starts_no_process_is_tried_again() -> None:
    bench = Bench(cameras=1, shards=1)
    bench.executor.refuses = OSError(11, "Resource temporarily unavailable")
    bench.kill("shard-1")
    assert "cannot be started" in bench.state()[CameraId("camera-0")].reason
    bench.executor.refuses = None
    bench.live(40)
    assert bench.state()[CameraId("camera-0")].state is LinkState.WATCHING


def test_counts_go_on_after_a_death_and_what_was_on_its_way_is_counted_as_lost() -> None:
    bench = Bench(cameras=1, shards=1)
    name = CameraId("camera-0")
    bench.run("shard-1").pulse({name: CameraCounts(offered=10, analysed=7, latency_sum_s=1.5)}, waiting=3)
    bench.step(1)
    bench.kill("shard-1")
    assert bench.counts(0).offered == 10
    assert bench.counts(0).drops == {Drop.DISCONNECTED: 3}
    bench.run("shard-1").pulse({name: CameraCounts(offered=2, analysed=2, drops={Drop.NEWER: 1})})
    bench.step(1)
    counts = bench.counts(0)
    assert (counts.offered, counts.analysed, counts.latency_sum_s) == (12, 9, 1.5)
    assert counts.drops == {Drop.DISCONNECTED: 3, Drop.NEWER: 1}


def test_counts_go_on_when_a_camera_begins_anew_or_moves() -> None:
    bench = Bench(cameras=2, shards=2)
    homes = {cameras[0]: bench.run(shard) for shard, cameras in bench.homes().items()}
    name = CameraId("camera-0")
    seen = []
    for received in (5, 8, 2, 3):
        homes[name].pulse({name: CameraCounts(received=received)})
        bench.step(1)
        seen.append(bench.counts(0).received)
    assert seen == [5, 8, 10, 11]
    for _ in range(3):
        bench.kill(homes[name].name)
    assert bench.counts(0).received == 11
    (other,) = bench.executor.alive()
    other.pulse({name: CameraCounts(received=1)})
    bench.step(1)
    assert bench.counts(0).received == 12


def test_all_counts_are_added() -> None:
    first = CameraCounts(packets=1, drops={Drop.NEWER: 1}, latency=(1,) * 13, latency_sum_s=0.5)
    second = CameraCounts(packets=2, late_dropped=4, drops={Drop.OVERLOAD: 2}, latency=(2,) * 13, latency_sum_s=1.0)
    both = add_counts(first, second)
    assert both == CameraCounts(
        packets=3,
        late_dropped=4,
        drops={Drop.NEWER: 1, Drop.OVERLOAD: 2},
        latency=(3,) * 13,
        latency_sum_s=1.5,
    )
    assert add_counts(CameraCounts(), both) == both
    assert has_begun_anew(both, first)
    assert has_begun_anew(CameraCounts(drops={Drop.NEWER: 1}), CameraCounts(packets=5))
    assert not has_begun_anew(first, both)


def test_cameras_come_go_and_change_while_it_runs() -> None:
    bench = Bench(cameras=2, shards=2)
    bench.live(2)
    bench.supervisor.watch([camera(1, fps=3.0), camera(2)])
    bench.live(2)
    watched = {each for run in bench.executor.alive() for each in run.cameras}
    assert watched == {camera(1, fps=3.0), camera(2)}
    assert set(bench.state()) == {"camera-1", "camera-2"}


def test_shards_come_and_go_with_the_cameras() -> None:
    bench = Bench(cameras=0, shards=2)
    assert bench.executor.runs == []
    bench.supervisor.watch([camera(0), camera(1)])
    bench.live(2)
    assert len(bench.executor.alive()) == 2
    bench.supervisor.watch([camera(0)])
    bench.live(1)
    leaving = bench.run("shard-2")
    assert leaving.was_asked_to_end
    leaving.tell(LivePicture(CameraId("camera-0"), b"last", 1.0))
    leaving.die("")
    bench.live(2)
    assert LivePicture(CameraId("camera-0"), b"last", 1.0) in bench.told
    assert [run.name for run in bench.executor.alive()] == ["shard-1"]
    assert set(bench.state()) == {"camera-0"}


def test_a_shown_camera_is_shown_by_the_next_life_and_the_next_shard() -> None:
    bench = Bench(cameras=2, shards=2)
    options = LiveOptions(long_side_px=320)
    name = CameraId("camera-0")
    home = next(run for run in bench.executor.alive() if run.cameras[0].name == name)
    assert bench.supervisor.show(name, options)
    assert home.shown == {name: options}
    bench.kill(home.name)
    assert bench.run(home.name).shown == {name: options}
    bench.kill(home.name)
    bench.kill(home.name)
    (other,) = bench.executor.alive()
    assert other.shown == {name: options}
    assert bench.supervisor.show(name, None)
    assert other.shown == {}
    assert not bench.supervisor.show(CameraId("nowhere"), options)


def person(name: str) -> GalleryChange:
    return GalleryChange(person=PersonId(name.lower()), terms=PersonTerms(person=PersonId(name.lower()), name=name))


def test_changed_people_are_told_to_all_shards_and_all_of_them_to_one_that_starts_before_its_cameras() -> None:
    bench = Bench()
    bench.supervisor.enrol([person("Anna"), person("Bek")])
    bench.supervisor.enrol([person("Carl"), GalleryChange(person=PersonId("anna"), terms=None)])
    for run in bench.executor.alive():
        assert set(run.people.values()) == {"Bek", "Carl"}
        assert run.knew == frozenset()
    bench.kill("shard-1")
    assert bench.run("shard-1").knew == frozenset({"Bek", "Carl"})
    assert bench.supervisor.name_of("carl") == "Carl"
    assert bench.supervisor.name_of("anna") == "anna"


def test_a_rule_of_naming_reaches_all_shards_and_those_that_start_later() -> None:
    bench = Bench(cameras=1)
    assert bench.run("shard-1").rule is None
    rule = NamingRule(threshold=0.5)
    bench.supervisor.tune(rule)
    bench.supervisor.watch([camera(number) for number in range(4)])
    bench.step()
    assert [run.rule for run in bench.executor.alive()] == [rule, rule]
    bench.kill("shard-1")
    assert bench.run("shard-1").rule == rule


def test_what_a_dead_shard_told_is_still_passed_on() -> None:
    bench = Bench()
    picture = LivePicture(CameraId("camera-0"), b"jpeg", 1.0)
    bench.run("shard-1").tell(picture)
    bench.kill("shard-1")
    assert picture in bench.told


def test_whoever_cannot_take_one_word_gets_the_next(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()

    def fail() -> None:
        raise RuntimeError("cannot")

    bench.fails = fail
    bench.live(3)
    assert bench.changes(0) == [LinkState.IDLE, LinkState.WATCHING]
    assert any(vars(record).get("camera") == "camera-0" for record in caplog.records)


def test_it_ends_when_all_have_ended_and_kills_who_does_not() -> None:
    bench = Bench()
    bench.live(2)
    bench.supervisor.end()
    bench.step(1)
    first, second = bench.run("shard-1"), bench.run("shard-2")
    assert first.was_asked_to_end
    assert second.was_asked_to_end
    first.die("")
    bench.step(1)
    assert [bench.supervisor.is_over] == [False]
    for _ in range(int(POLICY.end_patience_s) + 1):
        bench.step(1)
    assert killed(second)
    bench.step(1)
    assert bench.supervisor.is_over
    assert len(bench.executor.runs) == 2


def test_it_ends_when_nothing_runs() -> None:
    bench = Bench(cameras=1, shards=1)
    for _ in range(3):
        bench.kill("shard-1")
    bench.supervisor.end()
    bench.step(100)
    assert bench.supervisor.is_over
    assert bench.executor.alive() == []


def crash(bench: Bench, decoded: str) -> None:
    """Whatever shard has this camera crashes while it decodes it."""
    shard = next((name for name, cameras in bench.homes().items() if decoded in cameras), "shard-1")
    bench.decoded = [decoded]
    bench.executor.latest(shard).crash()
    bench.step()


def test_a_camera_that_was_decoded_at_three_crashes_is_left_alone_and_the_others_live_on() -> None:
    bench = Bench()
    bench.live(2)
    for _ in range(3):
        assert "camera-1" in bench.watched()
        crash(bench, "camera-1")
        bench.live(30)
    poisoned = bench.state()[CameraId("camera-1")]
    assert poisoned.state is LinkState.LOST
    assert "has ended the engine's processes" in poisoned.reason
    assert poisoned.next_try_unix_s is not None
    others = [CameraId(f"camera-{number}") for number in (0, 2, 3)]
    assert [bench.state()[name].state for name in others] == [LinkState.WATCHING] * 3
    assert sorted(bench.watched()) == sorted(others)


def test_who_is_left_alone_is_tried_again_and_for_twice_as_long_after_the_next_crashes() -> None:
    bench = Bench()
    bench.live(2)
    waits = []
    for _ in range(2):
        for _ in range(3):
            crash(bench, "camera-1")
            bench.live(30)
        waited = 0
        while "camera-1" not in bench.watched():
            bench.live(10)
            waited += 10
        waits.append(waited)
        bench.live(120)
        assert bench.state()[CameraId("camera-1")].state is LinkState.WATCHING
    assert waits[1] > 1.8 * waits[0] > 900


def test_nobody_is_blamed_for_a_shard_that_somebody_has_killed() -> None:
    bench = Bench()
    bench.live(2)
    for _ in range(6):
        bench.decoded = ["camera-1"]
        bench.executor.latest("shard-1").die()
        bench.step()
        bench.live(30)
    assert bench.state()[CameraId("camera-1")].state is LinkState.WATCHING


def test_what_hangs_in_a_decoder_is_blamed_like_a_crash() -> None:
    bench = Bench()
    bench.live(2)
    for _ in range(3):
        home = next(name for name, cameras in bench.homes().items() if "camera-1" in cameras)
        bench.decoded = ["camera-1"]
        hanging = bench.executor.latest(home)
        while hanging.is_alive:
            for run in bench.executor.alive():
                run.pulse(hangs="a decoder thread does not come back" if run is hanging else "")
            bench.step(1.0)
        bench.live(30)
    assert bench.state()[CameraId("camera-1")].state is LinkState.LOST


def test_a_camera_that_is_taken_away_and_given_back_is_no_longer_suspected() -> None:
    bench = Bench()
    bench.live(2)
    for _ in range(3):
        crash(bench, "camera-1")
        bench.live(30)
    bench.supervisor.watch([camera(number) for number in (0, 2, 3)])
    bench.step()
    bench.supervisor.watch([camera(number) for number in range(4)])
    bench.live(5)
    assert bench.state()[CameraId("camera-1")].state is LinkState.WATCHING
