"""The page on which one logs in: plain HTML, so that it is there at once and password managers know it."""

from html import escape
from importlib import resources

from nigoh.domain.preferences import ConsoleLanguage
from nigoh.ui.words.say import Say

_BY_TAG = {"uz": ConsoleLanguage.UZBEK, "ru": ConsoleLanguage.RUSSIAN, "en": ConsoleLanguage.ENGLISH}


def login_page(language: ConsoleLanguage) -> bytes:
    """The page in a language."""
    say = Say(language)
    page = resources.files("nigoh.server.console").joinpath("page_files", "login.html").read_text("utf-8")
    words = {
        "language": language.value.replace("_", "-"),
        "about": say("Log in to see your cameras."),
        "name": say("Login name"),
        "password": say("Password"),
        "code": say("Code of your authenticator"),
        "log_in": say("Log in"),
        "elsewhere": say("Log in with your organisation's account"),
        "away": say("The server does not answer. Is nigoh still running?"),
        "setup": say("There is no administrator yet. Open the link that nigoh printed on the terminal."),
        "wrong": say("The name or the password is wrong."),
        "factor": say("Enter the code that your authenticator shows."),
        "languages": say("Language"),
        "script": say("This page needs JavaScript."),
    }
    return page.format_map({name: escape(text, quote=True) for name, text in words.items()}).encode()


def language_of(asked: str, accepted: str) -> ConsoleLanguage:
    """The language of a page: the one that was asked for, or else what the browser prefers.

    Args:
        asked: in the address, or "".
        accepted: the header Accept-Language.
    """
    if asked in set(ConsoleLanguage):
        return ConsoleLanguage(asked)
    for preferred in accepted.split(","):
        tag = preferred.partition(";")[0].strip().lower()
        if tag.startswith("uz-cyrl"):
            return ConsoleLanguage.UZBEK_CYRILLIC
        if (found := _BY_TAG.get(tag[:2])) is not None:
            return found
    return ConsoleLanguage.ENGLISH
