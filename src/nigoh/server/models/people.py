"""People, their photos and the lists that they stand on, as JSON."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nigoh.domain.erasure import ErasurePreview, ErasureReport
from nigoh.domain.people import MOST_OTHER_NAMES, LegalBasis, Person, Photo, best_photo
from nigoh.domain.person_merge import MergeReport
from nigoh.domain.photo_check import Advice, PhotoCheck, PhotoFace, PhotoOutcome
from nigoh.domain.sighting import Box, Candidate
from nigoh.office.person_draft import PersonDraft
from nigoh.server.models.texts import Name, ShortText, Text
from nigoh.server.times import GivenTime, Time, to_time, to_time_or_none, to_unix_s

_MOST_LISTS = 100
_STRICT = ConfigDict(extra="forbid")

ListIds = Annotated[list[ShortText], Field(max_length=_MOST_LISTS, description="Identifiers of watch lists.")]
OtherNames = Annotated[
    list[Name], Field(max_length=MOST_OTHER_NAMES, description="In other scripts, or other names.")
]
ExternalId = Annotated[ShortText | None, Field(description="Their number in another system; unique.")]
Expiry = Annotated[GivenTime | None, Field(description="When they are to be erased; null: not by itself.")]


class PersonIn(BaseModel):
    """Somebody who is to be enrolled."""

    model_config = _STRICT

    name: Name
    other_names: OtherNames = []
    external_id: ExternalId = None
    notes: Text = ""
    group: ShortText = Field("", description="A department, a class, a shift.")
    legal_basis: LegalBasis = Field(LegalBasis.UNSPECIFIED, description="Why their biometric data may be processed.")
    expires_at: Expiry = None
    lists: ListIds = []

    def draft(self) -> PersonDraft:
        """The same, as the office takes it."""
        return PersonDraft(
            name=self.name,
            other_names=tuple(self.other_names),
            external_id=self.external_id or None,
            notes=self.notes,
            group=self.group,
            legal_basis=self.legal_basis,
            expires_unix_s=to_unix_s(self.expires_at),
            lists=frozenset(self.lists),
        )


class PersonChange(BaseModel):
    """What is to be changed of somebody; what is left out stays."""

    model_config = _STRICT

    name: Name = ""
    other_names: OtherNames = []
    external_id: ExternalId = None
    notes: Text = ""
    group: ShortText = ""
    legal_basis: LegalBasis = LegalBasis.UNSPECIFIED
    expires_at: Expiry = None
    lists: ListIds = []

    def applied_to(self, person: Person) -> PersonDraft:
        """Somebody as they are to be."""
        asked, draft = self.model_fields_set, PersonDraft.of(person)
        if "name" in asked:
            draft = replace(draft, name=self.name)
        if "other_names" in asked:
            draft = replace(draft, other_names=tuple(self.other_names))
        if "external_id" in asked:
            draft = replace(draft, external_id=self.external_id or None)
        if "notes" in asked:
            draft = replace(draft, notes=self.notes)
        if "group" in asked:
            draft = replace(draft, group=self.group)
        if "legal_basis" in asked:
            draft = replace(draft, legal_basis=self.legal_basis)
        if "expires_at" in asked:
            draft = replace(draft, expires_unix_s=to_unix_s(self.expires_at))
        if "lists" in asked:
            draft = replace(draft, lists=frozenset(self.lists))
        return draft


class PersonModel(BaseModel):
    """Somebody who is enrolled."""

    id: str
    name: str
    other_names: list[str]
    external_id: str | None
    notes: str
    group: str
    legal_basis: LegalBasis
    expires_at: Time | None
    lists: list[str] = Field(description="Identifiers of the watch lists that they stand on.")
    created_at: Time
    updated_at: Time
    version: int


class ListedPersonModel(PersonModel):
    """Somebody as they stand in a list: with a face."""

    photos: int = Field(description="How many there are of them.")
    best_photo: str | None = Field(description="Identifier of the photo of the best quality.")


class GroupNames(BaseModel):
    """The groups that people are in."""

    items: list[str]


class FaceModel(BaseModel):
    """A face in a photo."""

    box: Box = Field(description="x1 y1 x2 y2, pixels of the photo.")
    quality: float = Field(description="Overall, 0 to 1.")
    parts: dict[str, float] = Field(description="Of the quality, each 0 to 1 where 1 is best.")
    advice: list[Advice] = Field(description="What would make it better.")


class CandidateModel(BaseModel):
    """An enrolled person and how much a face resembles them."""

    person: str
    name: str | None = Field(default=None, description="As they are called; null if that may not be read.")
    score: float = Field(description="Cosine similarity, -1 to 1.")


class PhotoCheckModel(BaseModel):
    """What became, or would become, of a photo."""

    name: str
    outcome: PhotoOutcome
    width_px: int
    height_px: int
    faces: list[FaceModel] = Field(description="The largest first.")
    chosen: int | None = Field(description="Which face is meant.")
    advice: list[Advice]
    look_alikes: list[CandidateModel] = Field(description="Other people who look like the chosen face.")
    person: str | None
    photo_id: str = Field(description="The stored photo; of a duplicate, the one that it repeats; or empty.")
    detail: str = Field(description="Why it was not enrolled, with what to do.")


class EnrolledModel(BaseModel):
    """Somebody who was enrolled, and what became of each photo."""

    person: PersonModel
    photos: list[PhotoCheckModel]


class PhotoModel(BaseModel):
    """An enrolled photo."""

    id: str
    person: str
    box: Box = Field(description="The face, pixels of the stored picture.")
    quality: float
    advice: list[str]
    created_at: Time


class PhotoList(BaseModel):
    """Somebody's photos, the oldest first."""

    items: list[PhotoModel]


