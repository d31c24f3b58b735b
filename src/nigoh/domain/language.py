"""The words that stand on pictures and in tables, in the operator's language."""

from enum import StrEnum

from nigoh.domain.sighting import Status


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
