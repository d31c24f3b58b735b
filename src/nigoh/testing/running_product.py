"""The whole product in a process of its own, for tests, screenshots and benchmarks: `nigoh up` and who asks it."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack
from urllib.parse import urlsplit

import httpx

from nigoh.errors import Fatal

T = TypeVar("T")

_PATIENCE_S = 120.0
_END_S = 20.0


class Sent(TypedDict, total=False):
    """What goes with a request, as httpx names it."""

    json: object
    params: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]]


@dataclass(eq=False)
class RunningProduct:
    """`nigoh up`, and an administrator who asks its API.

    Attributes:
        folder: where everything of it lies.
        options: of the command, beside its folder, port and key.
        client: asks as the administrator, once there is one.
        address: where it is, while it runs.
        port: where it listens; 0: a free one, which it keeps when it is started again.
        person: somebody who is enrolled, for whoever starts it to note.
    """

    folder: Path
    options: tuple[str, ...] = ()
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))
    address: str = ""
    port: int = 0
    person: str = ""
    _process: subprocess.Popen[bytes] = field(init=False, repr=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it. Raises Fatal when it does not start."""
        command = [sys.executable, "-m", "nigoh", "up", "--data", str(self.folder / "data"), "--port", str(self.port)]
        command += ["--master-key-file", str(self.folder / "keys" / "master.key"), *self.options]
        with (
            (self.folder / "said").open("wb") as output,
            subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT) as process,  # noqa: S603 - nigoh itself
        ):
            self._process = process
            try:
                self.address = self.until(lambda: re.search(r"(http://127\.0\.0\.1:\d+)/api/v1", self.said()))[1]
                self.port = urlsplit(self.address).port or 0
                self.client.base_url = httpx.URL(f"{self.address}/api/v1/")
                yield
            finally:
                process.terminate()
                try:
                    process.wait(_END_S)
                except subprocess.TimeoutExpired:
                    process.kill()

    def said(self) -> str:
        """What it has printed."""
        return (self.folder / "said").read_text("utf-8")

    def until(self, found: Callable[[], T | None]) -> T:
        """What is found, as soon as it is. Raises Fatal when it is not, for a long time."""
        end_s = time.monotonic() + _PATIENCE_S
        while not (value := found()):
            if time.monotonic() > end_s or self._process.poll() is not None:
                raise Fatal(f"what is waited for does not come; nigoh said: {self.said()[-2000:]}")
            time.sleep(0.1)
        return value

    def ask(self, method: str, path: str, status: int = 200, **values: Unpack[Sent]) -> httpx.Response:
        """Ask the API, `path` without a leading slash. Raises Fatal when it answers something else than `status`."""
        answer = self.client.request(method, path, **values)
        if answer.status_code != status:
            raise Fatal(f"{method} {path} is answered by {answer.status_code}: {answer.text[:500]}")
        return answer

    def set_up(self, name: str, password: str) -> None:
        """Make the first administrator, and ask as them from now on."""
        link = self.until(lambda: re.search(r"/setup#token=(\S+)", self.said()))
        self.ask("POST", "setup", 201, json={"name": name, "password": password, "token": link[1]})
        self.log_in(name, password)

    def log_in(self, name: str, password: str) -> None:
        """Ask as this user from now on."""
        told = self.ask("POST", "session", json={"name": name, "password": password}).json()
        self.client.headers["X-CSRF-Token"] = told["csrf_token"]
