"""What goes through the pipes between a shard's process and the one that supervises it, as msgpack."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec
import numpy as np

from nigoh.domain.camera import Camera
from nigoh.domain.gallery_change import GalleryChange, HalfTemplates
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.people import PersonTerms
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.engine.news_queue import LogLine
from nigoh.engine.shard_seam import LiveOptions, LivePicture, News, Pulse, SightingNews
from nigoh.errors import Fatal

M = TypeVar("M")


class WatchOrder(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """`Shard.watch`."""

    cameras: tuple[Camera, ...]


class ShowOrder(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """`Shard.show`."""

    camera: CameraId
    options: LiveOptions | None


class _Templates(msgspec.Struct, array_like=True, frozen=True):
    model: ModelIdentity
    vectors: bytes

    @classmethod
    def of(cls, templates: HalfTemplates) -> "_Templates":
        return cls(templates.model, templates.vectors.astype("<f2").tobytes())

    def back(self) -> HalfTemplates:
        vectors = np.frombuffer(self.vectors, "<f2").astype(np.float16)
        return HalfTemplates(vectors.reshape(-1, self.model.dimension), self.model)


class _Person(msgspec.Struct, array_like=True, frozen=True):
    person: PersonId
    terms: PersonTerms | None
    templates: tuple[_Templates, ...]
    negatives: tuple[_Templates, ...]


class EnrolOrder(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """`Shard.enrol`, for some of the people."""

    people: tuple[_Person, ...]

    @classmethod
    def of(cls, changes: Sequence[GalleryChange]) -> "EnrolOrder":
        """The order to take over these changes."""
        return cls(
            tuple(
                _Person(
                    each.person,
                    each.terms,
                    tuple(map(_Templates.of, each.templates)),
                    tuple(map(_Templates.of, each.negatives)),
                )
                for each in changes
            )
        )

    def changes(self) -> tuple[GalleryChange, ...]:
        """The changes."""
        return tuple(
            GalleryChange(
                person=each.person,
                terms=each.terms,
                templates=tuple(group.back() for group in each.templates),
                negatives=tuple(group.back() for group in each.negatives),
            )
            for each in self.people
        )


class TuneOrder(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """`Shard.tune`."""

    rule: NamingRule


class EndOrder(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """End in an orderly way."""


Order = WatchOrder | ShowOrder | EnrolOrder | TuneOrder | EndOrder


class LastWords(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """Why a shard ends that nobody asked to end; one line that is safe to show."""

    failure: str


class _Sighting(msgspec.Struct, tag=True, array_like=True, frozen=True):
    it: SightingNews


class _Picture(msgspec.Struct, tag=True, array_like=True, frozen=True):
    it: LivePicture


class _Pulse(msgspec.Struct, tag=True, array_like=True, frozen=True):
    it: Pulse


class _Line(msgspec.Struct, tag=True, array_like=True, frozen=True):
    it: LogLine


Word = News | LogLine | LastWords
"""Anything that a shard's process says."""

_orders: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order)
_words: msgspec.msgpack.Decoder[_Sighting | _Picture | _Pulse | _Line | LastWords] = msgspec.msgpack.Decoder(
    _Sighting | _Picture | _Pulse | _Line | LastWords
)


def encode_order(order: Order) -> bytes:
    """An order as msgpack. It holds the passwords of cameras and people's faces: it is for the pipe alone."""
    return msgspec.msgpack.encode(order)


def decode_order(data: bytes) -> Order:
    """An order. Raises Fatal."""
    return _decode(_orders, data)


def encode_word(word: Word) -> bytes:
    """What a shard's process says, as msgpack."""
    wrapped: msgspec.Struct
    match word:
        case SightingNews():
            wrapped = _Sighting(word)
        case LivePicture():
            wrapped = _Picture(word)
        case Pulse():
            wrapped = _Pulse(word)
        case LogLine():
            wrapped = _Line(word)
        case LastWords():
            wrapped = word
    return msgspec.msgpack.encode(wrapped)


def decode_word(data: bytes) -> Word:
    """What a shard's process said. Raises Fatal."""
    word = _decode(_words, data)
    return word if isinstance(word, LastWords) else word.it


def _decode(decoder: msgspec.msgpack.Decoder[M], data: bytes) -> M:
    try:
        return decoder.decode(data)
    except msgspec.DecodeError as error:
        # The error's text tells where the message is wrong, and nothing of what it holds.
        raise Fatal(f"a message between engine and shard cannot be read: {error}") from None
