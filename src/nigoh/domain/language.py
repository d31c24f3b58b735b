"""The words that stand on pictures and in tables, in the operator's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nigoh.domain.sighting import Candidate, Status


class Language(StrEnum):
    """A language of the product: Uzbek in Latin and Cyrillic letters, Russian, English."""

    UZBEK = "uz"
    UZBEK_CYRILLIC = "uz-cyrl"
    RUSSIAN = "ru"
    ENGLISH = "en"


_STATUS = {
    Language.UZBEK: ("Maʼlum", "Noma'lum", "Izlanayotgan inson", "Noaniq"),
    Language.UZBEK_CYRILLIC: ("Маълум", "Номаълум", "Изланаётган инсон", "Ноаниқ"),
    Language.RUSSIAN: ("Известен", "Неизвестный", "Разыскиваемый", "Неоднозначно"),
    Language.ENGLISH: ("Known", "Unknown", "Wanted", "Ambiguous"),
}
_OTHER_PERSON = {
    Language.UZBEK: "Boshqa inson",
    Language.UZBEK_CYRILLIC: "Бошқа инсон",
    Language.RUSSIAN: "Другой человек",
    Language.ENGLISH: "Other person",
}


def status_label(status: Status, language: Language, *, someone_is_wanted: bool = False) -> str:
    """The word for a status. While someone is wanted, an unknown face is an "other person"."""
    if status is Status.UNKNOWN and someone_is_wanted:
        return _OTHER_PERSON[language]
    order = (Status.KNOWN, Status.UNKNOWN, Status.WANTED, Status.AMBIGUOUS)
    return _STATUS[language][order.index(status)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How people are called on pictures and in tables.

    Attributes:
        language: the operator's.
        someone_is_wanted: whether this watch looks for somebody; then strangers are "other people".
        name_of: what somebody is called who is enrolled as this; by default just that.
    """

    language: Language
    someone_is_wanted: bool = False
    name_of: Callable[[str], str] = str

    def name(self, status: Status, person: str | None, candidates: Sequence[Candidate] = ()) -> str:
        """Who it is, in the operator's words."""
        label = status_label(status, self.language, someone_is_wanted=self.someone_is_wanted)
        if status is Status.KNOWN:
            return self.name_of(str(person))
        if status is Status.WANTED:
            return f"{label}: {self.name_of(str(person))}"
        if status is Status.AMBIGUOUS and candidates:
            return f"{label}: {' / '.join(self.name_of(candidate.person) for candidate in candidates[:2])}"
        return label
