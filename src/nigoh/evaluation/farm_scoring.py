"""Sightings of simulated cameras held against their truth. Pure.

An appearance counts when it is long enough and lies wholly in the window that is scored. One of a known person is
found when a track on its camera, at about the same time, was given its name in any of the words that were told about
it; one of a stranger is noticed when some track was there. A track names wrongly when any word of it names somebody
who was not on its camera at about that time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.domain.farm_truth import FarmAppearance, FarmTruth
from nigoh.domain.sighting import CameraId, PersonId, person_id

LEAST_S = 2.0
"""Shorter appearances are not scored: one analysed frame a second may meet them once."""
SLACK_S = 0.5
"""The truth counts a face from half of it in the picture; a detector may see it a little earlier and longer."""

_Words = Mapping[CameraId, Sequence[CameraSighting]]


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is scored, seconds since 1970."""

    begin_unix_s: float
    end_unix_s: float

    def __post_init__(self) -> None:
        if self.end_unix_s < self.begin_unix_s:
            raise ValueError("a window ends after its beginning")

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end_unix_s - self.begin_unix_s

    def holds(self, unix_s: float) -> bool:
        """Whether a moment lies in it."""
        return self.begin_unix_s <= unix_s <= self.end_unix_s


@dataclass(frozen=True, slots=True)
class FoundAppearance:
    """An appearance whose person was named.

    Attributes:
        appearance: the truth.
        latency_s: from entering to the first word with the right name.
        late: that word was about a face that had waited for its embedding.
    """

    appearance: FarmAppearance
    latency_s: float
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmScore:
    """What became of the appearances in a window.

    Attributes:
        found, missed: those of known people, in the order of entering.
        noticed, unnoticed: those of strangers.
        wrong_names: for each track that names somebody who is not there its first word that does, in the order in
            which they were told.
    """

    found: tuple[FoundAppearance, ...]
    missed: tuple[FarmAppearance, ...]
    noticed: tuple[FarmAppearance, ...]
    unnoticed: tuple[FarmAppearance, ...]
    wrong_names: tuple[CameraSighting, ...]

    @property
    def appearances(self) -> int:
        """How many appearances of known people there were."""
        return len(self.found) + len(self.missed)

    @property
    def recall(self) -> float | None:
        """The share of them that was found; None without one."""
        return len(self.found) / self.appearances if self.appearances else None

    def latency_s(self, share: float) -> float | None:
        """The latency that this share, in (0, 1], of the found ones does not exceed; None without one."""
        ordered = sorted(each.latency_s for each in self.found)
        return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else None


def score_farm(
    truth: FarmTruth,
    sightings: Iterable[CameraSighting],
    known: Collection[PersonId],
    window: Window,
    *,
    least_s: float = LEAST_S,
) -> FarmScore:
    """Hold what was told against the truth.

    Args:
        truth: who appeared.
        sightings: every word that was told, in any order; those told after the window count for what lies in it.
        known: the people whom the engine could name.
        window: what is scored: appearances that lie in it, and wrong names that were told in it.
        least_s: shorter appearances do not count.
    """
    names = {person_id(person) for person in known}
    words: dict[CameraId, list[CameraSighting]] = defaultdict(list)
    for word in sorted(sightings, key=lambda each: each.told_unix_s):
        words[word.sighting.camera].append(word)
    scored = [each for each in truth.appearances if _counts(each, window, least_s)]
    strangers = [each for each in scored if person_id(each.person) not in names]
    named = [(each, _first_naming(each, words)) for each in scored if person_id(each.person) in names]
    return FarmScore(
        found=tuple(
            FoundAppearance(each, word.told_unix_s - each.enter_unix_s, word.late)
            for each, word in named
            if word is not None
        ),
        missed=tuple(each for each, word in named if word is None),
        noticed=tuple(each for each in strangers if _is_noticed(each, words)),
        unnoticed=tuple(each for each in strangers if not _is_noticed(each, words)),
        wrong_names=_wrong_names(truth, words, window),
    )


def _counts(appearance: FarmAppearance, window: Window, least_s: float) -> bool:
    return (
        appearance.leave_unix_s - appearance.enter_unix_s >= least_s
        and window.holds(appearance.enter_unix_s)
        and window.holds(appearance.leave_unix_s)
    )


def _first_naming(appearance: FarmAppearance, words: _Words) -> CameraSighting | None:
    return next(
        (
            word
            for word in words.get(appearance.camera, ())
            if _names(word, appearance.person) and _overlap(word, appearance)
        ),
        None,
    )


def _is_noticed(appearance: FarmAppearance, words: _Words) -> bool:
    return any(_overlap(word, appearance) for word in words.get(appearance.camera, ()))


def _wrong_names(truth: FarmTruth, words: _Words, window: Window) -> tuple[CameraSighting, ...]:
    there: dict[CameraId, list[FarmAppearance]] = defaultdict(list)
    for appearance in truth.appearances:
        there[appearance.camera].append(appearance)
    wrong: dict[str, CameraSighting] = {}
    for camera, told in words.items():
        for word in told:
            if word.sighting.person is None or not window.holds(word.told_unix_s):
                continue
            if not any(_names(word, each.person) and _overlap(word, each) for each in there[camera]):
                wrong.setdefault(word.id, word)
    return tuple(sorted(wrong.values(), key=lambda each: each.told_unix_s))


def _names(word: CameraSighting, person: PersonId) -> bool:
    return word.sighting.person is not None and person_id(word.sighting.person) == person_id(person)


def _overlap(word: CameraSighting, appearance: FarmAppearance) -> bool:
    return (
        word.first_unix_s <= appearance.leave_unix_s + SLACK_S
        and word.last_unix_s >= appearance.enter_unix_s - SLACK_S
    )
