"""One camera's recording: its pictures in, files out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nigoh.domain.camera import Camera, Record
from nigoh.domain.recording import Recording, RecordingKind
from nigoh.engine.recording_inbox import Event, Inbox, Sighted, WaitingBytes
from nigoh.engine.recording_plan import RecordingOptions, RecordingPlan
from nigoh.engine.recording_seam import RecordingCounts, RecordingFile, RecordingStore
from nigoh.errors import OutputError, SourceUnavailable
from nigoh.video.clip_writer import CLIP_CODECS, ClipWriter
from nigoh.video.ring import PacketRing, StoredUnit
from nigoh.video.stream import StreamInfo

_NOTHING = -1
_START_CODES = (b"\0\0\1", b"\0\0\0\1")


@dataclass(slots=True)
class _Open:
    """The file at hand."""

    file: RecordingFile
    writer: ClipWriter
    about: Recording
    begin_s: float
    last_s: float


class Lane:
    """Owned by the recorder's thread, but for its inbox.

    Attributes:
        inbox: what comes in.
        state: see `CameraStatus.recording`, without the reason of a pause of all cameras.
    """

    def __init__(
        self,
        camera: Camera,
        ring: PacketRing,
        store: RecordingStore,
        options: RecordingOptions,
        waiting: WaitingBytes,
    ) -> None:
        self._always = camera.record is Record.ALWAYS
        self.inbox = Inbox(waiting, always=self._always)
        self.state = ""
        self._camera = camera
        self._ring = ring
        self._store = store
        self._options = options
        self._plan = RecordingPlan(camera.record, options)
        self._info: StreamInfo | None = None
        self._connection = 0
        self._open: _Open | None = None
        self._last_number = _NOTHING
        self._asked: Sighted | None = None
        self._refusal = ""
        self._written = self._dropped = self._files = 0

    @property
    def counts(self) -> RecordingCounts:
        """What has been done; any thread may ask."""
        return RecordingCounts(self._written, self._dropped + self.inbox.dropped, self._files)

    def step(self, now_s: float, unix_offset_s: float) -> None:
        """Record what has come.

        Args:
            now_s: monotonic seconds.
            unix_offset_s: what makes them seconds since 1970.

        Raises:
            OutputError: it cannot be written. The rest of what had come is passed over.
        """
        events = iter(self.inbox.take())
        try:
            for event in events:
                self._take(event, unix_offset_s)
            self._answer(unix_offset_s)
            if self._open is not None and now_s - self._open.last_s > self._options.idle_s:
                self.close()
            if not self._plan.is_waiting(now_s):
                self.close()
        except OutputError:
            self._pass_over(events)
            raise
        self.state = self._tell(is_waiting=self._rest(now_s))

    def pause(self, now_s: float) -> None:
        """Nothing can be written: end the file at hand, drop pictures; sightings and connections are remembered."""
        self.abandon()
        self._pass_over(self.inbox.take())
        self._rest(now_s)

    def close(self) -> None:
        """End the file at hand. Raises OutputError, and then it is closed all the same."""
        opened, self._open = self._open, None
        if opened is None:
            return
        try:
            opened.writer.close()
        finally:
            if not opened.writer.is_playable:
                self._store.discard(opened.file)
        if not opened.writer.is_playable:
            return
        end_unix_s = opened.about.begin_unix_s + opened.last_s - opened.begin_s
        self._store.describe(
            opened.file, replace(opened.about, end_unix_s=end_unix_s, pictures=opened.writer.pictures)
        )

    def abandon(self) -> None:
        """End the file at hand as well as it can be."""
        try:
            self.close()
        except OutputError:
            # Why nothing can be written is known already.
            return

    def _take(self, event: Event, unix_offset_s: float) -> None:
        match event:
            case StoredUnit():
                self._take_unit(event, unix_offset_s)
            case Sighted():
                self._take_sighting(event)
            case StreamInfo():
                self.close()
                self._take_connection(event)

    def _pass_over(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case StoredUnit():
                    self._dropped += 1
                case Sighted():
                    self._plan.sighted(event.sighting_id, event.captured_s)
                case StreamInfo():
                    self._take_connection(event)

    def _take_connection(self, info: StreamInfo) -> None:
        self._info = info
        self._connection += 1
        self._last_number = _NOTHING
        self._refusal = "" if info.codec in CLIP_CODECS else f"{info.codec or 'unknown'} video cannot be recorded"

    def _take_sighting(self, event: Sighted) -> None:
        is_more = self._plan.sighted(event.sighting_id, event.captured_s)
        if self._open is None:
            self._asked = event if is_more else self._asked
        elif event.sighting_id not in self._open.about.sightings:
            self._open.about = replace(self._open.about, sightings=(*self._open.about.sightings, event.sighting_id))
            self._store.describe(self._open.file, self._open.about)

    def _answer(self, unix_offset_s: float) -> None:
        """No picture has come since a sighting was told that its clip could begin with: the ring may have some."""
        asked, self._asked = self._asked, None
        if asked is None or self._open is not None:
            return
        kept = self._ring.since(self._plan.begins_s(asked.captured_s))
        if kept and kept[0].captured_s <= self._plan.until_s(asked.sighting_id):
            self._begin_with_ring(asked.captured_s, unix_offset_s)

    def _take_unit(self, stored: StoredUnit, unix_offset_s: float) -> None:
        if stored.number <= self._last_number:
            return
        if not self._plan.wants(stored.captured_s):
            self.close()
            return
        if self._open is None and not self._refusal:
            self._begin_with_ring(stored.captured_s, unix_offset_s, stored.number)
        if stored.number > self._last_number:
            self._record(stored, unix_offset_s)

    def _begin_with_ring(self, captured_s: float, unix_offset_s: float, end_number: int | None = None) -> None:
        """Record what the ring still has of what is wanted, before a picture if one is at hand.

        A new clip shows all of its pre-roll, even if the clip before it has shown a part of that. What is always
        recorded is recorded once.
        """
        self._asked = None
        kept = self._ring.since(self._plan.begins_s(captured_s))
        if self.inbox.connections != self._connection:
            return  # these pictures may be of the next connection, which is still in the inbox
        begin_number = self._last_number + 1 if self._always else 0
        for stored in kept:
            is_due = begin_number <= stored.number and (end_number is None or stored.number < end_number)
            if is_due and self._plan.wants(stored.captured_s):
                self._record(stored, unix_offset_s)

    def _record(self, stored: StoredUnit, unix_offset_s: float) -> None:
        self._last_number = stored.number
        if not stored.unit.data:
            return
        if stored.unit.is_keyframe:
            self._begin_if_due(stored, unix_offset_s)
        if self._open is not None:
            self._write(self._open, stored)

    def _write(self, opened: _Open, stored: StoredUnit) -> None:
        try:
            opened.writer.write(stored.unit, stored.captured_s)
        except SourceUnavailable as error:
            self._refusal = error.what
            self.close()
            return
        opened.last_s = stored.captured_s
        self._written += 1

    def _begin_if_due(self, stored: StoredUnit, unix_offset_s: float) -> None:
        opened = self._open
        if opened is not None:
            is_long = stored.captured_s - opened.begin_s >= self._plan.most_file_s
            if not is_long and not stored.unit.parameter_sets_changed and opened.writer.fits(stored.unit):
                return
            self.close()
        if self._info is not None and self._info.codec in CLIP_CODECS:
            self._begin(stored, self._info, unix_offset_s)

    def _begin(self, stored: StoredUnit, info: StreamInfo, unix_offset_s: float) -> None:
        about = Recording(
            camera=self._camera.name,
            kind=RecordingKind.ALWAYS if self._always else RecordingKind.CLIP,
            begin_unix_s=stored.captured_s + unix_offset_s,
            codec=info.codec,
            sightings=self._plan.sightings_since(stored.captured_s),
        )
        extradata = info.extradata if info.extradata.startswith(_START_CODES) else b""
        file = self._store.begin(about)
        try:
            writer = ClipWriter(file, file.path, info.codec, stored.unit, extradata)
        except SourceUnavailable as error:
            self._refusal = error.what
            self._store.discard(file)
            return
        self._refusal = ""
        self._files += 1
        self._open = _Open(file, writer, about, stored.captured_s, stored.captured_s)

    def _rest(self, now_s: float) -> bool:
        """Take no pictures while none are wanted; returns whether any are."""
        is_waiting = self._plan.is_waiting(now_s)
        if not is_waiting:
            self.inbox.rest()
        return is_waiting

    def _tell(self, *, is_waiting: bool) -> str:
        if self._refusal and is_waiting:
            return f"paused: {self._refusal}"
        if self._always:
            return "always"
        return "clip" if self._open is not None else ""
