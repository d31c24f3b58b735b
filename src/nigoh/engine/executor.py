"""What runs shards: in this process, in processes of their own, on other machines."""

from collections.abc import Callable, Sequence
from typing import Protocol

from nigoh.domain.camera import Camera
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import BuildShard, LiveOptions, News

Wake = Callable[[], None]
"""Says, from any thread, that a shard has news or is over. It returns at once."""


class RunningShard(Protocol):
    """A shard that was started. Its owner is one thread; no call but `receive` waits.

    Orders are carried out when the shard is ready, the newest of a kind if it was given several meanwhile. Its first
    pulse says that it is ready, and one follows each second. Sightings come in order and none is lost: a shard whose
    news nobody receives waits. Of live pictures and pulses the newest are kept.
    """

    @property
    def pid(self) -> int:
        """Of the process that it runs in."""
        ...

    @property
    def is_alive(self) -> bool:
        """Whether more news may come. When it is False, all that it told can still be received."""
        ...

    @property
    def failure(self) -> str:
        """Why it is over, one line that is safe to show; "" while it runs, and when it ended because it was asked."""
        ...

    @property
    def crashed(self) -> bool:
        """Whether it is over because of what it was doing, and not because somebody ended it."""
        ...

    def watch(self, cameras: Sequence[Camera]) -> None:
        """See `Shard.watch`."""
        ...

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """See `Shard.show`."""
        ...

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """See `Shard.enrol`. It is done before all that is ordered later."""
        ...

    def tune(self, rule: NamingRule) -> None:
        """See `Shard.tune`. It is done before all that is ordered later but people."""
        ...

    def receive(self, wait_s: float = 0.0) -> list[News]:
        """What it told since; waits so long for something to come."""
        ...

    def end(self) -> None:
        """Ask it to end. Its last news can be received until it is no longer alive."""
        ...

    def kill(self) -> None:
        """End it at once, whatever it does."""
        ...


class Executor(Protocol):
    """Starts shards."""

    def start(self, name: str, build: BuildShard, wake: Wake) -> RunningShard:
        """Start a shard. One that cannot be built is over soon, and its failure says why.

        Raises:
            OSError: the system starts no more processes.
        """
        ...
