"""When cameras' connections came and went is remembered, bounded, and not for cameras that are gone."""

from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState, ShardStatus
from nigoh.domain.sighting import CameraId
from nigoh.office.link_history import LinkHistory

GATE, DOOR = CameraId("gate"), CameraId("door")


def engine(*cameras: CameraStatus) -> EngineStatus:
    shard = ShardStatus(shard="s", pid=1, cpu_s=0, resident_bytes=0, threads=1, descriptors=1, cameras=cameras)
    return EngineStatus(unix_s=0, started_unix_s=0, pid=1, cpu_s=0, resident_bytes=0, shards=(shard,))


def camera(state: LinkState, since: float, reason: str = "", name: CameraId = GATE) -> CameraStatus:
    return CameraStatus(camera=name, shard="s", state=state, since_unix_s=since, reason=reason)


def test_changes_are_told_the_newest_first_with_their_reasons() -> None:
    history = LinkHistory()
    for status in (
        camera(LinkState.WATCHING, 1),
        camera(LinkState.WATCHING, 1),
        camera(LinkState.RETRYING, 5, "refuses connections"),
        camera(LinkState.RETRYING, 7, "does not answer"),
        camera(LinkState.WATCHING, 9),
    ):
        history.look(engine(status))
    told = [(each.state, each.unix_s, each.reason) for each in history.of(GATE)]
    assert told == [
        (LinkState.WATCHING, 9, ""),
        (LinkState.RETRYING, 5, "does not answer"),
        (LinkState.WATCHING, 1, ""),
    ]
    assert history.of(DOOR) == ()


def test_only_so_many_are_kept_and_none_of_a_camera_that_is_gone() -> None:
    history = LinkHistory(most=3)
    for second in range(10):
        state = LinkState.WATCHING if second % 2 else LinkState.RETRYING
        history.look(engine(camera(state, second), camera(LinkState.WATCHING, 0, name=DOOR)))
    assert [each.unix_s for each in history.of(GATE)] == [9, 8, 7]
    history.look(engine(camera(LinkState.WATCHING, 0, name=DOOR)))
    assert history.of(GATE) == ()
    assert len(history.of(DOOR)) == 1
