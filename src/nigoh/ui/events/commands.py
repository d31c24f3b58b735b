"""What the keys do in the view of events."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from nigoh.domain.records import Verdict
from nigoh.ui.events.detail import Detail
from nigoh.ui.events.feed import Feed
from nigoh.ui.events.keys import Command, Doing
from nigoh.ui.words.say import Say


@dataclass(frozen=True, slots=True)
class Moves:
    """What the view itself does.

    Attributes:
        step: shows the sighting so many rows below.
        pause: stops following, or goes on.
        explain: shows the keys.
    """

    step: Callable[[int], Awaitable[None]]
    pause: Doing
    explain: Doing


def event_commands(say: Say, detail: Detail, feed: Feed, moves: Moves) -> dict[str, Command]:
    """By the names that Flet has for the keys."""
    return {
        "Arrow Down": Command(say("The next one"), partial(moves.step, 1)),
        "Arrow Up": Command(say("The one before"), partial(moves.step, -1)),
        "A": Command(say("Acknowledge; once more takes it back"), partial(detail.judge, Verdict.CONFIRMED)),
        "R": Command(say("Not this person; once more takes it back"), partial(detail.judge, Verdict.REJECTED)),
        "C": Command(say("Comment"), detail.begin_comment),
        "E": Command(say("Enrol"), detail.enrol),
        "S": Command(say("Search"), detail.search),
        "V": Command(say("Show the video"), detail.play),
        "X": Command(say("Choose for an export"), feed.toggle_selected),
        "P": Command(say("Pause, or go on"), moves.pause),
        "?": Command(say("Keys"), moves.explain),
    }
