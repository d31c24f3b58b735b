"""What one camera's watch has found, told with the wall clock's time and under names that last."""

import secrets
from collections.abc import Callable, Iterable

import cv2

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.frame import Pixels
from nigoh.domain.spooled_sighting import TrackTemplate
from nigoh.engine.camera_watch import FrameResult, Report
from nigoh.engine.clocks import Clocks
from nigoh.engine.shard_seam import SightingNews

_JPEG_QUALITY = 90
_ID_BYTES = 12


class CameraTrail:
    """Owns the ids of one camera's open tracks. One thread.

    Args:
        zero_s: the moment from which the watch counts its seconds, monotonic.
        clocks: both clocks.
        new_id: makes an id; each at most once.
    """

    def __init__(
        self, zero_s: float, clocks: Clocks, new_id: Callable[[], str] = lambda: secrets.token_hex(_ID_BYTES)
    ) -> None:
        self._zero_s = zero_s
        self._clocks = clocks
        self._new_id = new_id
        self._ids: dict[int, str] = {}

    def tell(self, result: FrameResult) -> tuple[SightingNews, ...]:
        """The news of an analysed frame."""
        return (*self.change(result.changed), *self.leave(result.ended))

    def change(self, reports: Iterable[Report]) -> tuple[SightingNews, ...]:
        """The news of tracks that were decided, or decided otherwise."""
        return tuple(self._changed(report) for report in reports)

    def leave(self, reports: Iterable[Report]) -> tuple[SightingNews, ...]:
        """The news of tracks that have ended."""
        return tuple(self._left(report) for report in reports)

    def id_of(self, track: int) -> str | None:
        """The id of an open track that has been told of."""
        return self._ids.get(track)

    def _changed(self, report: Report) -> SightingNews:
        track = report.sighting.track
        stage = Stage.CHANGED if track in self._ids else Stage.APPEARED
        return self._news(self._ids.setdefault(track, self._new_id()), stage, report)

    def _left(self, report: Report) -> SightingNews:
        track = report.sighting.track
        sighting_id = self._ids.pop(track) if track in self._ids else self._new_id()
        return self._news(sighting_id, Stage.LEFT, report)

    def _news(self, sighting_id: str, stage: Stage, report: Report) -> SightingNews:
        unix_zero_s = self._clocks.unix_s(self._zero_s)
        sighting = report.sighting
        return SightingNews(
            CameraSighting(
                id=sighting_id,
                stage=stage,
                sighting=sighting,
                first_unix_s=unix_zero_s + sighting.first_s,
                last_unix_s=unix_zero_s + sighting.last_s,
                told_unix_s=self._clocks.wall(),
            ),
            encode_jpeg(report.picture),
            TrackTemplate(report.template.vectors[0].astype("<f4").tobytes(), report.template.model),
        )


def encode_jpeg(picture: Pixels) -> bytes:
    """The picture (H, W, 3) uint8 BGR as a JPEG file."""
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()
