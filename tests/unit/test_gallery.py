"""What galleries are made of: codes with bounded errors, blocks that are written anew; which one for how many."""

import numpy as np
import pytest

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.identity.gallery_choice import GalleryKind, choose_gallery
from nigoh.identity.negatives import CERTAIN, without_refused
from nigoh.identity.template_codes import CoarseProbes, Precision, encode
from nigoh.identity.template_store import TemplateStore

MODEL = ModelIdentity("toy", "1", "a" * 64, "none", 4)
ANNA, BEK = PersonId("Anna"), PersonId("Bek")


def unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def random_vectors(count: int, dimension: int = 128) -> Floats:
    return unit(np.random.default_rng(3).standard_normal((count, dimension)).astype(np.float32))


def one_hot(dimension: int = 128) -> Floats:
    return np.eye(dimension, dtype=np.float32)


@pytest.mark.parametrize("vectors", [random_vectors(500), one_hot(), -one_hot(), random_vectors(3, 4)])
@pytest.mark.parametrize(("precision", "error"), [(Precision.SINGLE, 0.0), (Precision.HALF, 1e-5)])
def test_codes_keep_templates_as_exactly_as_they_say(vectors: Floats, precision: Precision, error: float) -> None:
    codes = encode(vectors, precision)
    dimension = vectors.shape[1]
    assert np.abs(codes.whole(slice(None)) - vectors).max() <= error * np.sqrt(128 / dimension)


@pytest.mark.parametrize("vectors", [random_vectors(500), one_hot(), random_vectors(50, 4)])
def test_a_score_by_coarse_codes_is_never_off_by_more_than_the_bound(vectors: Floats) -> None:
    codes, probes = encode(vectors, Precision.HALF), vectors[:40]
    coarse = CoarseProbes.of(probes)
    estimates = (
        (codes.coarse.astype(np.int32) @ coarse.codes.T.astype(np.int32)) * codes.steps[:, None] * coarse.steps
    )
    bound = codes.looseness(slice(None)) + coarse.looseness
    assert (np.abs(estimates - vectors @ probes.T) <= bound * 1.001 + 1e-5).all()


def test_a_store_whose_templates_are_replaced_again_and_again_does_not_grow() -> None:
    store = TemplateStore(MODEL, Precision.HALF)
    store.change({BEK: Templates(one_hot(4), MODEL)})
    for turn in range(40):
        store.change({ANNA: Templates(np.tile(unit(np.array([[1, turn, 0, 0]], np.float32)), (4000, 1)), MODEL)})
    assert store.size == 4004
    assert sum(block.count for block in store.blocks) < 25_000
    assert store.people == (BEK, ANNA)


def test_large_galleries_are_approximate_and_long_templates_sooner() -> None:
    assert choose_gallery(0, 128) is GalleryKind.EXACT
    assert choose_gallery(10_000, 512) is GalleryKind.EXACT
    assert choose_gallery(40_000, 128) is GalleryKind.EXACT
    assert choose_gallery(40_000, 512) is GalleryKind.APPROXIMATE
    assert choose_gallery(1_000_000, 128) is GalleryKind.APPROXIMATE


def at_similarity(similarity: float, side: int) -> Templates:
    """A template that resembles the first axis this much, and leans to a side."""
    vector: Floats = np.zeros((1, 4), np.float32)
    vector[0, 0], vector[0, side] = similarity, np.sqrt(1 - similarity**2)
    return Templates(vector, MODEL)


@pytest.mark.parametrize(
    ("own", "taken_away", "is_named"),
    [
        (0.6, 0.5, True),  # it resembles the person more than the face that was taken from them
        (0.6, 0.6, False),
        (0.5, 0.7, False),
        (0.95, CERTAIN - 0.01, True),
        (0.95, CERTAIN, False),  # twins: this face is known not to be theirs
    ],
)
def test_a_face_that_was_taken_from_somebody_is_not_given_back(own: float, taken_away: float, is_named: bool) -> None:
    probe = Templates(np.eye(4, dtype=np.float32)[:1], MODEL)
    candidates = (Candidate(ANNA, own), Candidate(BEK, 0.4))
    found = without_refused(candidates, probe, {ANNA: at_similarity(taken_away, 1)})
    assert found == (candidates if is_named else candidates[1:])


def test_one_negative_of_several_is_enough_and_others_are_left_alone() -> None:
    probe = Templates(np.eye(4, dtype=np.float32)[:1], MODEL)
    several = Templates(np.concatenate([at_similarity(0.1, 1).vectors, at_similarity(0.7, 2).vectors]), MODEL)
    candidates = (Candidate(ANNA, 0.6), Candidate(BEK, 0.5))
    assert without_refused(candidates, probe, {ANNA: several}) == candidates[1:]
    assert without_refused(candidates, probe, {ANNA: Templates.none(MODEL)}) == candidates
    assert without_refused((), probe, {ANNA: several}) == ()
