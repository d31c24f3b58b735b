"""How an engine is put together: `build_shard`, read aloud, is its pipeline, as `nigoh.wiring` is one source's."""

import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from nigoh.config.engine_settings import EngineSettings, RecordingSettings
from nigoh.config.privacy_settings import PrivacySettings
from nigoh.domain.language import Language, Words
from nigoh.domain.sighting import CameraId
from nigoh.domain.template import ModelIdentity
from nigoh.engine.analysis_line import Eyes
from nigoh.engine.batching import BatchPolicy
from nigoh.engine.camera_watch import CameraWatch, WatchPolicy
from nigoh.engine.clocks import Clocks
from nigoh.engine.known_faces import KnownFaces
from nigoh.engine.known_people import KnownPeople
from nigoh.engine.late_work import LateWork, Recognition
from nigoh.engine.live_view import LiveView
from nigoh.engine.pacing import ConnectPacer, PacingLimits
from nigoh.engine.recording import Recorder
from nigoh.engine.recording_plan import RecordingOptions
from nigoh.engine.shard import CameraShard, ShardOptions, ShardParts
from nigoh.engine.shard_seam import BuildShard, Tell
from nigoh.identity.gallery import ExactGallery, Gallery
from nigoh.storage.black_box import BlackBox, read_black_box
from nigoh.storage.late_faces import LateFaceFile, LateLimits, remove_leftovers
from nigoh.storage.recordings import RecordingFolder
from nigoh.storage.retention import DAY_S, RetentionLimits
from nigoh.tracking.best_shots import BestShotPolicy
from nigoh.tracking.tracker import TrackingPolicy
from nigoh.ui.painter import LiveAnnotator
from nigoh.video.streams import Streams
from nigoh.wiring import (
    build_analyser,
    build_decision_policy,
    build_gallery,
    build_vision,
    enrol_folder,
    threshold_by_rule,
    threshold_by_size,
)

SETTLED_SHOTS = 1
FEW_SHOTS = BestShotPolicy(keep=4, soon=2, soon_s=0.15, apart_s=0.8, settled_s=1.5, settled_gain=1.4, verify_s=5.0)
"""Hundreds of cameras share the embedder, and a face costs it as much as five frames cost the detector: whom one good
shot names beyond doubt is looked at again when a much better shot comes, or after five seconds."""

LONGEST_GAP_S = 3.2
"""The activity gate looks again at whoever is decided after two seconds, and keyframes may be late."""

ALONE_GAP_S = 1.3
"""Between two looks a second apart a walker is somewhere else, and only an embedding tells that it is them; of
somebody who is alone in the picture every other one is enough."""

_LATE = "late"
"""Folder, in the engine's own, of the faces that wait."""

_BLACK_BOXES = "black-boxes"
"""Folder, in the engine's own, of what each shard's decoders are at."""

CPU_BATCHES = BatchPolicy(most=32, max_wait_s=0.2, room=64)
"""What a shard gathers for a CPU. The models run frame by frame, but one after the other while the caches are warm: a
detection that waits for its frame costs 2.5 ms, one in a row 1.6 ms (320x192, one core)."""

ACCELERATOR_BATCHES = BatchPolicy(most=32, max_wait_s=0.02, room=96)
"""What a shard gathers for an accelerator: a call costs it about as much for one frame as for many."""


def enrol_people(settings: EngineSettings) -> KnownFaces | None:
    """The known people of an engine, once for all of its shards; None if it knows nobody.

    A process of its own does it, so that the models do not stay in this one. Raises EnrolmentError, ConfigError,
    ModelError.
    """
    if settings.watch.known is None:
        return None
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_enrol_people, settings).result()


