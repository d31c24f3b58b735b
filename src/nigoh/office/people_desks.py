"""Everything that has to do with people and their faces, put together once for the server and the commands."""

from collections.abc import Callable
from dataclasses import dataclass

from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.engine.analysis import FaceAnalyser
from nigoh.office.bulk_import import BulkImport, ImportOptions
from nigoh.office.enrolment_office import EnrolmentOffice
from nigoh.office.export_office import ExportOffice
from nigoh.office.history_office import HistoryOffice
from nigoh.office.people_merger import PeopleMerger
from nigoh.office.people_office import PeopleOffice
from nigoh.office.photo_desk import PhotoDesk, Search
from nigoh.office.photo_examiner import PhotoExaminer
from nigoh.office.photo_keeper import PhotoKeeper, fingerprint_key
from nigoh.office.recognition_office import RecognitionOffice
from nigoh.office.track_history import TrackHistory
from nigoh.storage.database.database import Database
from nigoh.storage.media import MediaStore
from nigoh.storage.track_feed import TrackFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleDesks:
    """The desks that one goes to; they share one analyser, which works for one at a time. Any thread may use them.

    Attributes:
        people: changes people, keeps their lists.
        merger: makes two entries of one person one.
        enrolment: enrols people and photos.
        recognition: recognises and compares faces.
        tracks: the templates of past tracks; whoever enters it keeps it up to date beforehand.
        history: searches the past.
        exports: hands people out.
        new_import: begins an import; each is used once.
        find_faces: where faces are in a picture.
    """

    people: PeopleOffice
    merger: PeopleMerger
    enrolment: EnrolmentOffice
    recognition: RecognitionOffice
    tracks: TrackHistory
    history: HistoryOffice
    exports: ExportOffice
    new_import: Callable[[ImportOptions], BulkImport]
    find_faces: Callable[[Pixels], Faces]


def open_people_desks(
    database: Database, media: MediaStore, analyser: FaceAnalyser, search: Search, *, now: Callable[[], float]
) -> PeopleDesks:
    """Put them together.

    Args:
        database: transactions.
        media: pictures; its vault seals templates.
        analyser: finds and describes faces; nobody else uses it.
        search: finds the nearest enrolled people, as they are now: a gallery's `search`.
        now: seconds since 1970.
    """
    examiner = PhotoExaminer(analyser)
    keeper = PhotoKeeper(media.vault, media, fingerprint_key(media.vault, database), now=now)
    desk = PhotoDesk(examiner, keeper, search)
    tracks = TrackHistory(TrackFeed(database, media.vault, analyser.model))
    return PeopleDesks(
        people=PeopleOffice(database, now=now),
        merger=PeopleMerger(database, media, now=now),
        enrolment=EnrolmentOffice(database, desk, keeper, media, now=now),
        recognition=RecognitionOffice(database, examiner, search, now=now),
        tracks=tracks,
        history=HistoryOffice(database, examiner, tracks, now=now),
        exports=ExportOffice(database, media, now=now),
        new_import=lambda options: BulkImport(database, desk, keeper, now=now, options=options),
        find_faces=examiner.find,
    )
