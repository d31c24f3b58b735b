"""The DET plot is drawn for any test, however small, and says when it cannot be written."""

from pathlib import Path

import numpy as np
import pytest

from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import EnrolmentError, OutputError, SourceError
from nigoh.evaluation.det_plot import write_det_plot
from nigoh.evaluation.identification_report import Plan, enrol_gallery, report_identification
from nigoh.evaluation.identification_sets import IdentificationSet, Probe
from nigoh.evaluation.photo_templates import PhotoTemplates

MODEL = ModelIdentity("toy", "1", "0" * 64, "none", 2)
PLAN = Plan(threshold=0.5, threshold_source="given", bootstrap=20)


def described(**degrees: float) -> PhotoTemplates:
    """Photos by name, each a direction in the plane: the cosine of the angle between two is their similarity."""
    angles = np.radians(list(degrees.values()))
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    rows = {Path(name): row for row, name in enumerate(degrees)}
    return PhotoTemplates(Templates(vectors, MODEL), rows, (Path("faceless"),), {})


def probe(person: str, photo: str) -> Probe:
    return Probe(PersonId(person), Path(photo))


GALLERY = {
    PersonId("anna"): (Path("anna1"),),
    PersonId("bob"): (Path("bob1"),),
    PersonId("cleo"): (Path("faceless"),),
}
PHOTOS = described(anna1=0, anna2=10, bob1=90, bob2=20, dora1=50, eve1=180)
MATED = (probe("anna", "anna2"), probe("bob", "bob2"), probe("cleo", "faceless"))
STRANGERS = (probe("dora", "dora1"), probe("eve", "eve1"))


def test_searches_are_judged_by_who_comes_first_and_how_sure() -> None:
    test = IdentificationSet(GALLERY, MATED, STRANGERS)
    report, _ = report_identification(test, enrol_gallery(test, PHOTOS), PHOTOS, PLAN)

    assert report.rank_1 == pytest.approx(1 / 3)
    assert report.not_enrolled == ("cleo",)
    assert (report.undetected, report.undetected_mated, report.undetected_non_mated) == (1, 1, 0)
    # Bob's probe lies nearer to Anna; Dora lies at 40 degrees to Bob, Eve at 90.
    assert [(error.person, error.found) for error in report.not_first] == [("bob", "anna"), ("cleo", None)]
    assert [(error.person, error.found) for error in report.strangers_named] == [("dora", "bob"), ("eve", "bob")]
    assert report.in_use.fpir == 0.5
    assert report.in_use.fnir == pytest.approx(2 / 3)


@pytest.mark.parametrize("strangers", [STRANGERS, STRANGERS[:1], ()])
def test_a_plot_is_drawn_however_few_strangers_there_are(strangers: tuple[Probe, ...], tmp_path: Path) -> None:
    test = IdentificationSet(GALLERY, MATED, strangers)
    write_det_plot(*report_identification(test, enrol_gallery(test, PHOTOS), PHOTOS, PLAN), tmp_path / "det.png")

    assert (tmp_path / "det.png").read_bytes().startswith(b"\x89PNG")


def test_a_plot_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    test = IdentificationSet(GALLERY, MATED, STRANGERS)
    drawn = report_identification(test, enrol_gallery(test, PHOTOS), PHOTOS, PLAN)

    with pytest.raises(OutputError, match="No such file"):
        write_det_plot(*drawn, tmp_path / "nowhere" / "det.png")


def test_a_test_of_nobody_is_refused() -> None:
    with pytest.raises(SourceError, match="no probe shows an enrolled person"):
        enrol_gallery(IdentificationSet(GALLERY, (), STRANGERS), PHOTOS)
    faceless = {PersonId("cleo"): (Path("faceless"),)}
    with pytest.raises(EnrolmentError, match="no photo of the gallery shows a face"):
        enrol_gallery(IdentificationSet(faceless, MATED, ()), PHOTOS)
