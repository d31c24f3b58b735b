"""What settings, and the words that some of them are chosen from, are called."""

from dataclasses import dataclass

from nigoh.ui.client.settings import SettingInfo
from nigoh.ui.words.say import Say


@dataclass(frozen=True, slots=True)
class SettingWords:
    """What a setting is called, and what it means."""

    title: str
    about: str


def setting_words(say: Say, info: SettingInfo) -> SettingWords:
    """In the operator's language; one that a newer nigoh has in the API's own words."""
    known = {**_recognition(say), **_privacy(say), **_cameras(say), **_recording(say), **_machine(say)}
    return SettingWords(*known.get(info.key, (info.title, info.description)))


def choice_name(say: Say, word: str) -> str:
    """What one of several words is called."""
    return {
        "anonymous": say("Count them without face and name"),
        "delete": say("Delete"),
        "keep": say("Keep"),
        "never": say("Never"),
        "sightings": say("A clip of each sighting"),
        "always": say("Always"),
        "keyframes": say("Keyframes only: cheapest"),
        "adaptive": say("Adaptive: more while something moves"),
        "full": say("Full: always as often as it can"),
        "low": say("Low"),
        "normal": say("Normal"),
        "high": say("High"),
    }.get(word, word.upper())


def unit_name(say: Say, unit: str) -> str:
    """What a unit is called."""
    return {
        "days": say("days"),
        "s": say("seconds"),
        "1/s": say("a second"),
        "px": say("pixels"),
        "GB": say("GB"),
        "MB": say("MB"),
        "share of strangers": say("of strangers"),
    }.get(unit, "")


_Known = dict[str, tuple[str, str]]


def _recognition(say: Say) -> _Known:
    return {
        "watch.threshold": (
            say("Recognition threshold"),
            say("Least similarity at which a face gets a name. Empty: it follows from the false alarms below."),
        ),
        "watch.false_alarms": (
            say("False alarms"),
            say("Share of strangers who may be given a name by mistake, however many people are enrolled."),
        ),
        "vision.detect_size_px": (
            say("Picture in which faces are looked for"),
            say("Its long side. Twice as large finds smaller faces and costs four times as much. Empty: as fits."),
        ),
        "vision.detect_score": (
            say("How sure a face has to be one"),
            say("Lower finds more faces, and things that are none."),
        ),
    }


def _privacy(say: Say) -> _Known:
    return {
        "privacy.store_unknown": (
            say("Keep strangers"),
            say("Off: of people who match nobody nothing is stored."),
        ),
        "privacy.unknown_days": (
            say("Faces of strangers are kept"),
            say("After that their pictures and templates are gone for good."),
        ),
        "privacy.sightings_days": (
            say("Sightings are kept"),
            say("After that they go, with all that hangs on them."),
        ),
        "privacy.crops_days": (
            say("Pictures of sightings are kept"),
            say("After that the sighting stays without one."),
        ),
        "privacy.clips_days": (say("Clips are kept"), say("Empty: as long as recordings.")),
        "privacy.events_days": (
            say("Events are kept"),
            say("So long a program that follows them can be away without missing any."),
        ),
        "privacy.erased_sightings": (
            say("Sightings of somebody who is erased"),
            say("What becomes of them together with the person."),
        ),
        "privacy.erased_clips": (
            say("Clips of somebody who is erased"),
            say("Others may be seen in them, too."),
        ),
    }


def _cameras(say: Say) -> _Known:
    return {
        "cameras_default.record": (say("Recording"), say("What is kept of the video of a new camera.")),
        "cameras_default.mode": (say("Mode"), say("Which pictures of a new camera are looked at.")),
        "cameras_default.fps": (say("Looks a second while something moves"), ""),
        "cameras_default.burst_fps": (say("Looks a second while a face has no name"), ""),
        "cameras_default.still_s": (say("Seconds between looks at a still scene"), ""),
        "cameras_default.least_fps": (say("Looks a second even under overload"), ""),
        "cameras_default.priority": (say("Priority"), say("Who is served first when the machine cannot serve all.")),
        "cameras_default.transport": (say("How the camera sends"), say("TCP loses nothing; UDP is for old cameras.")),
    }


def _recording(say: Say) -> _Known:
    return {
        "recording.pre_roll_s": (say("Clips begin before the sighting"), ""),
        "recording.post_roll_s": (say("Clips end after the sighting"), ""),
        "recording.segment_s": (say("Length of a file"), say("Where everything is recorded.")),
        "recording.max_age_days": (say("Recordings are kept"), say("After that they are deleted.")),
        "recording.max_size_gb": (say("Recordings take at most"), say("The oldest go first.")),
        "recording.least_free_gb": (say("Left free on the disk"), say("Below it recording pauses.")),
    }


def _machine(say: Say) -> _Known:
    return {
        "late_faces.max_size_mb": (
            say("Waiting faces take at most"),
            say("Faces that there was no time for wait to be described; the oldest are given up first."),
        ),
        "late_faces.max_age_s": (say("Waiting faces wait at most"), say("After that they are given up.")),
        "engine.shards": (
            say("Processes"),
            say("Cameras are divided among them. 0: chosen from the cores and cameras."),
        ),
        "engine.connects_per_s": (
            say("Connections begun to cameras"),
            say("So many a second at most, so that a start does not flood the network."),
        ),
    }
