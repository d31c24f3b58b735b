"""Templates are compared: pairs get scores, probes search a gallery. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.sighting import PersonId
from nigoh.evaluation.identification import NOBODY, Searches
from nigoh.evaluation.identification_sets import IdentificationSet, Probe
from nigoh.evaluation.pairs import PairList
from nigoh.evaluation.photo_templates import PhotoTemplates
from nigoh.evaluation.thresholds import Scores
from nigoh.evaluation.verification import UNDETECTED
from nigoh.identity.gallery import ExactGallery


def score_pairs(pairs: PairList, files: Mapping[str, Path], described: PhotoTemplates) -> Scores:
    """The cosine similarity of each pair, (N,) float64; UNDETECTED where a face was not found."""
    scores = np.full(len(pairs), UNDETECTED)
    for number, pair in enumerate(pairs.pairs):
        first, second = (described.row_of.get(files[name]) for name in (pair.first, pair.second))
        if first is not None and second is not None:
            scores[number] = described.templates.vectors[first] @ described.templates.vectors[second]
    return scores


def enrol(test: IdentificationSet, described: PhotoTemplates) -> ExactGallery:
    """The gallery of a test, without the people of whom no photo shows a face."""
    gallery = ExactGallery(described.templates.model)
    for person, photos in test.gallery.items():
        rows = [described.row_of[photo] for photo in photos if photo in described.row_of]
        if rows:
            gallery.add(person, described.templates.pick(rows))
    return gallery


@dataclass(frozen=True, slots=True, eq=False)
class FirstCandidates:
    """The first candidate of each of N searches: who (None where nobody was returned) and (N,) float64 scores."""

    people: tuple[PersonId | None, ...]
    scores: Scores


def first_candidates(probes: Sequence[Probe], gallery: ExactGallery, described: PhotoTemplates) -> FirstCandidates:
    """Search the gallery for each probe; one without a detected face returns nobody, at NOBODY."""
    people: list[PersonId | None] = [None] * len(probes)
    scores = np.full(len(probes), NOBODY)
    detected = [place for place, probe in enumerate(probes) if probe.photo in described.row_of]
    rows = [described.row_of[probes[place].photo] for place in detected]
    for place, found in zip(detected, gallery.search(described.templates.pick(rows), 1).rows, strict=True):
        if found:
            people[place], scores[place] = found[0].person, found[0].score
    return FirstCandidates(tuple(people), scores)


def judge_searches(test: IdentificationSet, mated: FirstCandidates, non_mated: FirstCandidates) -> Searches:
    """What a test's searches came to: a mated one counts only where the right person came first."""
    right = np.array([name == probe.person for name, probe in zip(mated.people, test.mated, strict=True)], dtype=bool)
    return Searches(
        mated=np.where(right, mated.scores, NOBODY),
        mated_people=_numbers(test.mated),
        non_mated=non_mated.scores,
        non_mated_people=_numbers(test.non_mated),
    )


def _numbers(probes: Sequence[Probe]) -> NDArray[np.intp]:
    people = {person: number for number, person in enumerate(dict.fromkeys(probe.person for probe in probes))}
    return np.array([people[probe.person] for probe in probes], dtype=np.intp)
