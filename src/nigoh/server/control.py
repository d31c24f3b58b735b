"""The engine's control socket, for the commands of this user on this machine."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from nigoh.domain.camera_status import EngineStatus
from nigoh.errors import ConfigError, NigohError, OutputError
from nigoh.server.control_messages import MOST_REQUEST_BYTES, Answer, Order, socket_path
from nigoh.server.engine_lock import taken
from nigoh.server.live_views import LiveViews
from nigoh.server.unix_address import unix_address

_log = logging.getLogger(__name__)

_MOST_CLIENTS = 32
_BACKLOG = 128
# A client that sends nothing, or takes nothing, for so long is sent away.
_PATIENCE_S = 10.0
_SIGN_OF_LIFE_S = 1.0
_JOIN_S = 2.0


@dataclass(frozen=True, slots=True)
class ControlActions:
    """What the engine does when it is asked. Called in threads of the control socket.

    Attributes:
        status: how it is.
        reload: read the configuration again; raises ConfigError and goes on as before when it is wrong.
        stop: begin to end.
        views: who looks at what.
    """

    status: Callable[[], EngineStatus]
    reload: Callable[[], None]
    stop: Callable[[], None]
    views: LiveViews


class ControlServer:
    """Owns the socket, from the beginning of a with statement to its end; one engine a folder.

    Each client has a thread. There are at most 32 of them, what they send is bounded, and those that neither send nor
    take are sent away: none of them can hold the engine up.
    """

    def __init__(self, data_dir: Path, actions: ControlActions) -> None:
        self._path = socket_path(data_dir)
        self._actions = actions
        self._open = ExitStack()
        self._listener: socket.socket
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._accept, name="control", daemon=True)

    def __enter__(self) -> Self:
        """Listen. Raises ConfigError when another engine has this folder, OutputError when it cannot be used."""
        with ExitStack() as undo:
            self._listener = undo.enter_context(_listen(self._path))
            undo.callback(self._path.unlink, missing_ok=True)
            self._open = undo.pop_all()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._actions.views.close()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with self._lock:
            for client in self._clients:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        self._thread.join(_JOIN_S)
        self._open.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError as error:
                if not self._over.wait(0.2):
                    # Out of descriptors, for a moment at least; the engine goes on without new clients.
                    _log.warning("the control socket cannot take a client: %s", error.strerror)
                continue
            client.settimeout(_PATIENCE_S)
            with self._lock:
                is_one_too_many = len(self._clients) >= _MOST_CLIENTS
                if not is_one_too_many:
                    self._clients.add(client)
            if is_one_too_many:
                with client, suppress(OSError):
                    client.settimeout(0.1)
                    client.sendall(_line(Answer(error="too many commands ask this engine at once")))
            else:
                threading.Thread(target=self._serve, args=(client,), name="control client", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, client.makefile("rb") as lines, suppress(OSError):
                while not self._over.is_set() and self._answer(client, lines):
                    pass
        finally:
            with self._lock:
                self._clients.discard(client)

    def _answer(self, client: socket.socket, lines: IO[bytes]) -> bool:
        """Answer one request; False when there is no more, or none that can be understood."""
        line = lines.readline(MOST_REQUEST_BYTES)
        if not line.endswith(b"\n"):
            if line:
                client.sendall(_line(Answer(error="a request is one line of JSON, and not so long")))
            return False
        try:
            order = msgspec.json.decode(line, type=Order)
            if order.order == "live":
                self._show(client, order)
                return False
            client.sendall(_line(self._obey(order)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            client.sendall(_line(Answer(error=f"that is no request: {error}")))
            return False
        except NigohError as error:
            client.sendall(_line(Answer(error=str(error))))
        return True

    def _obey(self, order: Order) -> Answer:
        match order.order:
            case "status":
                return Answer(status=self._actions.status())
            case "reload":
                self._actions.reload()
            case "stop":
                self._actions.stop()
        return Answer()

    def _show(self, client: socket.socket, order: Order) -> None:
        """Send pictures until the client goes. An empty answer each second without one finds out whether it has."""
        with self._actions.views.look(order.camera, order.options) as viewer:
            while not self._over.is_set():
                client.sendall(_line(Answer(picture=viewer.take(_SIGN_OF_LIFE_S))))


def _line(answer: Answer) -> bytes:
    return msgspec.json.encode(answer) + b"\n"


@contextmanager
def _listen(path: Path) -> Iterator[socket.socket]:
    """Listen at the path, for this user alone. What an engine that was killed left there is removed."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        try:
            if path.exists() or path.is_symlink():
                _remove_stale(path)
            # Linux gives the file the socket's own mode: at no moment may another user connect.
            os.fchmod(listener.fileno(), 0o600)
            with unix_address(path) as address:
                listener.bind(address)
            path.chmod(0o600)
            listener.listen(_BACKLOG)
        except OSError as error:
            raise OutputError.of(path, error) from error
        yield listener


def _remove_stale(path: Path) -> None:
    """Remove a socket on which nobody answers."""
    if not path.is_socket():
        raise ConfigError(f"{path} is not a socket", "Remove it, or give the engine another data_dir.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, unix_address(path) as address:
        probe.settimeout(_PATIENCE_S)
        try:
            probe.connect(address)
        except ConnectionRefusedError:
            path.unlink()
            return
    raise taken(path.parent)
