"""Single keys from the terminal, without Enter and without an echo."""

import os
import select
import sys
import termios
import time
import tty
from contextlib import ExitStack
from types import TracebackType
from typing import Self, TextIO

_MOST_BYTES = 64


class Keys:
    """Keys as they are pressed, from the beginning of a with statement to its end; Ctrl+C interrupts as ever.

    Input that is no terminal presses no key.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdin
        self._open = ExitStack()
        self._is_terminal = False

    def wait(self, seconds: float) -> str:
        """What has been typed, as soon as something is; "" if nothing is in that time."""
        if not self._is_terminal:
            time.sleep(seconds)
            return ""
        ready, _, _ = select.select([self._stream], [], [], seconds)
        if not ready:
            return ""
        # Past the stream's buffer, in which keys would wait unseen by select.
        typed = os.read(self._stream.fileno(), _MOST_BYTES)
        self._is_terminal = bool(typed)
        return typed.decode(errors="replace")

    def __enter__(self) -> Self:
        # Standard input that was closed is None.
        if self._stream and self._stream.isatty():
            before = termios.tcgetattr(self._stream)
            self._open.callback(termios.tcsetattr, self._stream, termios.TCSADRAIN, before)
            tty.setcbreak(self._stream)
            self._is_terminal = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_terminal = False
        self._open.close()
