"""Which words about tracks are to be written, and as what: decisions alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.domain.intake import IntakeCounts, people_in, withdrawn, without
from nigoh.domain.sighting import PersonId
from nigoh.domain.spooled_sighting import Progress, SpooledSighting, TrackTemplate, progress
from nigoh.storage.database.sightings import KnownSighting


@dataclass(slots=True)
class ChangedTrack:
    """What is to be written of one track.

    Attributes:
        told: the last word about it.
        media_id: the picture that its row has now, or "".
        jpeg: a newer picture, or b"".
        template: a newer template, or None.
        is_withdrawn: neither picture nor template is left of it.
    """

    told: CameraSighting
    media_id: str
    jpeg: bytes = b""
    template: TrackTemplate | None = None
    is_withdrawn: bool = False

    def bring_up_to_date(self, news: SpooledSighting) -> None:
        """Another word about it, which is later."""
        self.told = news.told
        self.jpeg = news.jpeg or self.jpeg
        self.template = news.template or self.template
        self.is_withdrawn = False

    def withdraw(self, told: CameraSighting) -> None:
        """It is nobody after all."""
        self.told = withdrawn(told)
        self.jpeg, self.template, self.is_withdrawn = b"", None, True


@dataclass(frozen=True, slots=True)
class Word:
    """A word that followers are told of; `is_new`: it is the first about its track."""

    told: CameraSighting
    is_new: bool


@dataclass(frozen=True, slots=True)
class SortedNews:
    """What is to be done with a batch: tracks that change, by identifier; words in order; what became of all."""

    tracks: Mapping[str, ChangedTrack]
    words: Sequence[Word]
    counts: IntakeCounts


def sort_out(
    news: Sequence[SpooledSighting],
    known: Mapping[str, KnownSighting],
    erased: Collection[PersonId],
    *,
    store_unknown: bool,
) -> SortedNews:
    """Decide about a batch of words, in their order.

    Args:
        news: the words.
        known: the rows that tracks have.
        erased: people who were erased since.
        store_unknown: people who match nobody are stored too.
    """
    come: dict[str, Progress] = {identifier: row.progress for identifier, row in known.items()}
    tracks: dict[str, ChangedTrack] = {}
    words: list[Word] = []
    replayed = unknown = gone = forgotten = 0
    for each in news:
        told = without(each.told, erased) if people_in(each.told) & set(erased) else each.told
        at = progress(told)
        if told.id in come and at <= come[told.id]:
            replayed += 1
            continue
        if not store_unknown and told.sighting.person is None and told.id not in come:
            unknown += 1
            continue
        row = known.get(told.id)
        words.append(Word(told, is_new=told.id not in come))
        track = tracks.setdefault(told.id, ChangedTrack(told, row.media_id if row else ""))
        come[told.id] = at
        forgotten += told is not each.told
        if not store_unknown and told.sighting.person is None:
            track.withdraw(told)
            words[-1] = Word(track.told, is_new=False)
            gone += 1
        else:
            track.bring_up_to_date(SpooledSighting(told=told, jpeg=each.jpeg, template=each.template))
    counts = IntakeCounts(stored=len(words), replayed=replayed, unknown=unknown, withdrawn=gone, erased=forgotten)
    return SortedNews(tracks, words, counts)
