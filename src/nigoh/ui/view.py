"""A view: what stands between the navigation and the operator's eyes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.console import Console
from nigoh.ui.words.say import Say


@dataclass(frozen=True, slots=True)
class Place:
    """An address inside the console.

    Attributes:
        path: with its leading slash.
        query: what stands behind the question mark.
        names: what stands in the places of the pattern that fits, by name.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(route: str) -> "Place":
        """The place of a route as the browser has it."""
        parts = urlsplit(route)
        return Place(parts.path.rstrip("/") or "/", dict(parse_qsl(parts.query)))

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


def place(path: str, /, **query: str | None) -> str:
    """A route with these values behind its question mark; those that are None or "" are left out."""
    told = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(told)}" if told else path


def part(text: str) -> str:
    """A text as one part of a path."""
    return quote(text, safe="")


class View(Protocol):
    """One page of the console. Made anew each time that it is gone to. Owner: the event loop."""

    def build(self) -> ft.Control:
        """What is shown; at once, without asking anybody."""
        ...

    async def open(self) -> None:
        """Fill it, then go on for as long as it is looked at; cancelled when it is left.

        Raises ApiProblem: then what went wrong is shown in its place, with a way to try again.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A view, and how it is gone to.

    Attributes:
        pattern: of its addresses, e.g. "/people/{person}".
        title: what it is called, in the operator's language.
        make: makes it for a place.
        permission: what whoever opens it must be permitted; None: nothing.
        icon, chosen_icon: in the navigation; None: it does not stand there.
        parent: the pattern of the entry that is marked in the navigation while this one is shown; "": its own.
    """

    pattern: str
    title: Callable[[Say], str]
    make: Callable[[Console, Place], View]
    permission: Permission | None = None
    icon: ft.IconData | None = None
    chosen_icon: ft.IconData | None = None
    parent: str = ""

    def match(self, wanted: Place) -> Place | None:
        """The place with the names in it, if it is one of this view."""
        pattern, path = self.pattern.split("/"), wanted.path.split("/")
        if len(pattern) != len(path):
            return None
        names: dict[str, str] = {}
        for known, given in zip(pattern, path, strict=True):
            if known.startswith("{"):
                names[known.strip("{}")] = unquote(given)
            elif known != given:
                return None
        return Place(wanted.path, wanted.query, names)
