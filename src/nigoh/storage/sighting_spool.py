"""Sightings as records of a spool."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from nigoh.domain.spooled_sighting import Room, SpooledSighting
from nigoh.storage.spool import Spool

_decoder = msgspec.msgpack.Decoder(SpooledSighting)


def encode_spooled(news: SpooledSighting) -> bytes:
    """A record. 3 us and 0.4 kB beside the picture."""
    return msgspec.msgpack.encode(news)


def decode_spooled(record: bytes) -> SpooledSighting | None:
    """The sighting of a record, or None: another version of nigoh wrote something else."""
    try:
        return _decoder.decode(record)
    except (msgspec.MsgspecError, ValueError):
        return None


def spool_sightings(spool: Spool, news: Sequence[SpooledSighting]) -> int:
    """Take all of these or none; how many had to go without their picture, as the spool has little room left.

    Raises:
        SpoolUnavailable: the spool or its disk is full; try again later.
    """
    thin = spool.room() is not Room.AMPLE
    spool.append([encode_spooled(replace(each, jpeg=b"") if thin else each) for each in news])
    return sum(1 for each in news if each.jpeg) if thin else 0
