"""The memory that bytes are received into."""

_BYTES = 512 * 1024


class ReceiveBuffer:
    """One piece of memory for all connections of an event loop. Its owner: the loop's thread.

    A loop reads one connection at a time, and whoever reads is done with the bytes before the next one is read. So
    they all share one buffer, which stays in the processor's cache: 200 buffers of their own would not.
    """

    def __init__(self, size_bytes: int = _BYTES) -> None:
        self.memory = memoryview(bytearray(size_bytes))
        """To be written and read between two turns of the loop; nobody keeps a part of it."""
