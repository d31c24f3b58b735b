"""One suite over every embedder that can be had here, on real photos."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.errors import ModelError, TemplateMismatch
from nigoh.identity.calibration import threshold_for
from nigoh.vision.aligned_embedder import AlignedEmbedder
from nigoh.vision.alignment import align_faces
from nigoh.vision.embedder import Embedder
from nigoh.vision.model_entry import ModelEntry
from nigoh.vision.model_files import ModelStore, open_models
from nigoh.vision.openvino_runtime import OpenVinoRuntime
from nigoh.vision.yunet import YuNet

EMBEDDERS = ["sface", "edgeface-xs", "mobilefacenet"]
Crops = NDArray[np.uint8]


@pytest.fixture(scope="module")
def store(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    folder = tmp_path_factory.mktemp("models")
    return open_models(models=shared_data / "models", cache=folder, config=folder, accepted=["edgeface-xs"])


@pytest.fixture(scope="module", params=EMBEDDERS)
def entry(request: pytest.FixtureRequest, store: ModelStore) -> ModelEntry:
    return store.catalogue.find(request.param, "embedder")


@pytest.fixture(scope="module")
def embedder(entry: ModelEntry, store: ModelStore) -> Embedder:
    return AlignedEmbedder(OpenVinoRuntime("cpu").load(store.obtain(entry.name).path), entry)


@pytest.fixture(scope="module")
def crops(shared_data: Path, store: ModelStore) -> Crops:
    """Obama, Obama, Obama, Biden, Miranda, Lacamoire."""
    detector = YuNet(OpenVinoRuntime("cpu").load(store.obtain("yunet").path))
    names = ["obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "lin-manuel-miranda.png", "alex-lacamoire.png"]
    pictures = [cv2.imread(str(shared_data / "photos" / "portraits" / name)) for name in names]
    pixels = [np.asarray(picture, np.uint8) for picture in pictures]
    found = detector.detect(pixels)
    return np.concatenate(
        [align_faces(picture, faces.landmarks[:1]) for picture, faces in zip(pixels, found, strict=True)]
    )


def test_photos_of_one_person_match_at_the_models_own_threshold(
    embedder: Embedder, entry: ModelEntry, crops: Crops
) -> None:
    similarity = embedder.embed(crops).similarity(embedder.embed(crops))
    assert similarity[:3, :3].min() > threshold_for(1e-5, entry.thresholds)


def test_photos_of_different_people_do_not(embedder: Embedder, entry: ModelEntry, crops: Crops) -> None:
    similarity = embedder.embed(crops).similarity(embedder.embed(crops))
    assert similarity[:3, 3:].max() < threshold_for(1e-3, entry.thresholds)
    assert np.triu(similarity[3:, 3:], 1).max() < threshold_for(1e-3, entry.thresholds)


def test_templates_have_unit_length_and_carry_the_models_identity(
    embedder: Embedder, entry: ModelEntry, crops: Crops
) -> None:
    templates = embedder.embed(crops)
    assert templates.vectors.shape == (6, entry.dimension)
    assert np.allclose(np.linalg.norm(templates.vectors, axis=1), 1, atol=1e-5)
    assert templates.model == embedder.model
    assert (templates.model.name, templates.model.version) == (entry.name, entry.version)
    assert templates.model.digest == entry.sha256
    assert templates.model.preprocessing.startswith("align5-112/rgb/")


def test_a_batch_gives_what_its_rows_give_alone(embedder: Embedder, crops: Crops) -> None:
    many = np.concatenate([crops] * 4)
    together = embedder.embed(many)
    for row in (0, 5, 17, 23):
        assert np.allclose(embedder.embed(many[row : row + 1]).vectors[0], together.vectors[row], atol=1e-4)


def test_no_crops_give_no_templates(embedder: Embedder) -> None:
    templates = embedder.embed(np.empty((0, 112, 112, 3), np.uint8))
    assert len(templates) == 0
    assert templates.model == embedder.model


def test_a_black_crop_gives_an_ordinary_template(embedder: Embedder) -> None:
    assert len(embedder.embed(np.zeros((1, 112, 112, 3), np.uint8))) == 1


@pytest.mark.parametrize("shape", [(112, 112, 3), (1, 100, 112, 3), (1, 3, 112, 112)])
def test_crops_of_another_shape_are_refused(embedder: Embedder, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="crops are"):
        embedder.embed(np.zeros(shape, np.uint8))


def test_templates_of_two_models_do_not_compare(store: ModelStore, crops: Crops) -> None:
    runtime = OpenVinoRuntime("cpu")
    ours, theirs = (
        AlignedEmbedder(runtime.load(found.path), found.entry).embed(crops[:1])
        for found in (store.obtain("sface"), store.obtain("mobilefacenet"))
    )
    with pytest.raises(TemplateMismatch, match=r"mobilefacenet.*sface"):
        ours.similarity(theirs)


def test_a_model_that_does_not_give_what_its_entry_says_is_refused(store: ModelStore, crops: Crops) -> None:
    found = store.obtain("sface")
    mistaken = store.catalogue.find("edgeface-xs")
    embedder = AlignedEmbedder(OpenVinoRuntime("cpu").load(found.path), mistaken)
    with pytest.raises(ModelError, match="gives 128 numbers a face, its manifest says 512"):
        embedder.embed(crops)
