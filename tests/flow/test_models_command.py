"""`nigoh models` as a user meets it: tables, JSON, exit codes, and one-line errors."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest

from nigoh.cli.main import main


@dataclass(frozen=True)
class Result:
    """What a user sees of a command."""

    code: int
    stdout: str
    stderr: str


Models = Callable[..., Result]


@pytest.fixture
def models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of models, and a cache and a configuration folder of this test."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name, path in (("MODELS", folder), ("CACHE", tmp_path / "cache"), ("CONFIG", tmp_path / "config")):
        monkeypatch.setenv(f"NIGOH_{name}", str(path))
    return folder


@pytest.fixture
def nigoh_models(models_folder: Path, capsys: pytest.CaptureFixture[str]) -> Models:
    """The command `nigoh models ...`, in this process."""
    assert models_folder.is_dir()

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as left:
            main(["models", *arguments])
        said = capsys.readouterr()
        return Result(int(left.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def edgeface(shared_data: Path, models_folder: Path) -> Path:
    """A non-commercial model, in the models folder."""
    path = models_folder / "edgeface_xs_q_as_fp32.onnx"
    copyfile(shared_data / "models" / path.name, path)
    return path


def states(nigoh_models: Models) -> dict[str, str]:
    return {model["name"]: model["state"] for model in json.loads(nigoh_models("list", "--json").stdout)}


def test_list_shows_each_model_its_licence_and_how_it_stands(nigoh_models: Models) -> None:
    result = nigoh_models("list")
    assert result.code == 0
    lines = {line.split()[0]: line for line in result.stdout.splitlines() if line.split()}
    for word in ("2023mar", "detector", "MIT", "yes", "present"):
        assert word in lines["yunet"]
    for word in ("CC-BY-NC-SA-4.0", "no", "missing"):
        assert word in lines["edgeface-xs"]


def test_list_as_json_says_what_the_table_says_and_where_the_files_are(nigoh_models: Models) -> None:
    models = {model["name"]: model for model in json.loads(nigoh_models("list", "--json").stdout)}
    sface = models["sface"]
    assert (sface["licence"], sface["commercial_use"], sface["state"]) == ("Apache-2.0", True, "present")
    assert Path(sface["file"]).is_file()
    assert models["edgeface-xs"]["file"] is None
    assert "NIGOH_MODELS" in models["edgeface-xs"]["problem"]


def test_verify_passes_over_what_is_missing_and_prints_a_line_each(nigoh_models: Models) -> None:
    result = nigoh_models("verify")
    assert result.code == 0
    assert len(result.stdout.splitlines()) == len(states(nigoh_models))
    assert result.stdout.startswith("ok       yunet")


def test_verify_fails_for_a_changed_file_and_names_it(nigoh_models: Models, models_folder: Path) -> None:
    (models_folder / "foamliu_MobileFaceNet.onnx").write_bytes(b"something else")
    result = nigoh_models("verify")
    assert result.code == 1
    (failed,) = [line for line in result.stdout.splitlines() if line.startswith("FAILED")]
    assert "foamliu_MobileFaceNet.onnx was changed" in failed
    assert states(nigoh_models)["mobilefacenet"] == "changed"
    assert json.loads(nigoh_models("verify", "--json").stdout)


def test_accepting_a_licence_lasts(nigoh_models: Models, edgeface: Path) -> None:
    assert edgeface.is_file()
    assert states(nigoh_models)["edgeface-xs"] == "needs acceptance"
    result = nigoh_models("accept", "edgeface-xs")
    assert (result.code, result.stderr) == (0, "")
    assert "CC-BY-NC-SA-4.0" in result.stdout
    assert states(nigoh_models)["edgeface-xs"] == "present"


def test_a_free_model_needs_no_acceptance(nigoh_models: Models) -> None:
    result = nigoh_models("accept", "sface")
    assert result.code == 0
    assert "nothing has to be accepted" in result.stdout


def test_pulling_what_is_there_says_where_it_is(nigoh_models: Models) -> None:
    result = nigoh_models("pull", "yunet")
    assert (result.code, result.stderr) == (0, "")
    assert Path(result.stdout.removeprefix("yunet: ").strip()).is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("accept", "nobody"), "there is no 'nobody' in the catalogue. Choose one of: yunet, sface"),
        (("pull", "edgeface-xs"), "run: nigoh models accept edgeface-xs"),
        (("pull", "mobilefacenet"), "no address to pull it from. To get it: put foamliu_MobileFaceNet.onnx"),
        (("lost",), "No such command"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    nigoh_models: Models, arguments: tuple[str, ...], says: str
) -> None:
    result = nigoh_models(*arguments)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert says in result.stderr


def test_a_malformed_manifest_is_one_line_that_names_file_and_entry(
    nigoh_models: Models, models_folder: Path
) -> None:
    (models_folder / "models.toml").write_text('[[model]]\nname = "mine"\nkind = "oracle"\n')
    result = nigoh_models("list")
    assert (result.code, result.stdout) == (2, "")
    assert "models.toml, model 1 (mine): 'kind' is not one of detector, embedder" in result.stderr
    assert len(result.stderr.splitlines()) == 1


OBTAIN = """
import sys
from pathlib import Path
from nigoh.vision.model_files import open_models
cache = Path(sys.argv[1])
sys.stdin.readline()
print(open_models(models=None, cache=cache, config=cache).obtain("sface").path)
"""


def test_processes_that_start_together_fold_one_file_between_them(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OBTAIN, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    paths = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert {process.returncode for process in processes} == {0}
    (path,) = paths
    assert [str(file) for file in (tmp_path / "folded").iterdir()] == [path]
