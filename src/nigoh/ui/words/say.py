"""Saying things in the operator's language: texts, numbers, times."""

from datetime import date, datetime, timedelta, tzinfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from nigoh.domain.preferences import ConsoleLanguage
from nigoh.ui.words.catalogue import Catalogue, load_catalogue

_KIB = 1024.0


class Say:
    """Says things in one language.

        say = Say(ConsoleLanguage.RUSSIAN)
        say("Cameras")
        say("{name} was added", name=person.name)
        say.many("{count} camera", "{count} cameras", len(cameras))

    The texts stand in the code in English, as literals: the catalogues are checked against them.

    Args:
        language: the operator's.
        zone: theirs, for times; None: this machine's.
    """

    def __init__(self, language: ConsoleLanguage, zone: tzinfo | None = None) -> None:
        self.language = language
        self._catalogue: Catalogue = load_catalogue(language)
        self._locale = Locale.parse(language.value)
        self._zone = zone

    def __call__(self, text: str, **values: object) -> str:
        """The text, with the values in their places."""
        said = self._catalogue.one(text)
        return said.format(**values) if values else said

    def many(self, singular: str, plural: str, count: int, **values: object) -> str:
        """The form for this number; `{count}` is its place."""
        return self._catalogue.many(singular, plural, count).format(count=self.number(count), **values)

    def number(self, value: float, digits: int = 0) -> str:
        """A number, as it is written here."""
        return str(format_decimal(round(value, digits), locale=self._locale))

    def percent(self, share: float, digits: int = 0) -> str:
        """A share of 1, as a percentage."""
        pattern = "#,##0%" if not digits else f"#,##0.{'0' * digits}%"
        return str(format_percent(share, format=pattern, locale=self._locale))

    def size(self, count: float) -> str:
        """Bytes, in the unit that suits."""
        for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
            if abs(count) < _KIB or unit == "TiB":
                return f"{self.number(count, 0 if unit == 'B' else 1)} {unit}"
            count /= _KIB
        raise AssertionError

    def day(self, value: date) -> str:
        """A day: 23 Nov 2026."""
        return str(format_date(value, "medium", locale=self._locale))

    def short_day(self, value: date) -> str:
        """A day of a year that is known: 23 Nov."""
        return str(format_skeleton("MMMd", value, locale=self._locale))

    def clock(self, value: datetime) -> str:
        """The time of the day, to the second."""
        return str(format_time(self._local(value), "HH:mm:ss", locale=self._locale))

    def moment(self, value: datetime) -> str:
        """Day and time, to the second."""
        return str(format_datetime(self._local(value), "d MMM y, HH:mm:ss", locale=self._locale))

    def ago(self, value: datetime, now: datetime) -> str:
        """How long ago: 5 minutes ago."""
        return str(format_timedelta(value - now, add_direction=True, locale=self._locale))

    def lasting(self, seconds: float) -> str:
        """How long something takes: 3 hours."""
        return str(format_timedelta(timedelta(seconds=seconds), threshold=1.5, locale=self._locale))

    def _local(self, value: datetime) -> datetime:
        return value.astimezone(self._zone)
