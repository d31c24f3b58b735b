"""The exact gallery: nearest people, each once, of one model."""

import threading

import numpy as np
import pytest

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import TemplateMismatch
from nigoh.identity.gallery import ExactGallery

MODEL = ModelIdentity("toy", "1", "a" * 64, "none", 4)
OTHER = ModelIdentity("toy", "2", "b" * 64, "none", 4)
ANNA, BEK, CARL = PersonId("Anna"), PersonId("Bek"), PersonId("Ўктам")


def _templates(*rows: list[float], model: ModelIdentity = MODEL) -> Templates:
    vectors: Floats = np.array(rows, np.float32).reshape(-1, 4)
    return Templates(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), model)


def test_search_names_each_person_once_with_their_best_template_best_first() -> None:
    gallery = ExactGallery(MODEL)
    gallery.add(ANNA, _templates([1, 0, 0, 0], [1, 1, 0, 0]))
    gallery.add(BEK, _templates([0, 1, 0, 0]))
    gallery.add(CARL, _templates([0, 0, 1, 0]))
    found = gallery.search(_templates([1, 0.2, 0, 0], [0, 0, 1, 0]), k=2)
    assert [candidate.person for candidate in found.rows[0]] == [ANNA, BEK]
    assert found.rows[0][0].score == pytest.approx(1 / np.sqrt(1.04), abs=1e-6)
    assert found.rows[1][0].person == CARL
    assert len(found.rows[1]) == 2


def test_nobody_enrolled_and_no_probes_are_ordinary() -> None:
    gallery = ExactGallery(MODEL)
    assert gallery.search(_templates([1, 0, 0, 0]), k=3).rows == ((),)
    assert len(gallery.search(Templates.none(MODEL), k=3)) == 0
    assert gallery.people == ()
    assert len(gallery) == 0


def test_another_models_templates_are_refused() -> None:
    gallery = ExactGallery(MODEL)
    with pytest.raises(TemplateMismatch, match=r"toy/2 \(bbbbbbbb\).*toy/1"):
        gallery.add(ANNA, _templates([1, 0, 0, 0], model=OTHER))
    with pytest.raises(TemplateMismatch):
        gallery.search(_templates([1, 0, 0, 0], model=OTHER), k=1)


def test_a_search_during_enrolment_sees_a_whole_gallery() -> None:
    gallery = ExactGallery(MODEL)
    probe = _templates([1, 0, 0, 0])
    wrong: list[object] = []

    def search() -> None:
        for _ in range(300):
            row = gallery.search(probe, k=1000).rows[0]
            if len({candidate.person for candidate in row}) != len(row):
                wrong.append(row)

    searcher = threading.Thread(target=search)
    searcher.start()
    for number in range(300):
        gallery.add(PersonId(f"person {number}"), _templates([1, number, 0, 0]))
    searcher.join(10)
    assert not wrong
    assert len(gallery.people) == 300
