"""Asks a running engine, through its control socket."""

import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.errors import ConfigError, SourceUnavailable
from nigoh.server.control_messages import Answer, Order, socket_path
from nigoh.server.unix_address import unix_address

_PATIENCE_S = 10.0
_MOST_ANSWER_BYTES = 64_000_000


class ControlClient:
    """Asks the engine of a data folder. Holds nothing: each question has a connection of its own. Any thread."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def status(self) -> EngineStatus:
        """How the engine is. Raises SourceUnavailable when none answers."""
        status = self._ask(Order(order="status")).status
        if status is None:
            raise self._unavailable()
        return status

    def reload(self) -> None:
        """Let it read its configuration again. Raises ConfigError when that is wrong, SourceUnavailable."""
        self._ask(Order(order="reload"))

    def stop(self) -> None:
        """Let it begin to end. Raises SourceUnavailable."""
        self._ask(Order(order="stop"))

    def live(self, camera: CameraId, options: LiveOptions) -> Generator[LivePicture | None, None, None]:
        """Pictures of a camera as they come, until the engine ends; None each second without one.

        Closing the generator ends the view. Raises ConfigError when there is no such camera, SourceUnavailable.
        """
        order = Order(
            order="live",
            camera=camera,
            long_side_px=options.long_side_px,
            fps=options.fps,
            quality=options.quality,
        )
        with self._asked(order) as lines:
            while (answer := self._read(lines)) is not None:
                yield answer.picture

    def _ask(self, order: Order) -> Answer:
        with self._asked(order) as lines:
            answer = self._read(lines)
        if answer is None:
            raise self._unavailable()
        return answer

    @contextmanager
    def _asked(self, order: Order) -> Iterator[IO[bytes]]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_PATIENCE_S)
            try:
                with unix_address(socket_path(self._data_dir)) as address:
                    connection.connect(address)
                connection.sendall(msgspec.json.encode(order) + b"\n")
            except OSError as error:
                raise self._unavailable() from error
            with connection.makefile("rb") as lines:
                yield lines

    def _read(self, lines: IO[bytes]) -> Answer | None:
        """The next answer; None when there is none any more."""
        try:
            line = lines.readline(_MOST_ANSWER_BYTES)
            answer = msgspec.json.decode(line, type=Answer) if line else None
        except (OSError, msgspec.DecodeError) as error:
            raise self._unavailable() from error
        if answer is not None and answer.error is not None:
            raise ConfigError(answer.error)
        return answer

    def _unavailable(self) -> SourceUnavailable:
        return SourceUnavailable(f"no engine answers on {self._data_dir}", "Start it with: nigoh up --config FILE.")
