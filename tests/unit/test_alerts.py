"""An alert's life: who may do what to it, and what it becomes."""

import pytest

from nigoh.domain.alert import Alert, AlertAct, AlertState, AlertStep
from nigoh.errors import Invalid

ALERT = Alert(id="a", rule="r", rule_name="rule", first_unix_s=10, last_unix_s=11, raised_unix_s=11, escalate_s=60)


def done(alert: Alert, *acts: tuple[AlertAct, str]) -> Alert:
    for act, actor in acts:
        alert = alert.after(AlertStep(act, actor, 20.0))
    return alert


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ([], AlertState.NEW),
        ([AlertAct.ACKNOWLEDGE], AlertState.ACKNOWLEDGED),
        ([AlertAct.CONFIRM], AlertState.CONFIRMED),
        ([AlertAct.ACKNOWLEDGE, AlertAct.REJECT], AlertState.REJECTED),
        ([AlertAct.ESCALATE, AlertAct.ACKNOWLEDGE, AlertAct.CONFIRM, AlertAct.CLOSE], AlertState.CLOSED),
        ([AlertAct.COMMENT], AlertState.NEW),
        ([AlertAct.CONFIRM, AlertAct.REJECT], AlertState.REJECTED),
    ],
)
def test_an_alert_goes_from_state_to_state(acts: list[AlertAct], state: AlertState) -> None:
    found = done(ALERT, *((act, "lola") for act in acts))
    assert (found.state, len(found.steps)) == (state, len(acts))


@pytest.mark.parametrize(
    "acts",
    [
        [AlertAct.CLOSE],
        [AlertAct.CONFIRM, AlertAct.CONFIRM],
        [AlertAct.REJECT, AlertAct.ACKNOWLEDGE],
        [AlertAct.CONFIRM, AlertAct.CLOSE, AlertAct.REJECT],
        [AlertAct.ACKNOWLEDGE, AlertAct.ESCALATE],
    ],
)
def test_what_comes_too_late_is_refused(acts: list[AlertAct]) -> None:
    before = done(ALERT, *((act, "lola") for act in acts[:-1]))
    with pytest.raises(Invalid, match="alert"):
        done(before, (acts[-1], "otabek"))


def test_two_people_confirm_where_that_is_asked_for() -> None:
    alert = Alert(id="a", rule="r", rule_name="rule", needed=2, first_unix_s=1, last_unix_s=2, raised_unix_s=2)
    once = done(alert, (AlertAct.CONFIRM, "lola"))
    assert once.state is AlertState.ACKNOWLEDGED
    with pytest.raises(Invalid, match="you have confirmed"):
        done(once, (AlertAct.CONFIRM, "lola"))
    assert done(once, (AlertAct.CONFIRM, "otabek")).state is AlertState.CONFIRMED


def test_an_alert_that_nobody_takes_up_is_overdue() -> None:
    assert [ALERT.is_overdue(at) for at in (70.9, 71.0)] == [False, True]
    assert not done(ALERT, (AlertAct.ACKNOWLEDGE, "lola")).is_overdue(1000)
