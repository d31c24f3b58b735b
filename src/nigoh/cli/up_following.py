"""What `nigoh up` has follow a setting that is changed while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from nigoh.config.engine_settings import EngineSettings
from nigoh.domain.naming_rule import NamingRule
from nigoh.engine.known_people import KnownPeople
from nigoh.office.privacy_keeper import PrivacyKeeper
from nigoh.office.sighting_writing import SightingWriter
from nigoh.wiring import Vision, threshold_by_rule


@dataclass(slots=True)
class FollowNaming:
    """Engine and server name faces by the rule of now.

    Attributes:
        vision: knows which threshold a rule asks for.
        known: who is known in this process.
        changing: held while `known` is changed, as others change it too.
        tune: tells the engine.
        rule: by which faces are named now.
    """

    vision: Vision
    known: KnownPeople
    changing: Lock
    tune: Callable[[NamingRule], None]
    rule: NamingRule

    def check(self, settings: EngineSettings) -> None:
        """Raises ConfigError: nobody has measured which threshold the model needs."""
        threshold_by_rule(settings.naming, self.vision)(1)

    def follow(self, settings: EngineSettings) -> None:
        """From the next picture on. Raises ConfigError as `check`."""
        if settings.naming == self.rule:
            return
        with self.changing:
            self.known.hold_against(threshold_by_rule(settings.naming, self.vision))
        self.tune(settings.naming)
        self.rule = settings.naming


@dataclass(frozen=True, slots=True)
class FollowRetention:
    """What is too old goes at the times of now."""

    keeper: PrivacyKeeper

    def check(self, settings: EngineSettings) -> None:
        """All times can be kept."""

    def follow(self, settings: EngineSettings) -> None:
        """From the next look on, which is within a minute."""
        self.keeper.keep(settings.privacy.times)


@dataclass(frozen=True, slots=True)
class FollowIntake:
    """Strangers are stored, or not."""

    writer: SightingWriter

    def check(self, settings: EngineSettings) -> None:
        """Both can be done."""

    def follow(self, settings: EngineSettings) -> None:
        """From the next sightings on that are written."""
        self.writer.keep_unknown(store=settings.privacy.store_unknown)
