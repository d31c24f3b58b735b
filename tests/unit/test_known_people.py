"""Who is known and on what terms, and how changes reach whoever recognises them."""

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from nigoh.domain.gallery_change import GalleryChange, HalfTemplates
from nigoh.domain.geometry import Floats
from nigoh.domain.people import PersonTerms
from nigoh.domain.sighting import PersonId, Status
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.engine.change_desk import ChangeDesk
from nigoh.engine.gallery_book import GalleryBook
from nigoh.engine.gallery_follower import GalleryFollower
from nigoh.engine.known_people import KnownPeople
from nigoh.errors import ConfigError, DatabaseUnavailable
from nigoh.identity.decision import Decision, DecisionPolicy, is_settled
from nigoh.identity.gallery import ExactGallery

MODEL = ModelIdentity("toy", "1", "a" * 64, "none", 4)
OTHER = ModelIdentity("toy", "2", "b" * 64, "none", 4)
ANNA, BEK = PersonId("01anna"), PersonId("01bek")
POLICY = DecisionPolicy(threshold=0.4)
PATIENCE_S = 20.0


def template(*numbers: float, model: ModelIdentity = MODEL) -> Templates:
    vector: Floats = np.zeros((1, 4), np.float32)
    vector[0, : len(numbers)] = numbers
    return Templates(vector / np.linalg.norm(vector), model)


def enrolled(
    person: PersonId,
    vector: Templates,
    *,
    negative: Templates | None = None,
    wanted: bool = False,
    threshold: float | None = None,
) -> GalleryChange:
    name = person.removeprefix("01").title()
    return GalleryChange(
        person=person,
        terms=PersonTerms(person=person, name=name, wanted=wanted, threshold=threshold),
        templates=(HalfTemplates.of(vector),),
        negatives=() if negative is None else (HalfTemplates.of(negative),),
    )


def gone(person: PersonId) -> GalleryChange:
    return GalleryChange(person=person, terms=None)


def known(*changes: GalleryChange) -> KnownPeople:
    people = KnownPeople(ExactGallery(MODEL))
    people.apply(changes, POLICY)
    return people


def decide(people: KnownPeople, probe: Templates, before: Decision | None = None) -> Decision:
    return people.decide(people.candidates(probe)[0], 0.9, POLICY, before)


def test_who_is_enrolled_is_named_and_who_is_gone_is_not() -> None:
    people = known(enrolled(ANNA, template(1)))
    decision = decide(people, template(1, 0.1))
    assert (decision.status, decision.person) == (Status.KNOWN, ANNA)
    assert people.name_of(ANNA) == "Anna"
    people.apply([gone(ANNA)], POLICY)
    assert decide(people, template(1, 0.1), before=decision).status is Status.UNKNOWN
    assert people.name_of(ANNA) == ANNA


def test_templates_of_another_model_are_passed_over() -> None:
    people = known(enrolled(ANNA, template(1, model=OTHER)))
    assert len(people.gallery) == 0
    assert people.name_of(ANNA) == "Anna"


def test_who_is_wanted_is_wanted() -> None:
    people = known(enrolled(ANNA, template(1), wanted=True), enrolled(BEK, template(0, 1)))
    assert decide(people, template(1)).status is Status.WANTED
    assert decide(people, template(0, 1)).status is Status.KNOWN
    people.apply([enrolled(ANNA, template(1))], POLICY)
    assert decide(people, template(1)).status is Status.KNOWN


def test_a_person_is_held_against_their_own_threshold() -> None:
    people = known(enrolled(ANNA, template(1), threshold=0.8), enrolled(BEK, template(0, 1), threshold=0.2))
    strict = decide(people, template(0.7, 0, 0.714))
    assert (strict.status, strict.threshold) == (Status.UNKNOWN, 0.8)
    lenient = decide(people, template(0, 0.3, 0.954))
    assert (lenient.person, lenient.threshold) == (BEK, 0.2)
    kept = Decision(Status.KNOWN, ANNA, 0.9, ())
    assert decide(people, template(0.78, 0, 0.626), before=kept).person == ANNA


def test_a_name_is_settled_by_the_persons_own_threshold() -> None:
    people = known(enrolled(ANNA, template(1), threshold=0.85))
    assert not is_settled(decide(people, template(0.9, 0, 0.436)), 3, POLICY)
    people.apply([enrolled(ANNA, template(1))], POLICY)
    assert is_settled(decide(people, template(0.9, 0, 0.436)), 3, POLICY)


def test_the_threshold_rises_with_the_number_of_people() -> None:
    people = KnownPeople(ExactGallery(MODEL), lambda templates: 0.4 + 0.1 * templates)
    people.apply([enrolled(ANNA, template(1))], POLICY)
    assert decide(people, template(1)).threshold == pytest.approx(0.5)
    people.apply([enrolled(BEK, template(0, 1))], POLICY)
    assert decide(people, template(1)).threshold == pytest.approx(0.6)


