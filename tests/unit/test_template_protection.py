"""Stored templates: what they tell nobody, and the scores that they keep."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import VaultError
from nigoh.storage.vault.template_protection import ProtectionSecret, TemplateProtection, orthogonal_matrix, sketch

SEED = bytes(range(32))
EXPECTED_128 = [0.000725948614, -0.055021984521, -0.042779856718, -0.023792986968]
EXPECTED_512 = [0.012507846524, 0.036341833014, 0.013745551012, 0.003264520868]


def templates(count: int, dimension: int, seed: int = 0) -> Templates:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Templates(vectors, ModelIdentity("m", "1", "0" * 64, "p", dimension))


def protection(seed: bytes = SEED) -> TemplateProtection:
    return TemplateProtection(ProtectionSecret.of(seed))


@pytest.mark.parametrize("dimension", [1, 2, 3, 128, 512])
def test_scores_are_what_they_were(dimension: int) -> None:
    gallery, probes = templates(50, dimension), templates(20, dimension, seed=1)
    turned = protection()
    before = probes.similarity(gallery)
    after = turned.protect(probes).similarity(turned.protect(gallery))
    assert np.abs(after - before).max() < 1e-5
    assert np.abs(turned.unprotect(turned.protect(gallery)).vectors - gallery.vectors).max() < 1e-5


@pytest.mark.parametrize("dimension", [3, 128, 512])
def test_templates_are_turned_alike_in_any_company(dimension: int) -> None:
    many = templates(5000, dimension)
    turned = protection().protect(many).vectors
    for first, last in ((0, 1), (0, 100), (37, 54), (4000, 5000)):
        alone = protection().protect(many.pick(np.arange(first, last))).vectors
        assert np.abs(alone - turned[first:last]).max() < 1e-6


def test_no_templates_stay_no_templates() -> None:
    none = templates(0, 128)
    assert len(protection().protect(none)) == 0
    assert len(protection().unprotect(none)) == 0


def looks_like_strangers(scores: NDArray[np.floating], dimension: int) -> bool:
    """Cosines of unrelated directions have mean 0 and variance 1 / D.

    One rotation is drawn for all faces: the mean of their cosines is its trace / D, and a rotation's trace has
    variance 1. So the mean is within 5 / D, and the variance within a quarter of what is expected.
    """
    return bool(abs(scores.mean()) < 5 / dimension and abs(scores.var() * dimension - 1) < 0.25)


@pytest.mark.parametrize("dimension", [128, 512])
def test_the_same_faces_of_two_installations_are_as_unrelated_as_strangers(dimension: int) -> None:
    faces = templates(1500, dimension)
    here, there = (protection(bytes([seed]) * 32).protect(faces).vectors for seed in (1, 2))
    assert looks_like_strangers(np.sum(here * there, axis=1), dimension)
    assert looks_like_strangers(np.sum(here * faces.vectors, axis=1), dimension), (
        "nor does one resemble the plain one"
    )
    assert not looks_like_strangers(np.sum(here * here, axis=1), dimension)


def test_the_same_seed_means_the_same_matrix_everywhere() -> None:
    """Written down where it was first computed, so that another NumPy or machine that differs fails here."""
    assert np.allclose(sketch(orthogonal_matrix(SEED, 128))[:4], EXPECTED_128, rtol=0, atol=1e-9)
    assert np.allclose(sketch(orthogonal_matrix(SEED, 512))[:4], EXPECTED_512, rtol=0, atol=1e-9)


@pytest.mark.parametrize("dimension", [1, 3, 128, 512])
def test_the_matrix_is_orthogonal_and_no_two_lengths_share_numbers(dimension: int) -> None:
    matrix = orthogonal_matrix(SEED, dimension)
    assert np.abs(matrix @ matrix.T - np.eye(dimension)).max() < 1e-12
    assert not np.allclose(orthogonal_matrix(SEED, dimension + 1)[0, 0], matrix[0, 0])


def test_a_machine_that_computes_another_matrix_is_noticed() -> None:
    made = ProtectionSecret.of(SEED)
    changed = ProtectionSecret(made.seed, [made.sketch[0] + 1e-6, *made.sketch[1:]])
    with pytest.raises(VaultError, match="another way than the one that stored them"):
        TemplateProtection(ProtectionSecret.decode(changed.encode()))
    TemplateProtection(ProtectionSecret.decode(made.encode()))
    assert repr(made) == str(made) == "ProtectionSecret(***)"
