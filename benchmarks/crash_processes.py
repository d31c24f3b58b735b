"""The processes that crashes.py kills, and the disk that it fills."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.master_key import KeyFile
from nigoh.deployment_wiring import open_deployment

_ENDS = Path(__file__).resolve().parents[1] / "tests" / "flow" / "delivery_processes.py"
_PAUSE_S = 0.002
_POLL_S = 0.005
_PATIENCE_S = 180.0
_SERVES = re.compile(rb"the API is at ")
_CHUNK = bytes(64 * 1024)


class ShardProcess:
    """Spools numbered sightings, and goes on after the last safe one when it is started again.

    Attributes:
        safe: so many of them are on the disk, as far as it has said.
    """

    def __init__(
        self, spools: Path, count: int, *, permit: Path, key: Path | None = None, full_s: float | None = None
    ) -> None:
        self.safe = 0
        self._count = count
        self._permit = permit
        self._command = [sys.executable, str(_ENDS), "spool", str(spools), "shard"]
        self._options = ["--pause-s", str(_PAUSE_S), "--permit", str(permit)]
        if key is not None:
            self._options += ["--key", str(key)]
        if full_s is not None:
            self._options += ["--full-at", str(count // 4 + 1), "--full-s", str(full_s)]
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def permit(self, count: int) -> None:
        """It may spool so many sightings of all."""
        beside = self._permit.with_suffix(".new")
        beside.write_text(str(count))
        beside.replace(self._permit)

    def start(self) -> None:
        """Let it go on."""
        arguments = [*self._command, str(self.safe), str(self._count), *self._options]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE)
        self._reader = threading.Thread(target=self._read, args=(self._process,))
        self._reader.start()

    def kill(self) -> None:
        """End it at once; what it had said before counts."""
        if self._process is not None and self._reader is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            self._process = self._reader = None

    def wait_until_it_spools(self) -> None:
        """Until it has said of one more that it is safe."""
        self.wait_until_safe(min(self.safe + 1, self._count), _PATIENCE_S)

    def wait_until_safe(self, count: int, patience_s: float) -> None:
        """Until so many are safe. The program ends if that takes too long."""
        end_s = time.monotonic() + patience_s
        while self.safe < count:
            if time.monotonic() > end_s:
                sys.exit(f"error: {self.safe} of {count} sightings were spooled within {patience_s:g} s")
            time.sleep(_POLL_S)

    def finish(self, patience_s: float) -> None:
        """Let it spool all that is left."""
        self.permit(self._count)
        self.wait_until_safe(self._count, patience_s)

    def __enter__(self) -> Self:
        self.permit(0)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        output = process.stdout
        if output is None:
            return
        with output:
            for line in output:
                if line.endswith(b"\n"):
                    self.safe = int(line)


class IntakeProcess:
    """The intake of `nigoh up` alone, with a sink that nobody serves."""

    def __init__(self, folder: Path, database: str) -> None:
        self._command = [
            sys.executable,
            str(_ENDS),
            "intake",
            str(folder / "spools"),
            database,
            str(folder / "media"),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it works when this returns."""
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self._process.stdout is not None:
            self._process.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


class UpProcess:
    """`nigoh up` on a folder of its own, without cameras.

    Attributes:
        database: the address of its database.
        media: the folder of its pictures.
        spools: the folder of its spools.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        data, key = folder / "data", folder / "keys" / "master.key"
        self._settings = DeploymentSettings(
            data=data,
            database=f"sqlite:///{data / 'nigoh.db'}",
            master_key=KeyFile(key),
            destroyed_keys=key.parent / "destroyed-keys",
        )
        self.database = self._settings.database
        self.media = self._settings.media
        self.spools = data / "spools"
        self._said = folder / "said"
        self._command = [sys.executable, "-m", "nigoh", "up", "--data", str(data), "--port", "0", "--quiet"]
        self._command += ["--master-key-file", str(key)]
        self._process: subprocess.Popen[bytes] | None = None

    def make_ready(self) -> float:
        """Start it the first time and end it; how long it took until it served, seconds."""
        began_s = time.monotonic()
        self.start()
        self.wait_until_it_serves()
        took_s = time.monotonic() - began_s
        self.stop()
        return took_s

    def spool_key(self) -> Path:
        """A file with the key of its spools."""
        file = self._folder / "spool.key"
        with open_deployment(self._settings) as deployment, deployment.database.begin() as connection:
            file.write_bytes(deployment.vault.secret(connection, "spool"))
        return file

    def start(self) -> None:
        """Start it, as leader of a group of its own."""
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
            )

    def wait_until_it_serves(self) -> None:
        """Until it says where. The program ends if that takes too long."""
        end_s = time.monotonic() + _PATIENCE_S
        while not _SERVES.search(self._said.read_bytes()):
            if time.monotonic() > end_s or self._process is None or self._process.poll() is not None:
                sys.exit(f"error: nigoh up does not start: {self._said.read_text('utf-8', 'replace')[-2000:]}")
            time.sleep(_POLL_S)

    def kill(self) -> None:
        """End it at once, and all processes that it has started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(_PATIENCE_S)
        self._process = None
        return code


class Mounted:
    """A small disk in memory, mounted on a folder."""

    def __init__(self, folder: Path, size: str) -> None:
        self._folder = folder
        self._size = size

    def __enter__(self) -> Self:
        subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", f"size={self._size}", "tmpfs", self._folder], check=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Lazily: processes that were just killed may hold it for a moment.
        subprocess.run(["/bin/umount", "-l", self._folder], check=True)


def may_mount(folder: Path) -> bool:
    """Whether this process may mount a disk in memory there."""
    try:
        with Mounted(folder, "1m"):
            return True
    except (OSError, subprocess.SubprocessError):
        return False


class Ballast:
    """A file that takes all room of a disk, and gives it back."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill_for(self, seconds: float) -> None:
        """Leave no byte, and take what others give back, for so long."""
        end_s = time.monotonic() + seconds
        with self._path.open("wb", buffering=0) as file:
            while time.monotonic() < end_s:
                self._fill(file.fileno())
                time.sleep(_POLL_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.unlink(missing_ok=True)

    @staticmethod
    def _fill(handle: int) -> None:
        size = len(_CHUNK)
        while size:
            try:
                os.write(handle, _CHUNK[:size])
            except OSError:
                size //= 2
