"""An executor without processes, for tests under a virtual clock: each shard does what its test says."""

from collections.abc import Mapping, Sequence

from nigoh.domain.camera import Camera
from nigoh.domain.camera_status import CameraCounts, CameraStatus, LinkState, ShardStatus
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.engine.executor import Wake
from nigoh.engine.shard_seam import BuildShard, LiveOptions, News, Pulse


class ScriptedExecutor:
    """Starts shards that wait for their test.

    Attributes:
        runs: all that were started, in order.
        refuses: raised instead of starting one, while set.
    """

    def __init__(self) -> None:
        self.runs: list[ScriptedRun] = []
        self.refuses: OSError | None = None

    def start(self, name: str, build: BuildShard, wake: Wake) -> "ScriptedRun":
        """Start a shard; nothing is built."""
        del build, wake
        if self.refuses is not None:
            raise self.refuses
        self.runs.append(ScriptedRun(name, 1000 + len(self.runs)))
        return self.runs[-1]

    def latest(self, name: str) -> "ScriptedRun":
        """The latest life of the shard of this name."""
        return next(run for run in reversed(self.runs) if run.name == name)

    def alive(self) -> list["ScriptedRun"]:
        """Those that run."""
        return [run for run in self.runs if run.is_alive]


class ScriptedRun:
    """One life of a shard, led by a test.

    Attributes:
        cameras: those that it was last told to watch.
        shown: the cameras that it was told to show.
        people: the names of those whom it knows.
        rule: by which it names faces, None: it was told none.
        knew: those whom it knew when it was first told to watch cameras.
        crashed: see `RunningShard.crashed`.
        was_killed, was_asked_to_end: by the supervisor.
        survives_kill: whether it stays when it is killed, as a process that waits for a dead disk.
    """

    def __init__(self, name: str, pid: int) -> None:
        self.name = name
        self.pid = pid
        self.is_alive = True
        self.failure = ""
        self.crashed = False
        self.cameras: tuple[Camera, ...] = ()
        self.shown: dict[CameraId, LiveOptions] = {}
        self.people: dict[PersonId, str] = {}
        self.rule: NamingRule | None = None
        self.knew: frozenset[str] | None = None
        self.was_killed = False
        self.was_asked_to_end = False
        self.survives_kill = False
        self._news: list[News] = []

    def tell(self, news: News) -> None:
        """Let it tell something."""
        self._news.append(news)

    def pulse(
        self, counts: Mapping[CameraId, CameraCounts] | None = None, *, waiting: int = 0, hangs: str = ""
    ) -> None:
        """Let it tell that all its cameras are watched, with these counts."""
        cameras = tuple(
            CameraStatus(
                camera=camera.name,
                shard=self.name,
                state=LinkState.WATCHING,
                since_unix_s=0.0,
                waiting=waiting,
                counts=(counts or {}).get(camera.name, CameraCounts()),
            )
            for camera in self.cameras
        )
        status = ShardStatus(
            shard=self.name, pid=self.pid, cpu_s=1.0, resident_bytes=1, threads=1, descriptors=1, cameras=cameras
        )
        self.tell(Pulse(status, hangs))

    def crash(self) -> None:
        """Let it end because of what it was doing."""
        self.crashed = True
        self.die("its process was ended by SIGSEGV")

    def die(self, failure: str = "its process was ended by SIGKILL") -> None:
        """Let it be gone."""
        self.is_alive = False
        self.failure = failure

    def watch(self, cameras: Sequence[Camera]) -> None:
        """See `RunningShard`."""
        self.cameras = tuple(cameras)
        if cameras and self.knew is None:
            self.knew = frozenset(self.people.values())

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """See `RunningShard`."""
        if options is None:
            self.shown.pop(camera, None)
        else:
            self.shown[camera] = options

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """See `RunningShard`."""
        for change in changes:
            self.people.pop(change.person, None)
            if change.terms is not None:
                self.people[change.person] = change.terms.name

    def tune(self, rule: NamingRule) -> None:
        """See `RunningShard`."""
        self.rule = rule

    def receive(self, wait_s: float = 0.0) -> list[News]:
        """See `RunningShard`."""
        del wait_s
        news, self._news = self._news, []
        return news

    def end(self) -> None:
        """See `RunningShard`."""
        self.was_asked_to_end = True

    def kill(self) -> None:
        """See `RunningShard`."""
        self.was_killed = True
        if not self.survives_kill:
            self.die()
