"""Adding several people at once: a photo each, named by its file."""

from dataclasses import dataclass, field, replace

import flet as ft

from nigoh.domain.access import Permission
from nigoh.errors import NigohError
from nigoh.ui.baskets import ReceivedFile
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo, PersonWords
from nigoh.ui.client.problem import LoggedOut
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.drop_page import PhotoDrop
from nigoh.ui.people.draft_photo import DraftPhoto, check_photo, draft, name_of_file
from nigoh.ui.people.enrolling import enrol
from nigoh.ui.people.look_alikes import read_look_alikes
from nigoh.ui.people.person_form import PersonForm
from nigoh.ui.people.photo_card import photo_card
from nigoh.ui.view import part

_MOST_PEOPLE = 100


@dataclass(slots=True, eq=False)
class _Newcomer:
    """Somebody who is to be enrolled.

    Attributes:
        photo: theirs.
        name: the field.
        is_other: the answer to whether they are another person than who looks like them.
        alike: names of those.
        saved: who they are, once they are saved.
        problem: why they are not.
    """

    photo: DraftPhoto
    name: ft.TextField
    is_other: ft.Checkbox
    alike: tuple[str, ...] = ()
    saved: PersonInfo | None = None
    problem: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether they can be saved."""
        is_named = bool((self.name.value or "").strip())
        is_settled = not self.photo.has_look_alikes or bool(self.is_other.value)
        return self.saved is None and is_named and is_settled and self.photo.is_usable


@dataclass(slots=True, eq=False)
class _Work:
    """How far the saving is."""

    done: int = 0
    total: int = 0
    is_cancelled: bool = field(default=False)


class SeveralPeople:
    """A photo a person; what all of them share stands above."""

    def __init__(self, console: Console) -> None:
        say = console.say
        self._console = console
        self._people: list[_Newcomer] = []
        self._form = PersonForm(console, is_shared=True)
        self._drop = PhotoDrop(
            console, self._arrived, say("Drop photos here, one a person: their name is the file's.")
        )
        self._cards = ft.Row(wrap=True, spacing=10, run_spacing=10, vertical_alignment=ft.CrossAxisAlignment.START)
        self._work = _Work()
        self._save = ft.FilledButton(icon=ft.Icons.CHECK, on_click=console.doing(self._save_all))
        self._stop = ft.OutlinedButton(content=say("Stop"), visible=False, on_click=self._cancel)
        self._bar = ft.ProgressBar(value=0, visible=False, semantics_label=say("Saving"))

    def build(self) -> ft.Control:
        """What is shown."""
        self._ready()
        shared = ft.Column(
            controls=[
                ft.Text(self._console.say("For all of them"), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
                self._form.build(),
                self._bar,
                ft.Row(controls=[self._save, self._stop], wrap=True),
            ],
            spacing=12,
        )
        return ft.Column(
            controls=[
                ft.ResponsiveRow(
                    controls=[
                        ft.Container(content=self._drop.build(), col={"xs": 12, "lg": 7}),
                        ft.Container(content=shared, col={"xs": 12, "lg": 5}),
                    ],
                    spacing=24,
                    run_spacing=16,
                ),
                self._cards,
            ],
            spacing=16,
        )

    async def open(self) -> None:
        """Take photos until the view is left, and ask for what can be chosen."""
        self._console.tasks.start(self._drop.hold(), "photos")
        if self._console.may(Permission.LISTS_READ):
            found = await self._console.api.get("/watch-lists", Listed[WatchListInfo], {"limit": 200})
            self._form.offer(found.items)

    async def _arrived(self, file: ReceivedFile) -> None:
        say = self._console.say
        if any(each.photo.content == file.content for each in self._people):
            self._console.tell(say("{name} is there already.", name=file.name))
            return
        if len(self._people) >= _MOST_PEOPLE:
            self._console.tell(say("These are many: import the rest as a ZIP."))
            return
        try:
            photo = await draft(self._console.api, file)
            name = ft.TextField(label=say("Name"), value=name_of_file(file.name), dense=True, on_change=self._changed)
            is_other = ft.Checkbox(label=say("They are somebody else"), on_change=self._changed)
            newcomer = _Newcomer(photo, name, is_other)
            self._people.append(newcomer)
            await self._look(newcomer)
        except NigohError as error:
            await self._console.tell_problem(error)

    async def _look(self, newcomer: _Newcomer) -> None:
        found = await read_look_alikes(self._console.api, [newcomer.photo])
        newcomer.alike = tuple(each.person.name for each in found)
        self._show()

    async def _choose_face(self, photo: DraftPhoto, face: int) -> None:
        photo.check = await check_photo(self._console.api, photo.name, photo.content, face=face)
        photo.face = face
        await self._look(next(each for each in self._people if each.photo is photo))

    async def _leave_out(self, photo: DraftPhoto) -> None:
        self._people = [each for each in self._people if each.photo is not photo]
        self._show()

    def _show(self) -> None:
        self._cards.controls = [
            photo_card(self._console, each.photo, self._choose_face, self._leave_out, self._below(each))
            for each in self._people
        ]
        self._console.refresh(self._cards)
        self._ready()

    def _below(self, newcomer: _Newcomer) -> list[ft.Control]:
        say = self._console.say
        if newcomer.saved is not None:
            going = self._console.going(f"/people/{part(newcomer.saved.id)}")
            saved = say("Saved: {name}", name=newcomer.saved.name)
            return [ft.TextButton(content=saved, icon=ft.Icons.CHECK, on_click=going)]
        below: list[ft.Control] = [newcomer.name]
        if newcomer.photo.has_look_alikes:
            names = ", ".join(newcomer.alike)
            below += [ft.Text(say("Enrolled already? Looks like {names}", names=names), size=13), newcomer.is_other]
        if newcomer.problem:
            below.append(ft.Text(newcomer.problem, color=ft.Colors.ERROR, size=13))
        return below

    def _changed(self, _event: object) -> None:
        self._ready()

    def _ready(self) -> None:
        count = sum(each.is_ready for each in self._people)
        self._save.content = self._console.say.many("Save {count} person", "Save {count} people", count)
        self._save.disabled = not count or self._stop.visible
        self._console.refresh(self._save)

    def _cancel(self, _event: object) -> None:
        self._work.is_cancelled = True

    async def _save_all(self, _event: object) -> None:
        if (shared := self._form.read()) is None:
            return
        ready = [each for each in self._people if each.is_ready]
        self._work = _Work(total=len(ready))
        self._stop.visible = self._bar.visible = True
        try:
            for each in ready:
                if self._work.is_cancelled:
                    break
                await self._save_one(each, shared)
                self._work.done += 1
                self._bar.value = self._work.done / self._work.total
                self._console.refresh(self._bar)
        finally:
            self._stop.visible = self._bar.visible = False
            self._show()
            self._console.refresh(self._bar)
            self._console.refresh(self._stop)
        saved = sum(each.saved is not None for each in ready)
        self._console.tell(self._console.say.many("{count} person is saved.", "{count} people are saved.", saved))

    async def _save_one(self, newcomer: _Newcomer, shared: PersonWords) -> None:
        words = replace(shared, name=(newcomer.name.value or "").strip())
        try:
            done = await enrol(
                self._console.api, words, [newcomer.photo], allow_look_alike=bool(newcomer.is_other.value)
            )
        except LoggedOut:
            raise
        except NigohError as error:
            newcomer.problem = ". ".join(filter(None, (error.what, error.next_step)))
        else:
            newcomer.saved, newcomer.problem = done.person, ""
