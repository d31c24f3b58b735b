"""Templates are compared: pairs get scores, probes search a gallery. Pure."""

from collections.abc import Mapping, Sequence
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


def search_probes(test: IdentificationSet, gallery: ExactGallery, described: PhotoTemplates) -> Searches:
    """Search the gallery for every probe of a test."""
    mated_names, mated_scores = _first_candidates(test.mated, gallery, described)
    _, non_mated_scores = _first_candidates(test.non_mated, gallery, described)
    right = np.array([name == probe.person for name, probe in zip(mated_names, test.mated, strict=True)], dtype=bool)
    return Searches(
        mated=np.where(right, mated_scores, NOBODY),
        mated_people=_numbers(test.mated),
        non_mated=non_mated_scores,
        non_mated_people=_numbers(test.non_mated),
    )


def _first_candidates(
    probes: Sequence[Probe], gallery: ExactGallery, described: PhotoTemplates
) -> tuple[list[PersonId | None], Scores]:
    names: list[PersonId | None] = [None] * len(probes)
    scores = np.full(len(probes), NOBODY)
    detected = [place for place, probe in enumerate(probes) if probe.photo in described.row_of]
    rows = [described.row_of[probes[place].photo] for place in detected]
    for place, candidates in zip(detected, gallery.search(described.templates.pick(rows), 1).rows, strict=True):
        if candidates:
            names[place], scores[place] = candidates[0].person, candidates[0].score
    return names, scores


def _numbers(probes: Sequence[Probe]) -> NDArray[np.intp]:
    people = {person: number for number, person in enumerate(dict.fromkeys(probe.person for probe in probes))}
    return np.array([people[probe.person] for probe in probes], dtype=np.intp)
