"""`nigoh doctor` as a user meets it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nigoh.cli.main import main
from nigoh.config.deployment_settings import deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.deployment_wiring import open_deployment

Doctor = Callable[..., tuple[int, str]]


@pytest.fixture
def nigoh_doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """The command `nigoh doctor ...`, in this process: exit code and output."""
    monkeypatch.setenv("NIGOH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NIGOH_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("NIGOH_DATA", str(tmp_path / "data"))

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main(["doctor", *arguments])
        return int(left.value.code or 0), capsys.readouterr().out

    return run


def test_it_finds_that_the_default_set_up_works_here(nigoh_doctor: Doctor) -> None:
    code, said = nigoh_doctor("--json")
    diagnosis = json.loads(said)
    checks = {check["name"]: check for check in diagnosis["checks"]}
    assert (code, diagnosis["works"]) == (0, True)
    for name in ("openvino cpu", "model yunet", "model sface", "faces", "H.264 decoder", "cache"):
        assert checks[name]["outcome"] == "ok", checks[name]
        assert checks[name]["needed"]
    assert all(check["detail"] for check in checks.values())


def test_it_prints_a_line_for_each_check_and_a_verdict(nigoh_doctor: Doctor) -> None:
    code, said = nigoh_doctor()
    *lines, verdict = said.splitlines()
    assert code == 0
    assert {line.split()[0] for line in lines} <= {"ok", "missing", "failed"}
    assert verdict == "nigoh works here."


def test_a_cache_that_cannot_be_written_fails_with_what_to_do(
    nigoh_doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("NIGOH_CACHE", str(tmp_path / "file" / "cache"))
    code, said = nigoh_doctor()
    assert code == 1
    (line,) = [line for line in said.splitlines() if line.split()[1] == "cache"]
    assert line.startswith("failed")
    assert "NIGOH_CACHE" in line


def test_a_changed_model_that_is_not_needed_is_failed_and_the_rest_works(
    nigoh_doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "edgeface_xs_q_as_fp32.onnx").write_bytes(b"changed")
    monkeypatch.setenv("NIGOH_MODELS", str(tmp_path))
    code, said = nigoh_doctor()
    (line,) = [line for line in said.splitlines() if "model edgeface-xs" in line and line.startswith("failed")]
    assert "was changed" in line
    assert code == 0


WITHOUT = """
import sys
for package in sys.argv[1].split(","):
    sys.modules[package] = None
from nigoh.cli.main import main
main(sys.argv[2:])
"""


def run_without(packages: str, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process in which importing these packages fails, as if they were not installed."""
    environment = {"NIGOH_CACHE": str(tmp_path), "NIGOH_CONFIG": str(tmp_path), "PATH": ""}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, packages, *arguments],
        capture_output=True, text=True, check=False, env=environment, timeout=120,
    )  # fmt: skip


def test_without_onnx_runtime_it_says_how_to_install_it_and_the_default_works(tmp_path: Path) -> None:
    result = run_without("onnxruntime", tmp_path, "doctor")
    (line,) = [line for line in result.stdout.splitlines() if "onnxruntime" in line]
    assert line.startswith("missing")
    assert "pip install 'nigoh[onnx]'" in line
    assert (result.returncode, result.stderr) == (0, "")


def test_it_looks_at_what_is_kept_once_something_is(nigoh_doctor: Doctor, tmp_path: Path) -> None:
    checks = {check["name"]: check for check in json.loads(nigoh_doctor("--json")[1])["checks"]}
    assert "none in" in checks["database"]["detail"]
    assert not (tmp_path / "data").exists(), "a look makes nothing"
    settings = deployment_settings(DeploymentEnvironment(data=tmp_path / "data"))
    open_deployment(settings).close()
    code, said = nigoh_doctor("--json")
    kept = json.loads(said)["checks"]
    assert (code, {check["outcome"] for check in kept if check["needed"]}) == (0, {"ok"})
    assert {"database", "migrations", "master key"} <= {check["name"] for check in kept}
    with (tmp_path / "data" / "nigoh.db").open("r+b") as file:
        file.write(b"no database at all")
    code, said = nigoh_doctor("--json")
    assert code == 1
    assert any(check["outcome"] == "failed" for check in json.loads(said)["checks"])
