"""What rules and alerts are called."""

from collections.abc import Mapping

from nigoh.domain.alert import AlertAct, AlertState
from nigoh.domain.rule import HolidayUse, RuleKind
from nigoh.ui.client.alerts import AlertInfo
from nigoh.ui.words.say import Say


def kind_names(say: Say) -> Mapping[RuleKind, str]:
    """What has to happen, in a few words."""
    return {
        RuleKind.SEEN: say("Somebody is seen"),
        RuleKind.REPEATED: say("Somebody comes again and again"),
        RuleKind.STAYS: say("A face stays longer"),
        RuleKind.TOGETHER: say("Two are seen together"),
        RuleKind.MISSING: say("Somebody does not come"),
    }


def state_names(say: Say) -> Mapping[AlertState, str]:
    """Where an alert is in its life."""
    return {
        AlertState.NEW: say("New alert"),
        AlertState.ACKNOWLEDGED: say("Taken up"),
        AlertState.CONFIRMED: say("Confirmed alert"),
        AlertState.REJECTED: say("False alarm"),
        AlertState.ESCALATED: say("Escalated"),
        AlertState.CLOSED: say("Closed"),
    }


def act_names(say: Say) -> Mapping[AlertAct, str]:
    """What is done to an alert."""
    return {
        AlertAct.ACKNOWLEDGE: say("Take it up"),
        AlertAct.CONFIRM: say("It is so"),
        AlertAct.REJECT: say("It is a false alarm"),
        AlertAct.ESCALATE: say("Escalated: nobody took it up"),
        AlertAct.CLOSE: say("Close it"),
        AlertAct.COMMENT: say("Comment"),
    }


def holiday_names(say: Say) -> Mapping[HolidayUse, str]:
    """What a rule does on holidays."""
    return {
        HolidayUse.USUAL: say("As on other days"),
        HolidayUse.NEVER: say("Not on holidays"),
        HolidayUse.ONLY: say("On holidays alone"),
    }


def who_it_is(say: Say, alert: AlertInfo) -> str:
    """Whom an alert is about."""
    if alert.person is None:
        return say("Unknown person")
    return alert.person_name or say("Enrolled person")


def why(say: Say, alert: AlertInfo) -> str:
    """Why it was raised."""
    if alert.kind is RuleKind.REPEATED:
        return say.many("{count} visit", "{count} visits", round(alert.number))
    if alert.kind is RuleKind.STAYS:
        return say("stayed for {time}", time=say.lasting(alert.number))
    if alert.kind is RuleKind.TOGETHER:
        return say("together with {name}", name=alert.other_name or say("Unknown person"))
    if alert.kind is RuleKind.MISSING:
        return say("did not come")
    return say("was seen")
