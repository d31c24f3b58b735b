"""The farm in a process of its own: for benchmarks, so that its CPU seconds are its own."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec

from nigoh.errors import Fatal
from nigoh.testing.farm.control import Order, ask_farm
from nigoh.testing.farm.faults import Fault
from nigoh.testing.farm.status import FarmStatus

_START_S = 600.0  # clips may have to be made
_STOP_S = 15.0


class FarmPlace(msgspec.Struct):
    """Where a running farm is: what `nigoh farm --json` prints.

    Attributes:
        urls: of the cameras, without user and password.
        control_port: where faults can be asked for.
        pid: of its process.
    """

    urls: tuple[str, ...]
    control_port: int
    pid: int


class FarmProcess:
    """Runs `nigoh farm` with these arguments, from the beginning of a with statement to its end."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._command = [sys.executable, "-m", "nigoh", "farm", *arguments, "--json"]
        self._process: subprocess.Popen[bytes]
        self.place: FarmPlace

    def __enter__(self) -> Self:
        """Wait until it serves. Raises Fatal when it does not begin; what it said went to stderr."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE)  # noqa: S603 - nigoh itself, no shell
        patience = threading.Timer(_START_S, self._process.kill)
        patience.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else b""
            self.place = msgspec.json.decode(line, type=FarmPlace)
        except msgspec.DecodeError as error:
            self._stop()
            raise Fatal("the farm has not begun", "Its own message says why.") from error
        except BaseException:
            self._stop()
            raise
        finally:
            patience.cancel()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it: asked first, killed if it has not ended after 15 s."""
        self._stop()

    def disturb(self, fault: Fault) -> None:
        """Let something go wrong. Raises ConfigError, SourceUnavailable."""
        ask_farm(self.place.control_port, Order("fault", fault.kind, fault.camera, fault.value, fault.seconds))

    def clear(self, camera: int | None = None) -> None:
        """Let a camera, or all, be well again. Raises ConfigError, SourceUnavailable."""
        ask_farm(self.place.control_port, Order("clear", camera=camera))

    def status(self) -> FarmStatus:
        """What was done so far. Raises SourceUnavailable."""
        status = ask_farm(self.place.control_port, Order("status"))
        if status is None:
            raise Fatal("the farm does not tell its counters")
        return status

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.communicate(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
