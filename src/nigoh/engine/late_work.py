"""Faces put aside by the analysis, and embedded when it has nothing else to do."""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from nigoh.domain.late_face import LateFace
from nigoh.domain.sighting import Candidate, to_box
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.camera_feed import CameraFeed
from nigoh.engine.camera_trail import encode_jpeg
from nigoh.engine.camera_watch import PendingFrame, WatchPolicy
from nigoh.engine.clocks import Clocks
from nigoh.engine.cut_out import cut_out
from nigoh.engine.known_people import KnownPeople
from nigoh.engine.late_faces import (
    LateOutcome,
    LateQueue,
    LateWording,
    ToldLately,
    can_stand_alone,
    decide_late,
    late_sighting,
)
from nigoh.engine.shard_seam import SightingNews, Tell

_AT_ONCE = 2
"""Late faces a turn: 20 ms of one core, which is how long a frame that comes meanwhile waits."""

_ID_BYTES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Recognition:
    """What tells who a face is: the model, who is known, when a name is given; and how late it may be, seconds."""

    analyser: FaceAnalyser
    known: KnownPeople
    policy: WatchPolicy
    most_late_s: float = 600.0


class LateWork:
    """What the analysis of a shard puts aside (see the contract of `Aside`). A context manager; it closes its queue.

    The analysis thread alone uses it, and so the analyser. Each face stands in the books of the feed that put it:
    `deferred == embedded_late + late_dropped + waiting`.

    Args:
        queue: where they wait.
        recognition: what tells who they are.
        tell: takes what is said of them.
        clocks: both.
        new_id: makes the id of a sighting; each at most once.
    """

    def __init__(
        self,
        queue: LateQueue,
        recognition: Recognition,
        tell: Tell,
        clocks: Clocks,
        new_id: Callable[[], str] = lambda: secrets.token_hex(_ID_BYTES),
    ) -> None:
        self._queue = queue
        self._analyser = recognition.analyser
        self._known = recognition.known
        self._policy = recognition.policy
        self._tell = tell
        self._clocks = clocks
        self._new_id = new_id
        self._told = ToldLately(kept_s=recognition.most_late_s)
        self._feeds: dict[int, CameraFeed] = {}
        self._numbers: dict[CameraFeed, int] = {}
        self._waiting: Counter[int] = Counter()
        self._next_number = 0

    @property
    def waiting(self) -> int:
        """How many faces wait."""
        return self._queue.counts.waiting

    def put(self, feed: CameraFeed, pending: PendingFrame, first: int, captured_s: float) -> None:
        """Put aside the faces of a frame, best quality first, from this one on; `captured_s` is monotonic.

        Those that could not be reported alone, whoever they are, are given up at once.
        """
        number = self._number(feed)
        for place in range(first, len(pending.rows)):
            row, quality = int(pending.rows[place]), float(pending.qualities[place])
            if can_stand_alone(float(pending.proposal.faces.scores[row]), quality, self._policy.report):
                self._waiting[number] += 1
                self._queue.put(self._late_face(feed, number, pending, place, captured_s))
            else:
                feed.tally.add(late_dropped=1)
        self._book_losses()

    def told(self, news: SightingNews) -> None:
        """This has been told: what is put aside need not say it again."""
        self._told.note(news.sighting)

    def work(self) -> None:
        """There is time for some of them."""
        faces = self._queue.take(_AT_ONCE)
        self._book_losses()
        if not faces:
            return
        templates = self._analyser.embed(np.stack([face.crop for face in faces]))
        for face, candidates in zip(faces, self._known.candidates(templates), strict=True):
            named = self._conclude(face, candidates)
            self._feeds[face.feed].tally.add(embedded_late=1, matched=int(named), sightings=int(named))
            self._waiting[face.feed] -= 1
        self._forget_gone()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._queue.close()
        self._book_losses()

    def _late_face(
        self, feed: CameraFeed, number: int, pending: PendingFrame, place: int, captured_s: float
    ) -> LateFace:
        faces, row = pending.proposal.faces, int(pending.rows[place])
        return LateFace(
            camera=feed.camera.name,
            feed=number,
            captured_s=captured_s,
            captured_unix_s=self._clocks.unix_s(captured_s),
            watch_s=pending.frame.t_s,
            box=to_box(faces.boxes[row]),
            detection=float(faces.scores[row]),
            quality=float(pending.qualities[place]),
            crop=pending.crops[place],
            jpeg=encode_jpeg(cut_out(pending.frame.pixels, faces.boxes[row])),
        )

    def _conclude(self, face: LateFace, candidates: tuple[Candidate, ...]) -> bool:
        """Tell of a face if there is something to tell; whether there was."""
        verdict = decide_late(face, candidates, self._policy, self._told, self._known.decide)
        if verdict.outcome is not LateOutcome.NAMED:
            return False
        wording = LateWording(self._policy.decision.threshold, str(self._analyser.model))
        sighting = late_sighting(face, verdict.decision, wording, self._new_id(), self._clocks.wall())
        self._told.note(sighting)
        self._tell(SightingNews(sighting, face.jpeg))
        return True

    def _number(self, feed: CameraFeed) -> int:
        number = self._numbers.get(feed)
        if number is None:
            self._forget_gone()
            number = self._numbers[feed] = self._next_number
            self._feeds[number] = feed
            self._next_number += 1
        return number

    def _book_losses(self) -> None:
        for number, lost in self._queue.losses().items():
            self._feeds[number].tally.add(late_dropped=lost)
            self._waiting[number] -= lost

    def _forget_gone(self) -> None:
        """Feeds that are not watched any more, once none of their faces waits."""
        for feed, number in list(self._numbers.items()):
            if feed.is_gone and not self._waiting[number]:
                del self._numbers[feed], self._feeds[number], self._waiting[number]
