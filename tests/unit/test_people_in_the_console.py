from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from nigoh.domain.erasure import ErasurePreview
from nigoh.domain.people import LegalBasis, Photo, best_photo
from nigoh.domain.photo_check import Advice, PhotoCheck, PhotoOutcome
from nigoh.domain.preferences import ConsoleLanguage
from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Candidate, PersonId, Status
from nigoh.server.etags import expected_version
from nigoh.ui.client.people import PersonInfo, PersonWords
from nigoh.ui.client.sightings import SightingInfo
from nigoh.ui.people.details_part import differences
from nigoh.ui.people.draft_photo import DraftPhoto, name_of_file, preview
from nigoh.ui.people.enrolling import fitting
from nigoh.ui.people.erasing import erased_texts
from nigoh.ui.people.look_alikes import nearest as nearest_people
from nigoh.ui.people.person_form import picked_day, read_day
from nigoh.ui.people.photo_card import shown_box
from nigoh.ui.people.presence import Span, marks, nearest, presence, span_of
from nigoh.ui.people.query import NO_GROUP, PeopleQuery
from nigoh.ui.people.words import advice_text, advice_texts, basis_text, outcome_text
from nigoh.ui.view import Place
from nigoh.ui.words.say import Say

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SAY = Say(ConsoleLanguage.ENGLISH)


def sighting(camera: str, hours_ago: float, identifier: str = "1") -> SightingInfo:
    seen = NOON - timedelta(hours=hours_ago)
    return SightingInfo(
        id=identifier,
        camera=camera,
        stage="left",
        status=Status.KNOWN,
        person="p",
        person_name="P",
        score=0.6,
        threshold=0.4,
        first_at=seen,
        last_at=seen,
        frames=3,
        quality=0.5,
        model="m",
        candidates=(),
        has_picture=False,
        late=False,
        verdict=Verdict.NONE,
        verdict_by="",
        comment="",
        version=1,
    )


def drafted(size: int, *look_alikes: tuple[str, float]) -> DraftPhoto:
    alike = tuple(Candidate(PersonId(person), score) for person, score in look_alikes)
    return DraftPhoto("a.jpg", b"x" * size, PhotoCheck(name="", outcome=PhotoOutcome.USABLE, look_alikes=alike))


@pytest.mark.parametrize(
    "route",
    ["/people", "/people?search=%D3%AF%D0%BA&list=l1&sort=-created&as=list", "/people?group=Night&merge=p1"],
)
def test_an_address_of_the_list_leads_to_itself(route: str) -> None:
    query = PeopleQuery.of(Place.of(route))
    assert PeopleQuery.of(Place.of(query.route)) == query


def test_what_an_address_asks_for_is_asked_of_the_api() -> None:
    query = PeopleQuery.of(Place.of("/people?search=uktam&group=-&sort=-created"))
    assert query.filters() == {"search": "uktam", "list": None, "group": ""}
    assert query.order() == {"sort": "created", "descending": True}
    assert PeopleQuery.of(Place.of("/people?sort=height")).order() == {"sort": "name", "descending": False}
    assert query.group == NO_GROUP
    assert not query.everybody().is_filtered


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("oktam_karimov (2).jpg", "Oktam Karimov"),
        ("C:\\photos\\Шаҳло Жўраева.png", "Шаҳло Жўраева"),
        ("Oʻgʻiloy.jpeg", "Oʻgʻiloy"),
        ("../../etc/john-smith-3.jpg", "John Smith"),
        ("", ""),
    ],
)
def test_a_file_names_whom_it_shows(file: str, name: str) -> None:
    assert name_of_file(file) == name


def test_a_preview_is_upright_small_and_without_metadata() -> None:
    pixels = np.zeros((600, 1200, 3), np.uint8)
    pixels[:, :600] = (255, 0, 0)
    image, file = Image.fromarray(pixels), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter: what was left is above
    image.save(file, "JPEG", exif=exif)
    small = preview(file.getvalue())
    assert small is not None
    with Image.open(io.BytesIO(small)) as seen:
        assert (max(seen.size), seen.height > seen.width, dict(seen.getexif())) == (360, True, {})
        above = seen.convert("RGB").getpixel((50, 20))
    assert isinstance(above, tuple)
    assert above[0] > 200
    assert preview(b"nothing") is None


def test_a_request_takes_as_many_photos_as_the_api_does() -> None:
    assert fitting([drafted(10)] * 25) == 20
    assert fitting([drafted(15 * 2**20)] * 3) == 1
    assert fitting([drafted(40 * 2**20)]) == 1


def test_each_look_alike_is_asked_about_once_the_most_similar_first() -> None:
    found = nearest_people([drafted(1, ("a", 0.5), ("b", 0.6)), drafted(1, ("a", 0.7))])
    assert [(each.person, each.score) for each in found] == [("a", 0.7), ("b", 0.6)]


