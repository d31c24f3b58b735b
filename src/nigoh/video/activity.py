"""Which of a camera's coded pictures are worth decoding.

Nearly all that a camera costs is decoding its keyframes (2 ms at 640x360) and whatever else has to be decoded to see
what stands between two of them (0.3 to 1 ms a picture). So:

- a scene at rest is looked at when the sizes of its pictures rise, at that very picture; where sizes tell nothing,
  at every keyframe, where a small grey copy shows whether anything is new. It is analysed every few seconds in any
  case.
- a scene that moves is analysed `fps` times a second, at keyframes if they come about that often. If they are rarer,
  and sizes tell when somebody comes in, what stands between keyframes is decoded only then.
- a face is followed at `fps`, and at `burst_fps` until it is decided, within limits.
"""

import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum

from nigoh.domain.camera import Mode
from nigoh.domain.camera_status import Activity
from nigoh.domain.region import Regions
from nigoh.video.packet_activity import PacketActivity
from nigoh.video.picture_activity import Luma, PictureActivity, small_luma

__all__ = ["ActivityGate", "Pace", "Wish", "small_luma"]

_EARLY = 0.85
"""A picture comes soon enough after this share of the interval: keyframes do not come to the millisecond."""
_NEAR_KEYFRAMES = 1.4
"""Keyframes serve alone while they come at most this much rarer than pictures are wanted."""
_BURST_S = 2.0
"""How long pictures are wanted at `burst_fps` for a face that stays undecided; a poster shall not cost for ever."""
_BURST_PICTURES = 30
"""How many pictures such bursts may have in a row, as many people come in,"""
_BURST_REFILL = 0.5
"""... and how many more each second: what a face costs at most that is found and lost again and again."""
_OPEN_S = 3.2
"""A track ends when its face was not seen for this long,"""
_LATEST_S = 2.9
"""... so it is to be seen again by then."""
_SETTLED_SHARE = 0.5
"""Who is decided, in a scene where sizes tell, is followed at this share of `fps`: nothing else moves unnoticed."""
_MOVES_S = 2.5
"""A scene moves until nothing has moved for this long."""
_FOLLOWS_S = 2.0
"""How long somebody who came in between keyframes is looked for, until it is taken for nobody."""
_BLIND_S = 2.0
"""Longest time between pictures of a moving scene whose sizes tell nothing."""
_DISTRUST_S = 120.0
"""How long sizes are not trusted after something new was seen that they had not told."""
_SLOW_S = 1.0
"""Sizes may rise so long after something new was seen: at a picture's edge people come in slowly."""
_ENTERS_S = 1.2
"""How long somebody who woke a scene at rest is awaited to show a face, at keyframes, or between rare ones,"""
_ENTERING_FPS = 2.5
"""... and at how many pictures a second."""
_GOPS_MOVE = 1.5
"""... and for as many groups of pictures: a moving scene may be looked at no more often."""
_QUIET_S = 0.3
_NEVER = -1e9
_WAITING = 4