class ErasureModel(BaseModel):
    """What was erased of somebody."""

    person: str
    erased_at: Time
    was_enrolled: bool = Field(description="False: what was left of them was looked for again.")
    photos: int
    templates: int
    negatives: int
    keys: int = Field(description="Data keys that were destroyed: what was sealed under them opens no more.")
    sightings: int = Field(description="Sightings that do not name them any more.")
    anonymous: bool = Field(description="Those are kept without them; else they are deleted.")
    crops: int
    tracks: int
    mentions: int = Field(description="Sightings of others that no longer say that they looked like them.")
    clips: int = Field(description="Recordings that were removed.")
    clips_kept: int
    clips_left: int = Field(description="Recordings that could not be removed yet, as they are being written.")
    final: bool = Field(description="The freed places in the database were overwritten, too.")
    text: str = Field(description="The same in words, for whoever has to prove it.")


class ErasurePreviewModel(BaseModel):
    """What would be erased of somebody, as things are now."""

    person: str
    photos: int
    templates: int
    negatives: int
    keys: int = Field(description="Data keys that would be destroyed.")
    sightings: int = Field(description="Sightings that would not name them any more.")
    anonymous: bool = Field(description="Those would be kept without them; else they would be deleted.")
    crops: int
    mentions: int = Field(description="Sightings of others that say that they looked like them.")
    clips: int = Field(description="Recordings that would be removed.")
    clips_kept: int = Field(description="Recordings that show them and would be kept.")


class MergeIn(BaseModel):
    """Into whom somebody is to be merged."""

    model_config = _STRICT

    into: ShortText = Field(description="Identifier of the entry that is left.")


class MergeModel(BaseModel):
    """What has become of two entries of one person."""

    person: PersonModel = Field(description="The entry that is left.")
    gone: str = Field(description="Identifier of the entry that is not there any more.")
    photos: int = Field(description="Photos that were the other's and are theirs now.")
    templates: int
    negatives: int
    sightings: int
    same_photos: int = Field(description="Photos that both had: the other's went.")
    contradictions: int = Field(description="Negatives that said of somebody that they are not themselves, and went.")
    mentions: int = Field(description="Sightings that said that they looked like the other.")


def person_model(person: Person) -> PersonModel:
    """Somebody as they are told."""
    return PersonModel(
        id=person.id,
        name=person.name,
        other_names=list(person.other_names),
        external_id=person.external_id,
        notes=person.notes,
        group=person.group,
        legal_basis=person.legal_basis,
        expires_at=to_time_or_none(person.expires_unix_s),
        lists=sorted(person.lists),
        created_at=to_time(person.created_unix_s),
        updated_at=to_time(person.updated_unix_s),
        version=person.version,
    )


def listed_person_model(person: Person, photos: Sequence[Photo]) -> ListedPersonModel:
    """Somebody with a face, as they are told."""
    best = best_photo(photos)
    told = person_model(person)
    return ListedPersonModel(**dict(told), photos=len(photos), best_photo=None if best is None else best.id)


def erasure_model(report: ErasureReport) -> ErasureModel:
    """A report as it is told."""
    return ErasureModel(
        person=report.person,
        erased_at=to_time(report.erased_unix_s),
        was_enrolled=report.was_enrolled,
        photos=report.photos,
        templates=report.templates,
        negatives=report.negatives,
        keys=report.keys,
        sightings=report.sightings,
        anonymous=report.anonymous,
        crops=report.crops,
        tracks=report.tracks,
        mentions=report.mentions,
        clips=report.clips,
        clips_kept=report.clips_kept,
        clips_left=len(report.clips_left),
        final=report.final,
        text=report.text(),
    )


def erasure_preview_model(preview: ErasurePreview) -> ErasurePreviewModel:
    """A preview as it is told."""
    return ErasurePreviewModel(
        person=preview.person,
        photos=preview.photos,
        templates=preview.templates,
        negatives=preview.negatives,
        keys=preview.keys,
        sightings=preview.sightings,
        anonymous=preview.anonymous,
        crops=preview.crops,
        mentions=preview.mentions,
        clips=preview.clips,
        clips_kept=preview.clips_kept,
    )


def merge_model(report: MergeReport) -> MergeModel:
    """A report as it is told."""
    return MergeModel(
        person=person_model(report.person),
        gone=report.gone,
        photos=report.photos,
        templates=report.templates,
        negatives=report.negatives,
        sightings=report.sightings,
        same_photos=report.same_photos,
        contradictions=report.contradictions,
        mentions=report.mentions,
    )


def photo_model(photo: Photo) -> PhotoModel:
    """A photo as it is told."""
    return PhotoModel(
        id=photo.id,
        person=photo.person,
        box=photo.box,
        quality=photo.quality,
        advice=list(photo.advice),
        created_at=to_time(photo.created_unix_s),
    )


def face_model(face: PhotoFace) -> FaceModel:
    """A face as it is told."""
    return FaceModel(box=face.box, quality=face.quality, parts=dict(face.parts), advice=list(face.advice))


def candidate_models(candidates: Sequence[Candidate]) -> list[CandidateModel]:
    """Candidates without their names."""
    return [CandidateModel(person=each.person, score=each.score) for each in candidates]


def photo_check_model(check: PhotoCheck) -> PhotoCheckModel:
    """What became of a photo."""
    return PhotoCheckModel(
        name=check.name,
        outcome=check.outcome,
        width_px=check.width_px,
        height_px=check.height_px,
        faces=[face_model(face) for face in check.faces],
        chosen=check.chosen,
        advice=list(check.advice),
        look_alikes=candidate_models(check.look_alikes),
        person=check.person,
        photo_id=check.photo_id,
        detail=check.detail,
    )
