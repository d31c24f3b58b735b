"""What goes wrong between a camera and the lean receiver."""

from nigoh.errors import SourceError


class ProtocolError(ValueError):
    """Bytes of a camera that break the protocol. Stays inside this package; its text holds no credentials."""


class UnsupportedFormat(ProtocolError):
    """Media in a form that is not read here: another codec, or a way of packetising that cameras hardly use."""


class NotSpoken(SourceError):
    """The camera speaks something that the lean receiver does not. FFmpeg may understand it."""


class Garbled(NotSpoken):
    """What the camera sends makes no sense here: it may be broken for now, or have a manner of its own."""
