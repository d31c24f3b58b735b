"""A scored clip, as it is written with --json."""

import statistics

import msgspec

from nigoh.domain.sighting import Sighting
from nigoh.domain.truth import Truth
from nigoh.evaluation.video_scoring import RIGHT, Outcome, ScoredAppearance, VideoScore


class AppearanceReport(msgspec.Struct, frozen=True, kw_only=True):
    """One appearance and what was reported of it; the names are those of its sightings, each once."""

    person: str
    enrolled: bool
    enter_s: float
    leave_s: float
    outcome: Outcome
    names: tuple[str, ...]
    sightings: int
    best_score: float | None
    latency_s: float | None


class FalseSighting(msgspec.Struct, frozen=True, kw_only=True):
    """A sighting where nobody is."""

    track: int
    status: str
    person: str | None
    score: float
    first_s: float
    last_s: float


class VideoReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of a clip.

    Attributes:
        appearances: how many there are.
        found: with at least one sighting; rate in `found_rate`.
        right: named when enrolled, never named when not; rate in `right_rate`.
        named, unknown, unnamed, wrong_name, missed: by outcome.
        sightings, false_sightings: how many.
        fragmentation: sightings for each appearance found; 1 is best.
        latency_s_median, latency_s_worst: from entering to first seen, seconds.
        details, false: each appearance, each false sighting.
    """

    clip: str
    appearances: int
    found: int
    found_rate: float | None
    right: int
    right_rate: float | None
    named: int
    unknown: int
    unnamed: int
    wrong_name: int
    missed: int
    sightings: int
    false_sightings: int
    fragmentation: float | None
    latency_s_median: float | None
    latency_s_worst: float | None
    details: tuple[AppearanceReport, ...]
    false: tuple[FalseSighting, ...]


def report_video(truth: Truth, score: VideoScore) -> VideoReport:
    """Count what happened."""
    total = len(score.appearances)
    found, right = total - score.count(Outcome.MISSED), score.count(*RIGHT)
    latencies = [scored.latency_s for scored in score.appearances if scored.latency_s is not None]
    return VideoReport(
        clip=truth.clip,
        appearances=total,
        found=found,
        found_rate=found / total if total else None,
        right=right,
        right_rate=right / total if total else None,
        named=score.count(Outcome.NAMED),
        unknown=score.count(Outcome.UNKNOWN),
        unnamed=score.count(Outcome.UNNAMED),
        wrong_name=score.count(Outcome.WRONG_NAME),
        missed=score.count(Outcome.MISSED),
        sightings=sum(len(scored.sightings) for scored in score.appearances) + len(score.false_sightings),
        false_sightings=len(score.false_sightings),
        fragmentation=score.fragmentation,
        latency_s_median=statistics.median(latencies) if latencies else None,
        latency_s_worst=max(latencies, default=None),
        details=tuple(_appearance(scored) for scored in score.appearances),
        false=tuple(_false(sighting) for sighting in score.false_sightings),
    )


def _appearance(scored: ScoredAppearance) -> AppearanceReport:
    names = dict.fromkeys(sighting.person for sighting in scored.sightings if sighting.person)
    return AppearanceReport(
        person=scored.appearance.person,
        enrolled=scored.enrolled,
        enter_s=scored.appearance.enter_s,
        leave_s=scored.appearance.leave_s,
        outcome=scored.outcome,
        names=tuple(names),
        sightings=len(scored.sightings),
        best_score=max((sighting.score for sighting in scored.sightings), default=None),
        latency_s=scored.latency_s,
    )


def _false(sighting: Sighting) -> FalseSighting:
    return FalseSighting(
        track=sighting.track,
        status=sighting.status,
        person=sighting.person,
        score=sighting.score,
        first_s=sighting.first_s,
        last_s=sighting.last_s,
    )
