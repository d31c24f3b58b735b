"""One camera's connection as its user sees it: what state it is in, why, and when it is tried again."""

import random
from dataclasses import dataclass

from nigoh.domain.camera_status import LinkState
from nigoh.errors import NigohError, Retryable, SourceUnavailable

_LONGEST_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPolicy:
    """How a lost camera is tried again. It is never given up.

    The wait doubles from failure to failure; what is really waited lies between half of it and all of it, by chance,
    so that cameras that were lost together do not come back together.

    Attributes:
        retry_s, most_retry_s: first and longest wait after a failure that may pass by itself.
        refusal_s, most_refusal_s: the same where the camera refuses: a wrong password, no such stream. These waits
            are long, as cameras lock who tries a wrong password too often.
        steady_s: a camera that was watched so long begins with the first wait again. One that flaps does not.
        first_keyframe_s: how long a camera may take from the connection's begin to its first keyframe. One that took
            longer gets twice the time in the next try, up to a minute: some send keyframes rarely.
        blind_s: how long decoding may fail at a stretch.
    """

    retry_s: float = 1.0
    most_retry_s: float = 10.0
    refusal_s: float = 10.0
    most_refusal_s: float = 60.0
    steady_s: float = 10.0
    first_keyframe_s: float = 11.0
    blind_s: float = 15.0

    def wait_s(self, error: NigohError, failures: int) -> float:
        """The wait after so many failures in a row (from 1), before chance."""
        passes = isinstance(error, Retryable)
        first_s, most_s = (self.retry_s, self.most_retry_s) if passes else (self.refusal_s, self.most_refusal_s)
        # Beyond 2^20 nothing changes any more, and floats end.
        return min(first_s * 2.0 ** min(failures - 1, 20), most_s)


class Link:
    """The state of one camera's connection. Owned by whoever connects it; one thread at a time.

    Its owner tells what happens and asks `tick` from time to time; an event that does not fit the state is one of an
    earlier connection, and is passed over. All times are monotonic seconds.

    Attributes:
        state: where it is.
        reason, next_step: why, and what helps; "" while all is well.
        since_s: since when it is in this state.
        next_try_s: when it is to be tried again, only while RETRYING.
        reconnects: connections that came about, after the first.
        failures: failures in a row.
        unreachable: its last try ended before the camera answered: its host may be gone for all of its cameras.
    """

    def __init__(self, camera: str, jitter: random.Random, now_s: float, policy: LinkPolicy | None = None) -> None:
        """A camera that has not been tried yet.

        Args:
            camera: what messages call it: safe to show.
            jitter: where chance comes from.
            now_s: the time.
            policy: how it is tried again.
        """
        self._camera = camera
        self._jitter = jitter
        self._policy = policy or LinkPolicy()
        self.state: LinkState = LinkState.IDLE
        self.reason = self.next_step = ""
        self.since_s = now_s
        self.next_try_s: float | None = None
        self.reconnects = 0
        self.failures = 0
        self.unreachable = False
        self._connections = 0
        self._patience_s = self._policy.first_keyframe_s
        self._is_open = self._has_keyframe = False
        self._blind_since_s: float | None = None

    def should_connect(self, now_s: float) -> bool:
        """Whether it is time to connect."""
        return self.state is LinkState.IDLE or (self.next_try_s is not None and now_s >= self.next_try_s)

    def connect(self, now_s: float) -> None:
        """It is being connected; also before its time, when its host is known to be back."""
        if self.state in (LinkState.IDLE, LinkState.RETRYING):
            # The reason of the last failure stands until a picture shows that it is gone.
            self._enter(LinkState.CONNECTING, now_s, self.reason, self.next_step)

    def opened(self, now_s: float) -> None:
        """The camera has answered, and is to send."""
        del now_s
        if self.state is LinkState.CONNECTING and not self._is_open:
            self._is_open = True
            self.unreachable = False
            self.reconnects += self._connections > 0
            self._connections += 1

    def keyframe(self) -> None:
        """A picture has come that decoding can begin with. To be told once a connection, or as often as one likes."""
        self._has_keyframe = True

    def pictured(self, now_s: float) -> None:
        """A picture was decoded."""
        self._blind_since_s = None
        if self.state is LinkState.CONNECTING:
            self._patience_s = self._policy.first_keyframe_s
            self._enter(LinkState.WATCHING, now_s)

    def missed(self, now_s: float) -> None:
        """A picture was wanted, and nothing could be decoded: damaged, or nothing left to decode it from."""
        # Before the first keyframe nothing can be: for that there is another limit.
        may_see = self.state is LinkState.WATCHING or (self.state is LinkState.CONNECTING and self._has_keyframe)
        if may_see and self._blind_since_s is None:
            self._blind_since_s = now_s

    def failed(self, error: NigohError, now_s: float) -> None:
        """The connection is over, or did not come about."""
        if self.state not in (LinkState.CONNECTING, LinkState.WATCHING):
            return
        if self.state is LinkState.WATCHING and now_s - self.since_s >= self._policy.steady_s:
            self.failures = 0
        self.failures += 1
        self.unreachable = not self._is_open and isinstance(error, Retryable)
        self._enter(LinkState.RETRYING, now_s, error.what, error.next_step)
        self.next_try_s = now_s + self._policy.wait_s(error, self.failures) * self._jitter.uniform(0.5, 1.0)

    def tick(self, now_s: float) -> NigohError | None:
        """What the camera has failed to do in time, if anything. The link is RETRYING then; close its stream."""
        error = self._overdue(now_s)
        if error is not None:
            self.failed(error, now_s)
        return error

    def rest(self, now_s: float) -> None:
        """It is not to be watched now; its stream is to be closed."""
        if self.state is not LinkState.RESTING:
            self._enter(LinkState.RESTING, now_s, "its schedule says not now")

    def wake(self, now_s: float) -> None:
        """It is to be watched again, as if it had never failed."""
        if self.state is LinkState.RESTING:
            self.failures = 0
            self.unreachable = False
            self._enter(LinkState.IDLE, now_s)

    def _overdue(self, now_s: float) -> NigohError | None:
        if self.state not in (LinkState.CONNECTING, LinkState.WATCHING):
            return None
        if self._blind_since_s is not None and now_s - self._blind_since_s >= self._policy.blind_s:
            return SourceUnavailable(f"{self._camera} sends nothing that can be decoded", "Restart the camera.")
        if self._has_keyframe or self.state is LinkState.WATCHING or now_s - self.since_s < self._patience_s:
            return None
        if not self._is_open:
            return SourceUnavailable(f"{self._camera} does not answer", "Check the camera and its network.")
        waited_s = self._patience_s
        self._patience_s = min(2 * waited_s, _LONGEST_PATIENCE_S)
        return SourceUnavailable(
            f"{self._camera} has sent no keyframe in {waited_s:g} s", "Let the camera send keyframes more often."
        )

    def _enter(self, state: LinkState, now_s: float, reason: str = "", next_step: str = "") -> None:
        self.state, self.since_s = state, now_s
        self.reason, self.next_step = reason, next_step
        self.next_try_s = None
        if state is not LinkState.WATCHING:
            self._forget()

    def _forget(self) -> None:
        """What is known of the connection at hand."""
        self._is_open = self._has_keyframe = False
        self._blind_since_s = None
