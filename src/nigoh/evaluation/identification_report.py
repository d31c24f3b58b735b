"""An open-set identification test, measured, as it is written with --json."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from nigoh.errors import EnrolmentError, SourceError
from nigoh.evaluation.comparisons import FirstCandidates, enrol, first_candidates, judge_searches
from nigoh.evaluation.identification import Interval, MissRate, Searches, ThresholdRates, measure_identification
from nigoh.evaluation.identification_sets import IdentificationSet, Probe
from nigoh.evaluation.photo_templates import PhotoTemplates
from nigoh.identity.gallery import ExactGallery

MOST_ERRORS = 50
"""How many searches of each kind a report names."""


class SearchError(msgspec.Struct, frozen=True):
    """A search whose first candidate is not the person on the probe; `found` None is nobody."""

    photo: str
    person: str
    found: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How a test is measured.

    Attributes:
        threshold: that a watch with this gallery would use.
        threshold_source: where it comes from, in words.
        bootstrap: samples of people for the intervals.
        seed: what they are drawn from.
    """

    threshold: float
    threshold_source: str
    bootstrap: int = 1000
    seed: int = 0


class IdentificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, on what, by what.

    Attributes:
        rank_1, rank_1_interval: share of mated probes whose person came first, and its 95 % interval.
        rates: FNIR at each FPIR, with threshold, 95 % interval, and the reason where there is no figure.
        fnir_at_fpir_1e_1, fnir_at_fpir_1e_2, fnir_at_fpir_1e_3: the figures of `rates` alone.
        in_use: both rates at the threshold that a watch with this gallery would use, and `threshold_source`, why.
        strangers_named: the non-mated probes with the highest scores, whatever the threshold. Two names for one
            person in the photos show up here.
        not_first: mated probes whose person did not come first.
        enrolled, gallery_photos: people in the gallery, and their photos.
        not_enrolled: people of whom no photo shows a face; all their mated probes are misses.
        mated, non_mated: probes of each kind.
        mated_people, non_mated_people: how many people they show.
        undetected: photos in which no face was found.
        undetected_mated, undetected_non_mated: probes among them.
        undetected_photos: which.
        bootstrap: how many samples made the intervals.
    """

    model: str
    rank_1: float
    rank_1_interval: Interval
    fnir_at_fpir_1e_1: float | None = msgspec.field(name="fnir_at_fpir_1e-1")
    fnir_at_fpir_1e_2: float | None = msgspec.field(name="fnir_at_fpir_1e-2")
    fnir_at_fpir_1e_3: float | None = msgspec.field(name="fnir_at_fpir_1e-3")
    rates: tuple[MissRate, ...]
    in_use: ThresholdRates
    threshold_source: str
    strangers_named: tuple[SearchError, ...]
    not_first: tuple[SearchError, ...]
    enrolled: int
    gallery_photos: int
    not_enrolled: tuple[str, ...]
    mated: int
    mated_people: int
    non_mated: int
    non_mated_people: int
    undetected: int
    undetected_mated: int
    undetected_non_mated: int
    undetected_photos: tuple[str, ...]
    bootstrap: int


def enrol_gallery(test: IdentificationSet, described: PhotoTemplates) -> ExactGallery:
    """The gallery of a test.

    Raises:
        SourceError: no probe is mated.
        EnrolmentError: no photo of the gallery shows a face.
    """
    if not test.mated:
        raise SourceError(
            "no probe shows an enrolled person", "Give probes the names of people in the gallery: NAME/ or NAME.jpg."
        )
    gallery = enrol(test, described)
    if not gallery.people:
        raise EnrolmentError("no photo of the gallery shows a face", "Give portraits of the enrolled people.")
    return gallery


def report_identification(
    test: IdentificationSet, gallery: ExactGallery, described: PhotoTemplates, plan: Plan
) -> tuple[IdentificationReport, Searches]:
    """Search and measure; the searches too, for a DET plot."""
    mated = first_candidates(test.mated, gallery, described)
    non_mated = first_candidates(test.non_mated, gallery, described)
    searches = judge_searches(test, mated, non_mated)
    measured = measure_identification(searches, plan.threshold, replicates=plan.bootstrap, seed=plan.seed)
    fnir = {rate.fpir: rate.fnir for rate in measured.misses}
    lost = set(described.undetected)
    wrong = [row for row, probe in enumerate(test.mated) if mated.people[row] != probe.person]
    report = IdentificationReport(
        model=str(gallery.model),
        rank_1=measured.rank_1,
        rank_1_interval=measured.rank_1_interval,
        fnir_at_fpir_1e_1=fnir[1e-1],
        fnir_at_fpir_1e_2=fnir[1e-2],
        fnir_at_fpir_1e_3=fnir[1e-3],
        rates=measured.misses,
        in_use=measured.in_use,
        threshold_source=plan.threshold_source,
        strangers_named=_search_errors(test.non_mated, non_mated, list(range(len(test.non_mated)))),
        not_first=_search_errors(test.mated, mated, wrong),
        enrolled=len(gallery.people),
        gallery_photos=len(gallery),
        not_enrolled=tuple(sorted(set(test.gallery) - set(gallery.people))),
        mated=len(test.mated),
        mated_people=len({probe.person for probe in test.mated}),
        non_mated=len(test.non_mated),
        non_mated_people=len({probe.person for probe in test.non_mated}),
        undetected=len(lost),
        undetected_mated=sum(probe.photo in lost for probe in test.mated),
        undetected_non_mated=sum(probe.photo in lost for probe in test.non_mated),
        undetected_photos=tuple(_short(photo) for photo in described.undetected),
        bootstrap=plan.bootstrap,
    )
    return report, searches


def _search_errors(probes: tuple[Probe, ...], found: FirstCandidates, rows: list[int]) -> tuple[SearchError, ...]:
    worst = sorted(rows, key=lambda row: -found.scores[row])[:MOST_ERRORS]
    return tuple(
        SearchError(
            _short(probes[row].photo),
            probes[row].person,
            found.people[row],
            float(found.scores[row]) if found.people[row] is not None else None,
        )
        for row in worst
    )


def _short(photo: Path) -> str:
    return f"{photo.parent.name}/{photo.name}"
