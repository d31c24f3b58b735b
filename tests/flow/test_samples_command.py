"""`nigoh samples`, through the real package client; one download for all tests."""

from hashlib import sha256
from pathlib import Path

import pytest

from nigoh.cli.main import main
from nigoh.errors import Retryable
from nigoh.testing.sample_store import obtain_samples
from nigoh.testing.samples import SAMPLES


@pytest.fixture(scope="module")
def filled_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with the samples in it."""
    cache = tmp_path_factory.mktemp("cache")
    try:
        obtain_samples(tmp_path_factory.mktemp("first"), cache)
    except Retryable as error:
        pytest.skip(f"the package index cannot be reached: {error.what}")
    return cache


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package index that nobody answers for, and no other place to find packages."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:1/simple")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["samples", *arguments])
    return int(left.value.code or 0)


def check(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files == {
        "known_faces/Barack Obama.jpg",
        "portraits/Barack Obama/1.jpg",
        "portraits/Barack Obama/2.jpg",
        "portraits/Joe Biden/1.jpg",
    }
    for sample in SAMPLES:
        assert sha256((folder / sample.place).read_bytes()).hexdigest() == sample.sha256


@pytest.mark.usefixtures("offline")
def test_after_the_first_time_the_samples_come_without_network(
    filled_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NIGOH_CACHE", str(filled_cache))
    assert run("--dir", str(tmp_path / "samples")) == 0
    check(tmp_path / "samples")
    said = capsys.readouterr().out
    assert "public domain" in said
    assert "face_recognition 1.3.0" in said


@pytest.mark.usefixtures("offline")
def test_a_sample_that_was_changed_is_put_right_and_other_files_stay(filled_cache: Path, tmp_path: Path) -> None:
    obtain_samples(tmp_path, filled_cache)
    changed = tmp_path / "known_faces" / "Barack Obama.jpg"
    changed.write_bytes(b"changed")
    own = tmp_path / "known_faces" / "Anna.jpg"
    own.write_bytes(b"my own")
    obtain_samples(tmp_path, filled_cache)
    assert own.read_bytes() == b"my own"
    own.unlink()
    check(tmp_path)


@pytest.mark.usefixtures("offline")
def test_without_network_the_first_time_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NIGOH_CACHE", str(tmp_path / "cache"))
    assert run("--dir", str(tmp_path / "samples")) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: the samples cannot be downloaded: the package index does not answer.")
    assert "secret" not in said
    assert not (tmp_path / "samples").exists()


def test_another_archive_of_the_same_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "face_recognition-1.3.0.tar.gz").write_bytes(b"something else")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("NIGOH_CACHE", str(tmp_path / "cache"))
    assert run("--dir", str(tmp_path / "samples")) == 2
    assert "delivers another face_recognition 1.3.0 than the known one" in capsys.readouterr().err


def test_a_python_without_pip_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("NIGOH_CACHE", str(tmp_path / "cache"))
    assert run("--dir", str(tmp_path / "samples")) == 2
    assert "Run: python -m ensurepip" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(
    filled_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NIGOH_CACHE", str(filled_cache))
    (tmp_path / "file").touch()
    assert run("--dir", str(tmp_path / "file")) == 2
    said = capsys.readouterr().err
    assert "cannot be written: Not a directory" in said
    assert said.count("\n") == 1
