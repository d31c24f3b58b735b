"""A piece of sealed data, as rows hold it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was encrypted, and which data key opens it.

    Attributes:
        key_id: identifier of the data key.
        blob: the sealed bytes, 29 longer than the plain ones.
    """

    key_id: str
    blob: bytes = field(repr=False)
