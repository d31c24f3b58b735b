"""What the settings of cameras are called."""

from nigoh.domain.camera import Mode, Record
from nigoh.ui.client.cameras import PriorityName
from nigoh.ui.words.say import Say


def mode_name(say: Say, mode: Mode) -> str:
    """What a mode is called."""
    return {
        Mode.KEYFRAMES: say("Keyframes: cheapest"),
        Mode.ADAPTIVE: say("Adaptive: by movement"),
        Mode.FULL: say("Full: always"),
    }[mode]


def record_name(say: Say, record: Record) -> str:
    """What is kept."""
    return {
        Record.NEVER: say("Nothing"),
        Record.SIGHTINGS: say("Clips of sightings"),
        Record.ALWAYS: say("Everything"),
    }[record]


def priority_name(say: Say, priority: PriorityName) -> str:
    """Who is served first under overload."""
    names: dict[PriorityName, str] = {"low": say("Low"), "normal": say("Normal"), "high": say("High")}
    return names[priority]
