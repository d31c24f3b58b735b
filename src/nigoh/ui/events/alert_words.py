"""What is heard and said of those who are seen: sounds, and the words of notifications."""

from collections.abc import Mapping

from nigoh.ui.words.say import Say

NOTIFY = "notify."
"""Before the key of an occasion, it is the key of a preference: whether the browser notifies of it."""

OCCASIONS = ("wanted", "known", "unknown")
"""Of whoever stands on no list; lists are occasions by their identifiers."""


def sound_names(say: Say) -> Mapping[str, str]:
    """The console's sounds, as `sounds.js` makes them."""
    return {
        "chime": say("Chime"),
        "bell": say("Bell"),
        "knock": say("Knock"),
        "alarm": say("Alarm"),
        "siren": say("Siren"),
    }


def occasion_names(say: Say) -> Mapping[str, str]:
    """Whom a sound can be for, beside lists."""
    return {
        "wanted": say("Any wanted person"),
        "known": say("Any known person"),
        "unknown": say("Unknown person"),
    }


def alert_words(say: Say) -> dict[str, object]:
    """By the names that the script has for them."""
    return {"unknown": say("Unknown person"), "wanted": say("Wanted person"), "known": say("Enrolled person")}


def trying_words(say: Say) -> dict[str, str]:
    """By the names that the page has for them on which sounds are tried out."""
    return {
        **sound_names(say),
        "about": say("Listen to the sounds:"),
        "allow": say("Allow notifications"),
        "granted": say("The browser shows notifications."),
        "denied": say("The browser blocks notifications: allow them in its settings of this site."),
        "missing": say("This browser shows notifications of sites with HTTPS only."),
        "silent": say("The browser makes no sound here."),
    }
