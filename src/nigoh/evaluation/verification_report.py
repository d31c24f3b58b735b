"""A verification test, measured, as it is written with --json."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from nigoh.evaluation.comparisons import score_pairs
from nigoh.evaluation.pairs import PairList
from nigoh.evaluation.photo_templates import PhotoTemplates
from nigoh.evaluation.verification import TrueAcceptRate, measure_verification

MOST_ERRORS = 100
"""How many wrong pairs a report names."""


class WrongPair(msgspec.Struct, frozen=True):
    """A pair that was decided wrongly."""

    first: str
    second: str
    mated: bool
    score: float


class VerificationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, on what, by what.

    Attributes:
        accuracy, accuracy_se: share of pairs decided rightly, and its standard error.
        threshold, threshold_source: what decided, and where it comes from.
        eer, tar_at_far_1e_2, tar_at_far_1e_3: rates in [0, 1]; None where pairs of either kind are missing.
        pairs, mated, non_mated, folds, photos: how many.
        undetected, undetected_pairs: photos in which no face was found, and the pairs that they spoil.
        undetected_photos: which; with the reason where a photo could not be read.
        wrong: how many pairs were decided wrongly.
        errors: the worst of them.
        notes: what to know when reading the figures.
    """

    model: str
    accuracy: float
    accuracy_se: float
    threshold: float
    threshold_source: str
    eer: float | None
    tar_at_far_1e_2: float | None = msgspec.field(name="tar_at_far_1e-2")
    tar_at_far_1e_3: float | None = msgspec.field(name="tar_at_far_1e-3")
    pairs: int
    mated: int
    non_mated: int
    folds: int
    photos: int
    undetected: int
    undetected_pairs: int
    undetected_photos: tuple[str, ...]
    wrong: int
    errors: tuple[WrongPair, ...]
    notes: tuple[str, ...]


def report_verification(
    pairs: PairList,
    files: Mapping[str, Path],
    described: PhotoTemplates,
    *,
    threshold: float | None,
    threshold_source: str,
) -> VerificationReport:
    """Score and measure pairs.

    Args:
        pairs: what to compare.
        files: the file of each photo that they name.
        described: the templates of those files.
        threshold: what decides; None lets each fold be decided by all the others (two folds or more).
        threshold_source: where the threshold comes from, in words.
    """
    scores = score_pairs(pairs, files, described)
    measured = measure_verification(scores, pairs.mated, pairs.fold_of, threshold)
    lost = dict.fromkeys(name for name in pairs.photos if files[name] not in described.row_of)
    tars = {rate.far: rate for rate in measured.tars}
    return VerificationReport(
        model=str(described.templates.model),
        accuracy=measured.accuracy,
        accuracy_se=measured.accuracy_se,
        threshold=measured.threshold,
        threshold_source=threshold_source,
        eer=measured.eer,
        tar_at_far_1e_2=tars[1e-2].tar,
        tar_at_far_1e_3=tars[1e-3].tar,
        pairs=len(pairs),
        mated=int(pairs.mated.sum()),
        non_mated=int((~pairs.mated).sum()),
        folds=pairs.folds,
        photos=len(pairs.photos),
        undetected=len(lost),
        undetected_pairs=sum(pair.first in lost or pair.second in lost for pair in pairs.pairs),
        undetected_photos=tuple(_lost_photo(name, described.unreadable.get(files[name])) for name in lost),
        wrong=len(measured.wrong),
        errors=tuple(_wrong_pair(pairs, row, float(scores[row])) for row in measured.wrong[:MOST_ERRORS]),
        notes=tuple(note for rate in measured.tars if (note := _note(rate, int((~pairs.mated).sum())))),
    )


def _wrong_pair(pairs: PairList, row: int, score: float) -> WrongPair:
    pair = pairs.pairs[row]
    return WrongPair(pair.first, pair.second, pair.mated, score)


def _lost_photo(name: str, reason: str | None) -> str:
    return f"{name} (unreadable: {reason})" if reason else name


def _note(rate: TrueAcceptRate, non_mated: int) -> str:
    if rate.tar is None or rate.exact:
        return ""
    return (
        f"TAR at FAR {rate.far:g}: {non_mated} non-mated pairs allow no false accept at this rate; the figure is "
        "the TAR with none"
    )