def test_another_rule_holds_at_once_and_is_about_every_track() -> None:
    people = known(enrolled(ANNA, template(1)))
    before = decide(people, template(0.7, 0.714))
    assert before.person == ANNA
    renewal = people.hold_against(lambda templates: 0.8 + 0.01 * templates)
    assert renewal.concerns(Decision(Status.UNKNOWN, None, 0.0, ()), template(0, 0, 1))
    after = decide(people, template(0.7, 0.714), before)
    assert after.status is Status.UNKNOWN
    assert after.threshold == pytest.approx(0.81)
    people.apply([enrolled(BEK, template(0, 1))], POLICY)
    assert people.threshold == pytest.approx(0.82)


def test_a_rule_that_cannot_be_kept_changes_nothing() -> None:
    people = known(enrolled(ANNA, template(1)))
    people.hold_against(lambda _: 0.5)

    def unmeasured(templates: int) -> float:
        raise ConfigError(f"nobody measured the model for {templates}", "")

    with pytest.raises(ConfigError):
        people.hold_against(unmeasured)
    people.apply([enrolled(BEK, template(0, 1))], POLICY)
    assert people.threshold == 0.5


def test_a_face_that_was_taken_from_somebody_is_named_after_the_next() -> None:
    taken = template(0.6, 0.5, 0.6)
    people = known(enrolled(ANNA, template(1), negative=taken), enrolled(BEK, template(0, 1)))
    assert decide(people, taken).person == BEK
    assert decide(people, template(1, 0.1)).person == ANNA


def test_a_change_concerns_those_whom_it_names_and_those_who_resemble_it() -> None:
    people = known(enrolled(ANNA, template(1)))
    named, unknown = decide(people, template(1)), decide(known(), template(0, 1))
    renewal = people.apply([enrolled(BEK, template(0, 1))], POLICY)
    assert renewal.concerns(unknown, template(0, 1, 0.2))
    assert not renewal.concerns(unknown, template(0, 0, 1))
    assert not renewal.concerns(named, template(1))
    assert people.apply([gone(ANNA)], POLICY).concerns(named, template(1))


def test_of_each_person_the_newest_change_is_delivered_in_parts() -> None:
    desk = ChangeDesk()
    desk.put([enrolled(ANNA, template(1)), enrolled(BEK, template(1))])
    desk.put([gone(ANNA)])
    assert [change.person for change in desk.take(most=1)] == [BEK]
    (last,) = desk.take()
    assert (last.person, last.terms) == (ANNA, None)
    assert desk.take() == ()
    assert len(desk) == 0


def test_the_book_knows_everybody_who_is_not_gone_by_name() -> None:
    book = GalleryBook()
    book.put([enrolled(ANNA, template(1)), enrolled(BEK, template(0, 1)), gone(ANNA)])
    assert [change.person for change in book.everybody] == [BEK]
    assert (book.name_of(BEK), book.name_of("a stranger")) == ("Bek", "a stranger")


class Source:
    """People who are enrolled one after the other."""

    def __init__(self, people: int) -> None:
        self.people = people
        self.fails = False
        self.asked = threading.Semaphore(0)

    def changes_after(self, number: int) -> tuple[Sequence[GalleryChange], int]:
        self.asked.release()
        if self.fails:
            raise DatabaseUnavailable("the database is away", "Start it.")
        last = min(number + 2, self.people)
        return [enrolled(PersonId(f"01p{each}"), template(1)) for each in range(number, last)], last

    def wait(self) -> None:
        assert self.asked.acquire(timeout=PATIENCE_S)


class Followed:
    """What a follower has told."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.came = threading.Condition()

    def tell(self, changes: Sequence[GalleryChange]) -> None:
        with self.came:
            self.names += [change.terms.name for change in changes if change.terms is not None]
            self.came.notify()

    def until(self, count: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.names) >= count, PATIENCE_S)


def test_a_follower_tells_of_everybody_before_it_begins_and_of_others_when_woken() -> None:
    source, followed = Source(5), Followed()
    with GalleryFollower(source, followed.tell, pause_s=600) as follower:
        assert followed.names == ["P0", "P1", "P2", "P3", "P4"]
        source.people = 7
        follower.wake()
        followed.until(7)
    assert followed.names[5:] == ["P5", "P6"]


def test_a_follower_asks_again_and_again_by_itself() -> None:
    source, followed = Source(0), Followed()
    with GalleryFollower(source, followed.tell, pause_s=0.01):
        source.people = 2
        followed.until(2)


def test_a_database_that_is_away_is_said_once_and_followed_again(caplog: pytest.LogCaptureFixture) -> None:
    source, followed = Source(1), Followed()
    with GalleryFollower(source, followed.tell, pause_s=600) as follower:
        source.fails = True
        while source.asked.acquire(blocking=False):
            pass
        for _ in range(3):
            follower.wake()
            source.wait()
        source.fails, source.people = False, 2
        follower.wake()
        followed.until(2)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "the database is away" in caplog.text


def test_a_database_that_is_away_from_the_beginning_is_told_to_whoever_starts() -> None:
    source = Source(1)
    source.fails = True
    with pytest.raises(DatabaseUnavailable), GalleryFollower(source, Followed().tell):
        pass
