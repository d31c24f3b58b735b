"""The counts of a camera over several lives: of its shards, and of its place on them."""

from dataclasses import fields, replace

from nigoh.domain.camera_status import CameraCounts, CameraStatus, Drop

_NUMBERS = tuple(each.name for each in fields(CameraCounts) if each.name not in ("drops", "latency"))


def add_counts(first: CameraCounts, second: CameraCounts) -> CameraCounts:
    """Both together."""
    return CameraCounts(
        **{name: getattr(first, name) + getattr(second, name) for name in _NUMBERS},
        drops={
            cause: first.drops.get(cause, 0) + second.drops.get(cause, 0) for cause in {**first.drops, **second.drops}
        },
        latency=tuple(one + other for one, other in zip(first.latency, second.latency, strict=True)),
    )


def has_begun_anew(before: CameraCounts, now: CameraCounts) -> bool:
    """Whether counts that only grow have become smaller: whoever counts has started from zero."""
    return any(getattr(now, name) < getattr(before, name) for name in _NUMBERS) or any(
        now.drops.get(cause, 0) < count for cause, count in before.drops.items()
    )


def settled_counts(status: CameraStatus) -> CameraCounts:
    """The counts of a watch that is over: the frames and faces that were on their way are gone with it."""
    counts = replace(status.counts, late_dropped=status.counts.deferred - status.counts.embedded_late)
    if not status.waiting:
        return counts
    lost = counts.drops.get(Drop.DISCONNECTED, 0) + status.waiting
    return replace(counts, drops={**counts.drops, Drop.DISCONNECTED: lost})


class CountBook:
    """Counts of one camera that never run backwards. Owner: the supervisor."""

    def __init__(self) -> None:
        self._past = CameraCounts()
        self._latest: CameraStatus | None = None

    @property
    def total(self) -> CameraCounts:
        """Of all lives, what was on its way when the latest was seen not yet counted."""
        return add_counts(self._past, self._latest.counts) if self._latest else self._past

    def take(self, status: CameraStatus) -> None:
        """Whoever watches it says how it is."""
        if self._latest is not None and has_begun_anew(self._latest.counts, status.counts):
            self.close()
        self._latest = status

    def close(self) -> None:
        """Nobody watches it any more; whoever does next counts from zero."""
        if self._latest is not None:
            self._past = add_counts(self._past, settled_counts(self._latest))
            self._latest = None
