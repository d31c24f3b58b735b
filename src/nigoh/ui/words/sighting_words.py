"""What sightings are called."""

from collections.abc import Mapping

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Status
from nigoh.ui.words.say import Say


def status_names(say: Say) -> Mapping[Status, str]:
    """What was decided about a face."""
    return {
        Status.KNOWN: say("Known"),
        Status.WANTED: say("Wanted"),
        Status.UNKNOWN: say("Unknown"),
        Status.AMBIGUOUS: say("Ambiguous"),
    }


def verdict_names(say: Say) -> Mapping[Verdict, str]:
    """What somebody said about it."""
    return {
        Verdict.NONE: say("Not looked at"),
        Verdict.CONFIRMED: say("Acknowledged"),
        Verdict.REJECTED: say("Not this person"),
    }


def sheet_headings(say: Say) -> Mapping[str, str]:
    """The title and the headings of a table of sightings."""
    return {
        "title": say("Sightings"),
        "picture": say("Picture"),
        "first_seen": say("First seen"),
        "last_seen": say("Last seen"),
        "camera": say("Camera"),
        "status": say("Status"),
        "person": say("Person"),
        "score": say("Similarity"),
        "threshold": say("Threshold"),
        "verdict": say("Decision"),
        "verdict_by": say("Decided by"),
        "comment": say("Comment"),
    }


def sheet_about(say: Say, count: int, taken_by: str, taken_at: str) -> str:
    """Below the title of such a table."""
    number = say.many("{count} sighting", "{count} sightings", count)
    return say("{number}. Taken by {name}, {time}", number=number, name=taken_by, time=taken_at)
