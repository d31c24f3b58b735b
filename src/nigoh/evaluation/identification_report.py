"""An open-set identification test, measured, as it is written with --json."""

import msgspec

from nigoh.errors import EnrolmentError, SourceError
from nigoh.evaluation.comparisons import enrol, search_probes
from nigoh.evaluation.identification import Interval, MissRate, Searches, measure_identification
from nigoh.evaluation.identification_sets import IdentificationSet
from nigoh.evaluation.photo_templates import PhotoTemplates


class IdentificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, on what, by what.

    Attributes:
        rank_1, rank_1_interval: share of mated probes whose person came first, and its 95 % interval.
        rates: FNIR at each FPIR, with threshold, 95 % interval, and the reason where there is no figure.
        fnir_at_fpir_1e_1, fnir_at_fpir_1e_2, fnir_at_fpir_1e_3: the figures of `rates` alone.
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


def report_identification(
    test: IdentificationSet, described: PhotoTemplates, *, bootstrap: int = 1000, seed: int = 0
) -> tuple[IdentificationReport, Searches]:
    """Search and measure; the searches too, for a DET plot.

    Raises:
        SourceError: no probe is mated.
        EnrolmentError: no photo of the gallery shows a face.
    """
    if not test.mated:
        raise SourceError(
            "no probe shows an enrolled person",
            "Give probes the names of the people in the gallery: NAME/ or NAME.jpg.",
        )
    gallery = enrol(test, described)
    if not gallery.people:
        raise EnrolmentError("no photo of the gallery shows a face", "Give portraits of the enrolled people.")
    searches = search_probes(test, gallery, described)
    measured = measure_identification(searches, replicates=bootstrap, seed=seed)
    fnir = {rate.fpir: rate.fnir for rate in measured.misses}
    lost = set(described.undetected)
    report = IdentificationReport(
        model=str(gallery.model),
        rank_1=measured.rank_1,
        rank_1_interval=measured.rank_1_interval,
        fnir_at_fpir_1e_1=fnir[1e-1],
        fnir_at_fpir_1e_2=fnir[1e-2],
        fnir_at_fpir_1e_3=fnir[1e-3],
        rates=measured.misses,
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
        undetected_photos=tuple(f"{photo.parent.name}/{photo.name}" for photo in described.undetected),
        bootstrap=bootstrap,
    )
    return report, searches
