"""Settings in the console: what is typed, what is shown, and where curves lie."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nigoh.config.changeable import FIELDS
from nigoh.domain.access import Permission, Role
from nigoh.domain.audit import AuditAction
from nigoh.domain.preferences import ConsoleLanguage
from nigoh.domain.setting import Applies, Origin, SettingType, SettingValue
from nigoh.ui.audit.filters import AuditQuestion, day_of
from nigoh.ui.audit.words import action_name
from nigoh.ui.client.settings import SettingInfo
from nigoh.ui.client.system import Capacity
from nigoh.ui.settings.access_words import permission_name, role_meaning, role_name
from nigoh.ui.settings.engine_sections import CamerasSection, DevicesSection, KeepingSection, RecognitionSection
from nigoh.ui.settings.setting_field import parsed, shown
from nigoh.ui.settings.setting_words import choice_name, setting_words
from nigoh.ui.system.overview import capacity_text
from nigoh.ui.system.plot import Curve, placed
from nigoh.ui.view import Place
from nigoh.ui.words.say import Say

ENGLISH, RUSSIAN = Say(ConsoleLanguage.ENGLISH), Say(ConsoleLanguage.RUSSIAN)
NUMBER = SettingInfo(
    key="privacy.sightings_days",
    kind=SettingType.NUMBER,
    title="Sightings are kept",
    description="Days.",
    unit="days",
    minimum=0.01,
    maximum=36500.0,
    exclusive_minimum=False,
    exclusive_maximum=False,
    choices=(),
    optional=False,
    default=90.0,
    value=90.0,
    in_force=90.0,
    origin=Origin.DEFAULT,
    applies=Applies.AT_ONCE,
    version=0,
)
OPTIONAL = replace(NUMBER, optional=True, minimum=0.0, maximum=1.0, exclusive_minimum=True, exclusive_maximum=True)
WHOLE = replace(NUMBER, kind=SettingType.INTEGER, minimum=0.0, maximum=256.0)


@pytest.mark.parametrize(
    ("info", "text", "value"),
    [
        (NUMBER, " 30 ", 30.0),
        (NUMBER, "0,5", 0.5),
        (NUMBER, "36\u00a0500", 36500.0),
        (OPTIONAL, "", None),
        (OPTIONAL, "0.42", 0.42),
        (WHOLE, "8", 8),
    ],
)
def test_a_number_is_read_as_people_write_it(info: SettingInfo, text: str, value: SettingValue) -> None:
    found = parsed(info, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("info", "text"),
    [(NUMBER, ""), (NUMBER, "many"), (NUMBER, "0"), (NUMBER, "36501"), (NUMBER, "nan"), (OPTIONAL, "0"),
     (OPTIONAL, "1"), (WHOLE, "1.5"), (WHOLE, "257"), (WHOLE, "inf")],
)  # fmt: skip
def test_what_a_setting_cannot_be_is_not_read(info: SettingInfo, text: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        parsed(info, text)


def test_values_are_shown_in_words() -> None:
    assert shown(ENGLISH, NUMBER, 30.0) == "30 days"
    assert shown(ENGLISH, NUMBER, None) == "nigoh chooses"
    assert shown(ENGLISH, NUMBER, value=True) == "yes"
    assert shown(ENGLISH, NUMBER, "sightings") == "A clip of each sighting"
    assert shown(ENGLISH, NUMBER, "tcp") == "TCP"


def test_each_setting_that_there_is_has_words_and_stands_in_one_section() -> None:
    sections = (RecognitionSection, CamerasSection, KeepingSection, DevicesSection)
    for key in FIELDS:
        words = setting_words(RUSSIAN, replace(NUMBER, key=key, title="?", description="?"))
        assert "?" not in (words.title, words.about), key
        assert sum(group.holds(key) for each in sections for group in each._groups) == 1, key


def test_each_choice_of_a_setting_has_a_name() -> None:
    for field in FIELDS.values():
        for word in field.choices:
            assert choice_name(RUSSIAN, word) != word.upper() or word in {"tcp", "udp"}, word


def test_everything_that_can_be_permitted_or_done_has_a_name() -> None:
    assert len({permission_name(RUSSIAN, each) for each in Permission}) == len(Permission)
    assert len({action_name(RUSSIAN, each.value) for each in AuditAction}) == len(AuditAction)
    assert (
        len({role_name(RUSSIAN, each) for each in Role}) == len({role_meaning(RUSSIAN, each) for each in Role}) == 4
    )


def test_what_waits_for_the_next_start_is_known() -> None:
    assert not NUMBER.waits
    assert replace(NUMBER, in_force=30.0).waits
    assert replace(NUMBER, version=7).etag == '"v7"'


def test_a_question_to_the_audit_stands_in_the_address() -> None:
    asked = AuditQuestion(actor="aziza", action="export", since="2026-11-01", until="2026-11-23")
    assert AuditQuestion.of(Place.of(asked.route)) == asked
    assert AuditQuestion().route == "/audit"
    query = asked.query()
    assert (query["actor"], query["action"], query["target_kind"]) == ("aziza", "export", None)
    since, until = query["since"], query["until"]
    assert isinstance(since, datetime)
    assert isinstance(until, datetime)
    assert since.isoformat().startswith("2026-11-01T00:00:00")
    # Both days are meant.
    assert until.isoformat().startswith("2026-11-24T00:00:00")
    assert day_of("23.11.2026") is None


def test_how_many_cameras_are_possible_is_said_with_how_it_is_known() -> None:
    capacity = Capacity(cores=4, used_cores=0.4, cameras=4.0, possible=32, is_exhausted=False)
    assert "80 % of the 4 cores" in capacity_text(ENGLISH, capacity)
    assert "0.1 of a core" in capacity_text(ENGLISH, capacity)
    assert capacity_text(ENGLISH, replace(capacity, is_exhausted=True)).startswith("This machine is at its limit")
    assert "as soon as one is watched" in capacity_text(ENGLISH, replace(capacity, possible=None))


def test_a_curve_spans_its_canvas_and_breaks_where_nothing_was_measured() -> None:
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    times = [begin + timedelta(seconds=each) for each in (0, 30, 60, 7200, 7230)]
    points = placed(Curve(times, [0.0, 1.0, 2.0, 2.0, 0.0]), 400.0, 100.0)
    assert points[0][0] == 0.0
    assert points[-1][0] == pytest.approx(400.0)
    assert points[2][1] < points[1][1] < points[0][1]
    assert [is_first for _, _, is_first in points] == [True, False, False, True, False]


def test_nothing_measured_is_no_curve_and_zeros_are_one() -> None:
    assert placed(Curve((), ()), 400.0, 100.0) == []
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert len(placed(Curve([now, now + timedelta(seconds=30)], [0.0, 0.0]), 400.0, 100.0)) == 2
