"""Messages and media frames in one stream of bytes (RFC 2326, 10.12)."""

from collections.abc import Callable
from dataclasses import replace

from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.messages import (
    MOST_BODY_BYTES,
    MOST_HEAD_BYTES,
    Request,
    Response,
    body_length,
    parse_head,
)

MOST_PENDING_BYTES = MOST_HEAD_BYTES + MOST_BODY_BYTES + 4
"""What can be left over at most: a message that is not complete yet. A frame has 65,539 bytes at most."""

_DOLLAR = 0x24
_FRAME_HEAD = 4
_LINE_BREAKS = b"\r\n"
_END_OF_HEAD = b"\r\n\r\n"

FrameHandler = Callable[[int, memoryview, int, int], None]
"""Takes a frame: its channel, the bytes of the connection, where its payload begins and ends. The bytes are
overwritten once it returns."""

MessageHandler = Callable[[Response | Request], None]


class InterleavedReader:
    """Takes whatever is complete out of the bytes of one connection, in place: frames are not copied.

    Keeps nothing itself: what `read` has not used is given again, in front of what comes next.
    """

    def __init__(self, on_frame: FrameHandler, on_message: MessageHandler) -> None:
        self._on_frame = on_frame
        self._on_message = on_message

    def read(self, data: memoryview) -> int:
        """Hand on all that is complete; returns how many bytes that took.

        Raises:
            ProtocolError: what follows is neither a message nor a frame, or is too long.
        """
        position, end = 0, len(data)
        while position + _FRAME_HEAD <= end:
            if data[position] != _DOLLAR:
                used = self._read_message(data[position:])
                if not used:
                    break
                position += used
                continue
            start = position + _FRAME_HEAD
            stop = start + (data[position + 2] << 8 | data[position + 3])
            if stop > end:
                break
            self._on_frame(data[position + 1], data, start, stop)
            position = stop
        return position

    def _read_message(self, data: memoryview) -> int:
        if data[0] in _LINE_BREAKS:
            # Some cameras send an empty line after a body.
            return 1
        if not 0x41 <= data[0] <= 0x5A:
            raise ProtocolError("what came is neither an RTSP message nor a media frame")
        head, found, _ = bytes(data[:MOST_HEAD_BYTES]).partition(_END_OF_HEAD)
        if not found:
            if len(data) >= MOST_HEAD_BYTES:
                raise ProtocolError(f"the head of a message is longer than {MOST_HEAD_BYTES} bytes")
            return 0
        message = parse_head(head)
        body_at = len(head) + len(_END_OF_HEAD)
        used = body_at + body_length(message.headers)
        if used > len(data):
            return 0
        if isinstance(message, Response):
            message = replace(message, body=bytes(data[body_at:used]))
        self._on_message(message)
        return used
