"""The manifest of models: what it says, and how it refuses what it does not understand."""

from pathlib import Path

import pytest

from nigoh.domain.operating_point import OperatingPoint
from nigoh.errors import ConfigError
from nigoh.vision.catalogue import load_catalogue
from nigoh.vision.manifest import read_manifest
from nigoh.vision.model_entry import (
    Colour,
    FolderOrigin,
    InputContract,
    ModelKind,
    PackageOrigin,
    WebOrigin,
)

MINE = """
[[model]]
name = "mine"
version = "1"
kind = "embedder"
architecture = "aligned"
licence = "MIT"
commercial_use = true
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
input = { size = 112, colour = "rgb", mean = [1, 2, 3], scale = 0.5 }
dimension = 64
thresholds = { "1e-5" = 0.6, "1e-3" = 0.4 }
origins = [
    { package = "somebody", path = "somebody/mine.onnx" },
    { file = "mine.onnx" },
    { https = "https://example.org/mine.onnx" },
]
"""


def test_an_entry_says_what_its_lines_say() -> None:
    (entry,) = read_manifest(MINE, "models.toml")
    assert (entry.name, entry.version, str(entry.kind), entry.dimension) == ("mine", "1", "embedder", 64)
    assert entry.input == InputContract(112, Colour.RGB, (1, 2, 3), (0.5, 0.5, 0.5))
    assert entry.thresholds == (OperatingPoint(1e-3, 0.4), OperatingPoint(1e-5, 0.6))
    assert entry.origins == (
        PackageOrigin("somebody", "somebody/mine.onnx"),
        FolderOrigin("mine.onnx"),
        WebOrigin("https://example.org/mine.onnx"),
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('licence = "MIT"\n', "", r"the key 'licence' is missing"),
        ('licence = "MIT"', 'licence = "MIT"\nlicense = "MIT"', r"the key 'license' is unknown"),
        ('version = "1"', "version = 1", r"'version' is not text, but 1"),
        ("dimension = 64", "dimension = true", r"'dimension' is not a whole number, but True"),
        ("commercial_use = true", 'commercial_use = "yes"', r"'commercial_use' is not true or false"),
        ('kind = "embedder"', 'kind = "oracle"', r"'kind' is not one of detector, embedder, but 'oracle'"),
        ('"0123', '"0X23', r"'sha256' is not 64 hexadecimal digits"),
        ("size = 112", 'size = "big"', r"input: 'size' is neither"),
        ("size = 112", 'size = "dynamic"', r"an embedder's input size is a number"),
        ('"rgb"', '"grey"', r"input: 'colour' is not one of bgr, rgb"),
        ("scale = 0.5", "scale = [1, 2]", r"input: 'scale' is neither a number nor a list of three"),
        ("scale = 0.5", "scale = 0.5, gamma = 2", r"input: the key 'gamma' is unknown"),
        ('"1e-5" = 0.6', '"often" = 0.6', r"thresholds: the key 'often' is not a false match rate"),
        ('"1e-5" = 0.6', '"1e-5" = "high"', r"thresholds: '1e-5' is not a number"),
        ("https://example", "http://example", r"origins: 'https' is not an https address"),
        ('{ file = "mine.onnx" }', '{ ftp = "mine.onnx" }', r"origins: the key 'https' is missing"),
    ],
)
def test_a_wrong_line_is_refused_by_file_entry_and_key(old: str, new: str, says: str) -> None:
    assert old in MINE
    with pytest.raises(ConfigError, match=rf"^models\.toml, model 1 \(mine\).*{says}"):
        read_manifest(MINE.replace(old, new), "models.toml")


def test_an_entry_without_origins_is_refused() -> None:
    text = MINE[: MINE.index("origins")] + "origins = []"
    with pytest.raises(ConfigError, match="names no place"):
        read_manifest(text, "models.toml")


def test_what_is_not_toml_is_refused_by_file_and_line() -> None:
    with pytest.raises(ConfigError, match=r"^models\.toml is not TOML: "):
        read_manifest("model = ", "models.toml")


def test_the_catalogue_ships_a_detector_and_an_embedder_that_anybody_may_use() -> None:
    catalogue = load_catalogue()
    yunet, sface = catalogue.find("yunet", "detector"), catalogue.find("sface", "embedder")
    assert yunet.commercial_use
    assert sface.commercial_use
    assert OperatingPoint(1e-4, 0.415) in sface.thresholds


def test_every_embedder_asks_more_similarity_for_fewer_false_matches() -> None:
    for entry in load_catalogue():
        similarities = [threshold.similarity for threshold in entry.thresholds]
        assert similarities == sorted(similarities)
        assert bool(similarities) == (entry.kind is ModelKind.EMBEDDER)
        assert all(0 < similarity < 1 for similarity in similarities)


def test_a_models_toml_beside_the_models_adds_entries(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(MINE)
    catalogue = load_catalogue(tmp_path)
    assert catalogue.find("mine").dimension == 64
    assert catalogue.find("sface").dimension == 128


def test_a_models_toml_that_repeats_a_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text(MINE.replace('"mine"', '"sface"'))
    with pytest.raises(ConfigError, match="two models are named 'sface'"):
        load_catalogue(tmp_path)


def test_a_models_toml_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"models\.toml cannot be read"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(("name", "kind"), [("nobody", None), ("sface", "detector")])
def test_a_name_that_is_not_there_is_refused_with_those_that_are(name: str, kind: str | None) -> None:
    with pytest.raises(ConfigError, match=rf"there is no '{name}'.*Choose one of: yunet"):
        load_catalogue().find(name, kind)
