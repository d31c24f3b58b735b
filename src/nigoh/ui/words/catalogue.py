"""Catalogues of messages: a gettext file a language, read as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel.messages.pofile import read_po
from babel.plural import to_python

from nigoh.domain.preferences import ConsoleLanguage

_RUSSIAN_ORDER = ("one", "few", "many")
_russian = to_python(
    {
        "one": "n % 10 = 1 and n % 100 != 11",
        "few": "n % 10 = 2..4 and n % 100 != 12..14",
        "many": "n % 10 = 0 or n % 10 = 5..9 or n % 100 = 11..14",
    }
)

_PLURALS: dict[ConsoleLanguage, Callable[[int], int]] = {
    ConsoleLanguage.UZBEK: lambda _count: 0,
    ConsoleLanguage.UZBEK_CYRILLIC: lambda _count: 0,
    ConsoleLanguage.ENGLISH: lambda count: int(count != 1),
    ConsoleLanguage.RUSSIAN: lambda count: _RUSSIAN_ORDER.index(_russian(count)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """The messages of one language.

    Attributes:
        language: whose they are.
        messages: what each English text, or pair of singular and plural, is called: its forms in gettext's order.
    """

    language: ConsoleLanguage
    messages: dict[str | tuple[str, str], tuple[str, ...]]

    def one(self, text: str) -> str:
        """The text in this language; as it is, if there is no translation."""
        return self.messages.get(text, (text,))[0] or text

    def many(self, singular: str, plural: str, count: int) -> str:
        """The form of the text that this language uses with the number."""
        forms = self.messages.get((singular, plural))
        if not forms or not all(forms):
            return singular if count == 1 else plural
        return forms[min(_PLURALS[self.language](count), len(forms) - 1)]


@cache
def load_catalogue(language: ConsoleLanguage) -> Catalogue:
    """The messages of a language."""
    place = resources.files("nigoh.ui.words").joinpath("locale", f"{language.value}.po")
    with place.open("rb") as file:
        stored = read_po(file)
    return Catalogue(
        language,
        {
            (message.id[0], message.id[1]) if isinstance(message.id, list | tuple) else str(message.id): (
                tuple(message.string) if isinstance(message.string, list | tuple) else (str(message.string),)
            )
            for message in stored
            if message.id
        },
    )