def engine_shard_builder(
    settings: EngineSettings,
    known: KnownFaces | None,
    shards: int,
    language: Language = Language.ENGLISH,
    enrolled: int = 0,
) -> BuildShard:
    """What makes each of an engine's shards, here or in another process.

    Args:
        settings: the configuration.
        known: the folder of known people.
        shards: how many there are.
        language: of labels.
        enrolled: about how many templates the shards will be told of besides.
    """
    remove_leftovers(settings.engine.data_dir / _LATE)
    return partial(build_shard, ShardPlan(settings, known, shards, language, enrolled))


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """What each of an engine's shards is made from; see `engine_shard_builder`."""

    settings: EngineSettings
    known: KnownFaces | None
    shards: int
    language: Language = Language.ENGLISH
    enrolled: int = 0

    @property
    def cores(self) -> int:
        """The cores of one shard: its share of those that this process may use."""
        return max(1, len(os.sched_getaffinity(0)) // self.shards)

    @property
    def decode_threads(self) -> int:
        """The decoder threads of one shard."""
        return self.cores + 1


def decoded_at_its_end(settings: EngineSettings, shard: str) -> tuple[CameraId, ...]:
    """The cameras that a shard of this name was decoding when it ended."""
    return read_black_box(_black_box(settings, shard))


def _black_box(settings: EngineSettings, shard: str) -> Path:
    return settings.engine.data_dir / _BLACK_BOXES / shard


def build_shard(plan: ShardPlan, name: str, tell: Tell) -> CameraShard:
    """A shard: streams -> feeds -> decoders -> detector -> trackers -> embedder -> gallery -> sightings."""
    settings, clocks = plan.settings, Clocks()
    vision = build_vision(settings.vision, threads=max(1, plan.cores // 2))
    gallery = open_gallery(plan.known, vision.analyser.model, plan.enrolled)
    decision = replace(build_decision_policy(settings.watch, vision, gallery), settled_shots=SETTLED_SHOTS)
    known = KnownPeople(gallery, threshold_by_size(settings.watch, vision))
    policy = WatchPolicy(decision, TrackingPolicy(max_gap_s=LONGEST_GAP_S, shots=FEW_SHOTS, alone_gap_s=ALONE_GAP_S))
    late_limits = LateLimits(
        most_bytes=round(settings.late_faces.max_size_mb * 1e6 / plan.shards),
        most_age_s=settings.late_faces.max_age_s,
    )
    queue = LateFaceFile(settings.engine.data_dir / _LATE / name, late_limits, clocks.monotonic)
    aside = LateWork(queue, Recognition(vision.analyser, known, policy, late_limits.most_age_s), tell, clocks)
    wanted = bool(settings.watch.wanted)
    words = Words(language=plan.language, someone_is_wanted=wanted, name_of=known.name_of)
    live = LiveView(LiveAnnotator(words), tell, clocks.unix_s)
    recording = recording_options(settings.recording)
    folder = RecordingFolder(settings.recordings_folder, retention_limits(settings.recording, settings.privacy))
    recorder = Recorder(folder, recording)
    witness = BlackBox(_black_box(settings, name), plan.decode_threads)
    owned: tuple[AbstractContextManager[object], ...] = (witness, aside, live, folder, recorder)
    parts = ShardParts(
        eyes=Eyes(
            vision.analyser,
            lambda camera: CameraWatch(camera.name, vision.analyser, known, policy),
            lambda changes: known.apply(changes, policy.decision),
            lambda rule: known.hold_against(threshold_by_rule(rule, vision)),
        ),
        streams=Streams(gate=settings.network.gate()),
        pacer=ConnectPacer(PacingLimits(most=max(1, int(settings.engine.connects_per_s))).share(plan.shards)),
        live=live,
        recorder=recorder,
        aside=aside,
        witness=witness,
        owned=owned,
    )
    batch = CPU_BATCHES if settings.vision.device == "cpu" else ACCELERATOR_BATCHES
    how = ShardOptions(decode_threads=plan.decode_threads, batch=batch, recorded_ring_s=recording.ring_s)
    return CameraShard(name, parts, tell, how, clocks)


def open_gallery(folder: KnownFaces | None, model: ModelIdentity, enrolled: int) -> Gallery:
    """The folder's people, in a gallery with room for about so many templates of those who are enrolled elsewhere."""
    known = folder.gallery if folder else ExactGallery(model)
    if not enrolled:
        return known
    gallery = build_gallery(model, enrolled + len(known))
    templates, owners = known.enrolled
    for row, owner in enumerate(owners):
        gallery.add(owner, templates.pick([row]))
    return gallery


def retention_limits(settings: RecordingSettings, privacy: PrivacySettings) -> RetentionLimits:
    """How much may be kept of what is recorded, and for how long: the shorter of the two times."""
    days = settings.max_age_days if privacy.clips_days is None else min(settings.max_age_days, privacy.clips_days)
    return RetentionLimits(
        most_age_s=days * DAY_S,
        most_bytes=round(settings.max_size_gb * 1e9),
        least_free_bytes=round(settings.least_free_gb * 1e9),
    )


def recording_options(settings: RecordingSettings) -> RecordingOptions:
    """What is recorded, and in what pieces."""
    return RecordingOptions(
        pre_roll_s=settings.pre_roll_s, post_roll_s=settings.post_roll_s, segment_s=settings.segment_s
    )


def _enrol_people(settings: EngineSettings) -> KnownFaces | None:
    folder = settings.watch.known
    return None if folder is None else enrol_folder(folder, build_analyser(settings.vision))
