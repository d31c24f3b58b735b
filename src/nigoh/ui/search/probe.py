"""The face that is searched for: of a picture that somebody gave, or of a sighting."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from nigoh.ui.client.api import Api, Query
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.sightings import PastInfo, RecognitionInfo, SightingInfo

_MOST_PEOPLE = 20


class Probe(Protocol):
    """What is searched for; all methods raise ApiProblem."""

    @property
    def title(self) -> str:
        """What it is called."""
        ...

    @property
    def source(self) -> str | bytes:
        """Its picture, as the browser gets it."""
        ...

    async def recognise(self, api: Api) -> RecognitionInfo:
        """The enrolled people who look most like its faces."""
        ...

    async def past(self, api: Api, face: int, query: Query) -> PastInfo:
        """The past sightings that resemble one of its faces."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class PictureProbe:
    """A picture that somebody gave; it is not kept."""

    title: str
    source: bytes

    async def recognise(self, api: Api) -> RecognitionInfo:
        """Of all its faces."""
        return await _recognise(api, self.source)

    async def past(self, api: Api, face: int, query: Query) -> PastInfo:
        """Of one of them."""
        return await _past(api, self.source, face, query)


@dataclass(frozen=True, slots=True, eq=False)
class SightingProbe:
    """A sighting, with its picture as the camera has made it."""

    sighting: SightingInfo
    content: bytes
    title: str

    @property
    def source(self) -> str:
        """Where the browser finds the picture."""
        return self.sighting.picture

    async def recognise(self, api: Api) -> RecognitionInfo:
        """Of the face in its picture."""
        return await _recognise(api, self.content)

    async def past(self, api: Api, face: int, query: Query) -> PastInfo:
        """By the template of its whole track; by the picture, once that is not kept any more."""
        try:
            return await api.get(f"{self.sighting.path}/similar", PastInfo, query)
        except ApiProblem as problem:
            if problem.status != HTTPStatus.NOT_FOUND:
                raise
        return await _past(api, self.content, face, query)


async def _recognise(api: Api, content: bytes) -> RecognitionInfo:
    return await api.post_files("/recognise", RecognitionInfo, [_form(content)], query={"limit": _MOST_PEOPLE})


async def _past(api: Api, content: bytes, face: int, query: Query) -> PastInfo:
    return await api.post_files("/sightings/search", PastInfo, [_form(content)], query={**query, "face": face})


def _form(content: bytes) -> tuple[str, tuple[str, bytes, str]]:
    return "picture", ("probe", content, "application/octet-stream")
