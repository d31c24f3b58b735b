"""The machine and the versions that a figure was taken with."""

import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("nigoh", "av", "numpy", "opencv-python-headless", "openvino", "onnxruntime")


@dataclass(frozen=True, slots=True)
class Machine:
    """What ran the benchmark.

    Attributes:
        processor: the CPU's name as it calls itself.
        cores: how many cores this process may use.
        memory_gib: of the whole machine.
        system: kernel and architecture.
        python: the interpreter's version.
        packages: versions of what does the work.
    """

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str
    packages: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.processor}, {self.cores} cores, {self.memory_gib:.0f} GiB, Python {self.python}"

    def as_json(self) -> dict[str, object]:
        """Its fields, for a result file."""
        return asdict(self)


def describe_machine() -> Machine:
    """This machine, and what is installed in this environment."""
    return Machine(
        processor=_first_field(Path("/proc/cpuinfo"), "model name") or platform.processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: installed for name in _PACKAGES if (installed := _version(name))},
    )


def resident_mib(pid: int) -> float | None:
    """Resident memory of a process now, or None once it has ended."""
    try:
        found = _first_field(Path(f"/proc/{pid}/status"), "VmRSS")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(found.split()[0]) / 1024 if found else None


def _first_field(path: Path, name: str) -> str:
    lines = path.read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