class Wish(Enum):
    """What is to be done with a picture. LOOK: decode it, and analyse it only if it shows something new.

    ANALYSE: decode and analyse it.
    """

    LOOK = "look"
    ANALYSE = "analyse"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, as in `nigoh.domain.camera.Camera`: pictures a second, and seconds."""

    fps: float
    burst_fps: float
    still_s: float


class ActivityGate:
    """Decides for one camera. Any thread may call; its state is behind a lock.

    Attributes:
        activity: what the scene does.
    """

    def __init__(self, camera_mode: Mode, pace: Pace, regions: Regions | None = None) -> None:
        self._mode = camera_mode
        self._pace = pace
        self._pictures = PictureActivity(regions or Regions())
        self._lock = threading.Lock()
        self.begin_anew()

    @property
    def keyframes_serve(self) -> bool:
        """Whether keyframes come about as often as pictures are wanted."""
        return self._gop_s <= _NEAR_KEYFRAMES / self._pace.fps

    def fps_at(self, now_s: float) -> float:
        """Pictures a second that are wanted of a scene in motion."""
        with self._lock:
            return self._fps_at(now_s)

    def begin_anew(self) -> None:
        """Another connection begins: nothing that was seen before counts."""
        with self._lock:
            self.activity = Activity.STILL
            self._packets = PacketActivity()
            self._asked_s = self._analysed_s = self._moved_s = self._face_s = _NEVER
            self._woken_s = self._risen_s = self._distrusted_s = self._burst_s = _NEVER
            self._untold_s: float | None = None
            self._undecided = 0
            self._burst_left = float(_BURST_PICTURES)
            self._keyframe_s: float | None = None
            self._gop_s = 1.0
            self._reference: Luma | None = None
            self._waiting: deque[tuple[float, Luma]] = deque(maxlen=_WAITING)

    def note_unit(self, size_bytes: int, is_keyframe: bool, captured_s: float) -> Wish | None:
        """The next coded picture, in order. Returns what is to be done with it; None: nobody needs it."""
        with self._lock:
            risen = self._packets.note(size_bytes, is_keyframe=is_keyframe)
            if risen:
                self._risen_s, self._untold_s = captured_s, None
            elif self._untold_s is not None and captured_s - self._untold_s > _SLOW_S:
                self._distrusted_s, self._untold_s = captured_s, None
            self._note_distance(captured_s, is_keyframe=is_keyframe)
            wish = self._wish(captured_s, is_keyframe=is_keyframe, risen=risen)
            if wish is not None:
                self._asked_s = captured_s
            return wish

    def note_picture(self, luma: Luma, captured_s: float) -> bool:
        """A decoded picture that was wished for. Returns whether it shows anything new and is to be analysed.

        Args:
            luma: the picture, as `small_luma` makes it.
            captured_s: when it was taken.
        """
        with self._lock:
            changed = self._pictures.differs(luma, self._reference)
            if changed:
                told = captured_s - self._risen_s < self._gop_s + _SLOW_S
                if self._reference is not None and self._packets.tells and not told and not self._moves(captured_s):
                    self._untold_s = captured_s
                self._moved_s = captured_s
            elif self.activity is Activity.STILL:
                self._packets.accept()
            self._waiting.append((captured_s, luma))
            return changed

    def note_analysed(self, faces: int, undecided: int, captured_s: float) -> None:
        """A picture was analysed: how many faces it shows, and how many of them have no settled decision yet."""
        with self._lock:
            for waiting_s, luma in self._waiting:
                if waiting_s == captured_s:
                    self._reference = luma
            self._analysed_s = captured_s
            if faces:
                self._face_s = captured_s
            elif self._is_quiet(captured_s):
                # Who was there has left, and the sizes say that nothing else moves.
                self._face_s = self._moved_s = _NEVER
            elif captured_s - self._woken_s > _FOLLOWS_S:
                self._packets.accept()
            if undecided > self._undecided:
                refilled = _BURST_REFILL * (captured_s - self._burst_s)
                self._burst_left = min(self._burst_left + refilled, _BURST_PICTURES)
                self._burst_s = captured_s
            self._undecided = undecided
            self._burst_left -= self._bursts(captured_s)

    def _note_distance(self, now_s: float, *, is_keyframe: bool) -> None:
        """How far keyframes are apart; that a camera sends no more of them is noticed while waiting for one."""
        if self._keyframe_s is not None and (is_keyframe or now_s - self._keyframe_s > self._gop_s):
            self._gop_s = now_s - self._keyframe_s
        if is_keyframe:
            self._keyframe_s = now_s

    def _bursts(self, now_s: float) -> bool:
        return self._undecided > 0 and self._burst_left >= 1 and now_s - self._burst_s < _BURST_S

    def _wish(self, now_s: float, *, is_keyframe: bool, risen: bool) -> Wish | None:
        self.activity = self._activity_at(now_s)
        if self._mode is Mode.KEYFRAMES:
            return self._paced(now_s, self._pace.fps) if is_keyframe else None
        if self._mode is Mode.FULL or self._bursts(now_s):
            return self._paced(now_s, self._pace.burst_fps)
        if self.activity is Activity.STILL:
            return self._wish_at_rest(now_s, is_keyframe=is_keyframe, risen=risen)
        return self._wish_in_motion(now_s, is_keyframe=is_keyframe)

    def _paced(self, now_s: float, fps: float) -> Wish | None:
        return Wish.ANALYSE if now_s - self._asked_s >= _EARLY / fps else None

    def _wish_in_motion(self, now_s: float, *, is_keyframe: bool) -> Wish | None:
        pace, waited_s = self._pace, now_s - self._asked_s
        awaits_face = now_s - self._woken_s < _ENTERS_S and self._face_s < self._woken_s
        if awaits_face and (is_keyframe or not self.keyframes_serve):
            return self._paced(now_s, max(_ENTERING_FPS, pace.fps))
        fps = self._fps_at(now_s)
        # A keyframe rather too early than the next one too late: the track would be torn.
        if is_keyframe and self.activity is Activity.FACE and waited_s + self._gop_s > _LATEST_S:
            return Wish.ANALYSE
        if is_keyframe or waited_s < _EARLY / fps:
            return self._paced(now_s, fps)
        return Wish.ANALYSE if self._is_between_needed(now_s, waited_s) else None

    def _wish_at_rest(self, now_s: float, *, is_keyframe: bool, risen: bool) -> Wish | None:
        pace, waited_s = self._pace, now_s - self._asked_s
        if risen and self._packets.tells:
            if waited_s < _EARLY / pace.burst_fps:
                return None
            self._woken_s = now_s
            return Wish.LOOK
        if waited_s < _EARLY / pace.fps:
            return None
        # A keyframe is far cheaper than what comes after it: rather one that is a little early.
        if now_s - self._analysed_s >= pace.still_s - (self._gop_s / 2 if is_keyframe else 0):
            return Wish.ANALYSE
        if self._trusts_sizes(now_s) and not self._packets.stands_out:
            return None
        return Wish.LOOK if is_keyframe or waited_s >= min(_BLIND_S, pace.still_s) else None

    def _fps_at(self, now_s: float) -> float:
        return self._pace.fps * (_SETTLED_SHARE if self._is_settled(now_s) else 1.0)

    def _is_between_needed(self, now_s: float, waited_s: float) -> bool:
        """Whether a moving scene is to be analysed at a picture that is no keyframe."""
        if self.keyframes_serve:
            return False
        if self.activity is Activity.FACE:
            return True
        if not self._packets.tells_crowds:
            return waited_s >= min(_BLIND_S, self._pace.still_s)
        if now_s - self._woken_s > _FOLLOWS_S and self._packets.is_crowd_risen():
            self._woken_s = now_s
        return now_s - self._woken_s <= _FOLLOWS_S

    def _activity_at(self, now_s: float) -> Activity:
        if now_s - self._face_s < _OPEN_S:
            return Activity.FACE
        return Activity.MOVING if self._moves(now_s) else Activity.STILL

    def _moves(self, now_s: float) -> bool:
        return now_s - self._moved_s < max(_MOVES_S, _GOPS_MOVE * self._gop_s)

    def _is_settled(self, now_s: float) -> bool:
        return self.activity is Activity.FACE and not self._undecided and self._trusts_sizes(now_s)

    def _trusts_sizes(self, now_s: float) -> bool:
        return self._packets.tells and now_s - self._distrusted_s > _DISTRUST_S

    def _is_quiet(self, now_s: float) -> bool:
        return self._trusts_sizes(now_s) and now_s - self._risen_s > _QUIET_S
