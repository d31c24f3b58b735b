"""What is said of somebody, changed."""

from dataclasses import fields

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo, PersonWords, person_path
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.conflict import Difference, ask_whose
from nigoh.ui.people.person_form import PersonForm
from nigoh.ui.people.words import basis_text
from nigoh.ui.view import part
from nigoh.ui.words.say import Say

_WIDEST_PX = 640


class DetailsPart:
    """The fields of somebody. Owner: the view.

    Args:
        console: of the browser.
        person: as they were read.
    """

    def __init__(self, console: Console, person: PersonInfo) -> None:
        self._console, self._person = console, person
        self._etag = person.etag
        self._form = PersonForm(console, person)

    def build(self) -> ft.Control:
        """What is shown."""
        save = ft.FilledButton(
            content=self._console.say("Save"), icon=ft.Icons.CHECK, on_click=self._console.doing(self._save)
        )
        return ft.Container(content=ft.Column(controls=[self._form.build(), save], spacing=12), width=_WIDEST_PX)

    async def open(self) -> None:
        """Ask which lists there are."""
        if self._console.may(Permission.LISTS_READ):
            found = await self._console.api.get("/watch-lists", Listed[WatchListInfo], {"limit": 200})
            self._form.offer(found.items)

    async def _save(self, _event: object) -> None:
        if (words := self._form.read()) is None:
            return
        try:
            await self._change(words)
        except ApiProblem as problem:
            self._form.blame(problem)
            raise

    async def _change(self, words: PersonWords) -> None:
        api, path, say = self._console.api, person_path(self._person.id), self._console.say
        try:
            await api.patch(path, PersonInfo, words, if_match=self._etag)
        except ApiProblem as problem:
            if problem.kind != "stale":
                raise
            found = await api.get_versioned(path, PersonInfo)
            self._etag = found.etag
            if await ask_whose(self._console, differences(say, found.value, words)):
                await api.patch(path, PersonInfo, words, if_match=self._etag)
        self._console.tell(say("{name} is saved.", name=words.name))
        await self._console.go(f"/people/{part(self._person.id)}")


def differences(say: Say, theirs: PersonInfo, mine: PersonWords) -> list[Difference]:
    """Where what is there now is not what the operator wants."""
    names = {
        "name": say("Name"),
        "other_names": say("Other names"),
        "external_id": say("Number in another system"),
        "notes": say("Notes"),
        "group": say("Group"),
        "legal_basis": say("Legal basis"),
        "expires_at": say("Erase on"),
        "lists": say("Lists"),
    }

    def shown(person: PersonInfo | PersonWords, field: str) -> str:
        if field == "legal_basis":
            return basis_text(say, person.legal_basis)
        if field == "expires_at":
            return say.day(person.expires_at.date()) if person.expires_at else ""
        value = getattr(person, field)
        return ", ".join(value) if isinstance(value, tuple) else str(value or "")

    changed = [each.name for each in fields(mine) if getattr(theirs, each.name) != getattr(mine, each.name)]
    return [Difference(names[each], shown(theirs, each), shown(mine, each)) for each in changed]