def test_a_small_face_can_still_be_pressed() -> None:
    x1, y1, x2, y2 = shown_box((100, 100, 120, 130), 0.1)
    assert (x2 - x1, y2 - y1, (x1 + x2) / 2) == (18, 18, 11)
    assert shown_box((0, 0, 100, 200), 0.5) == (0, 0, 50, 100)


@pytest.mark.parametrize("hours", [-11, -5, 0, 5, 11])
def test_the_day_is_the_one_that_was_pressed_wherever_the_browser_is(hours: int) -> None:
    midnight = datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=hours)))
    assert picked_day(midnight.astimezone(UTC)) == date(2030, 1, 1)
    assert picked_day(datetime(2030, 1, 1)) == date(2030, 1, 1)  # noqa: DTZ001 - a day without a zone


def test_a_day_is_read_or_is_none() -> None:
    assert read_day(" 2030-12-31 ") == datetime(2030, 12, 31, tzinfo=UTC)
    assert [read_day(text) for text in ("", "31.12.2030", "2030-02-30")] == [None, None, None]


def test_the_plot_has_the_cameras_with_most_sightings_and_everything_in_its_place() -> None:
    seen = [sighting("gate", 6, "a"), sighting("gate", 0, "b"), sighting("lobby", 12, "c"), sighting("yard", 1, "d")]
    seen.append(sighting("lobby", 3, "e"))
    span = span_of(seen, NOON, None)
    assert span == Span(NOON - timedelta(hours=12), NOON)
    found = presence(seen, span, 2)
    assert found.cameras == ("gate", "lobby")
    assert {(each.sighting.id, each.row, each.share) for each in found.dots} == {
        ("a", 0, 0.5), ("b", 0, 1.0), ("c", 1, 0.0), ("e", 1, 0.75),
    }  # fmt: skip
    pressed = nearest(found.dots, 0, 0.52, 0.05)
    assert pressed is not None
    assert pressed.sighting.id == "a"
    assert nearest(found.dots, 0, 0.6, 0.05) is None
    assert nearest(found.dots, 1, 0.5, 0.05) is None


def test_somebody_who_was_never_seen_has_a_plot_without_dots() -> None:
    assert presence([], span_of([], NOON, None), 5).dots == ()


@pytest.mark.parametrize("hours", [0.2, 1, 24, 7 * 24, 30 * 24, 3 * 365 * 24])
def test_times_are_marked_evenly_and_not_too_often(hours: float) -> None:
    span = Span(NOON - timedelta(hours=hours), NOON)
    found = marks(span, 8)
    steps = {later - earlier for earlier, later in pairwise(found)}
    assert 1 <= len(found) <= 9
    assert len(steps) <= 1
    assert all(span.since <= each <= span.until for each in found)


def test_before_an_erasure_is_told_what_goes_and_what_stays() -> None:
    preview_of = ErasurePreview(
        person=PersonId("p"), photos=2, templates=2, negatives=0, keys=1, sightings=5, anonymous=True, crops=5,
        mentions=1, clips=0, clips_kept=3,
    )  # fmt: skip
    texts = erased_texts(SAY, preview_of)
    assert texts[0].startswith("2 photos")
    assert any("5 sightings, which stay" in text for text in texts)
    assert any(text.startswith("not 3 recordings") for text in texts)
    assert not any("rejected" in text for text in texts)


def test_every_code_has_words_in_every_language() -> None:
    for language in ConsoleLanguage:
        say = Say(language)
        assert all(outcome_text(say, each) for each in PhotoOutcome)
        assert all(advice_text(say, each) for each in Advice)
        assert all(basis_text(say, each) for each in LegalBasis)
    assert advice_texts(SAY, ("blurred", "from-a-newer-server")) == [advice_text(SAY, Advice.BLURRED)]


def test_who_has_changed_somebody_meanwhile_sees_the_fields_that_differ() -> None:
    theirs = PersonInfo(id="p", name="Oʻktam", group="Day", created_at=NOON, updated_at=NOON, lists=("a",))
    mine = PersonWords(name="Oʻktam", group="Night", legal_basis=LegalBasis.CONSENT, lists=("a",))
    found = {each.name: (each.theirs, each.mine) for each in differences(SAY, theirs, mine)}
    assert found == {"Group": ("Day", "Night"), "Legal basis": ("Not stated", "Consent")}


def test_a_version_is_named_as_the_api_takes_it() -> None:
    person = PersonInfo(id="p", name="Oʻktam", created_at=NOON, updated_at=NOON, version=3)
    assert expected_version(person.etag, "person", "p") == 3


def test_the_best_photo_is_the_newest_of_the_highest_quality() -> None:
    photos = [
        Photo(id=name, person=PersonId("p"), media_id="m", box=(0, 0, 1, 1), quality=quality, created_unix_s=time)
        for name, quality, time in (("a", 0.5, 9.0), ("b", 0.9, 1.0), ("c", 0.9, 2.0))
    ]
    best = best_photo(photos)
    assert best is not None
    assert best.id == "c"
    assert best_photo([]) is None
