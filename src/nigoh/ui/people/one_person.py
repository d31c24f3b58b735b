"""Adding one person: what is said of them, and their photos, looked at as they arrive."""

import flet as ft

from nigoh.domain.access import Permission
from nigoh.errors import NigohError
from nigoh.ui.baskets import ReceivedFile
from nigoh.ui.client.api import Query
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.drop_page import PhotoDrop
from nigoh.ui.people.draft_photo import DraftPhoto, check_photo, draft
from nigoh.ui.people.enrolling import add_photo, enrol
from nigoh.ui.people.look_alikes import LookAlikes, read_look_alikes
from nigoh.ui.people.person_form import PersonForm
from nigoh.ui.people.photo_card import photo_card
from nigoh.ui.view import part

_SIGHTING = "sighting.jpg"
_NAMESAKES = 3
_REFUSED = "enrolment"
_MOST_PHOTOS = 30


class OnePerson:
    """A form and photos side by side; on narrow pages the photos come first.

    Args:
        console: of the browser.
        sighting: identifier of one whose picture is the first photo, or "".
    """

    def __init__(self, console: Console, sighting: str = "") -> None:
        say = console.say
        self._console, self._sighting = console, sighting
        self._photos: list[DraftPhoto] = []
        self._form = PersonForm(console)
        self._form.name.on_blur = console.doing(self._look_for_namesakes)
        self._drop = PhotoDrop(console, self._arrived, say("Drop photos of this person here, or paste them."))
        self._cards = ft.Row(wrap=True, spacing=10, run_spacing=10, vertical_alignment=ft.CrossAxisAlignment.START)
        self._alike = LookAlikes(console, self._add_to, self._ready)
        self._namesakes = ft.Column(spacing=2, visible=False)
        self._save = ft.FilledButton(
            content=say("Save"), icon=ft.Icons.CHECK, on_click=console.doing(self._try_to_save)
        )
        self._hint = ft.Text(color=ft.Colors.ON_SURFACE_VARIANT)
        self._busy = ft.ProgressBar(visible=False, semantics_label=say("Saving"))

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        self._ready()
        cancel = ft.TextButton(content=say("Cancel"), on_click=self._console.going("/people"))
        saving = [
            ft.Container(content=self._busy, height=4),
            self._hint,
            ft.Row(controls=[self._save, cancel], wrap=True),
        ]
        photos = ft.Column(controls=[self._drop.build(), self._alike.shown, self._cards], spacing=12)
        fields = ft.Column(controls=[self._namesakes, self._form.build(), *saving], spacing=12)
        return ft.ResponsiveRow(
            controls=[
                ft.Container(content=photos, col={"xs": 12, "lg": 7}),
                ft.Container(content=fields, col={"xs": 12, "lg": 5}),
            ],
            spacing=24,
            run_spacing=16,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

    async def open(self) -> None:
        """Take photos until the view is left, and ask for what can be chosen."""
        self._console.tasks.start(self._drop.hold(), "photos")
        api = self._console.api
        if self._console.may(Permission.LISTS_READ):
            found = await api.get("/watch-lists", Listed[WatchListInfo], {"limit": 200})
            self._form.offer(found.items)
        if self._sighting:
            picture = await api.download(f"/sightings/{part(self._sighting)}/picture")
            await self._arrived(ReceivedFile(_SIGHTING, picture))

    async def _arrived(self, file: ReceivedFile) -> None:
        if any(each.content == file.content for each in self._photos):
            self._console.tell(self._console.say("{name} is there already.", name=file.name))
            return
        if len(self._photos) >= _MOST_PHOTOS:
            self._console.tell(
                self._console.say("That is plenty: two or three sharp photos from the front are enough.")
            )
            return
        try:
            self._photos.append(await draft(self._console.api, file))
            await self._show()
        except NigohError as error:
            await self._console.tell_problem(error)

    async def _choose_face(self, photo: DraftPhoto, face: int) -> None:
        photo.check = await check_photo(self._console.api, photo.name, photo.content, face=face)
        photo.face = face
        await self._show()

    async def _leave_out(self, photo: DraftPhoto) -> None:
        self._photos.remove(photo)
        await self._show()

    async def _show(self) -> None:
        self._cards.controls = [
            photo_card(self._console, each, self._choose_face, self._leave_out) for each in self._photos
        ]
        self._console.refresh(self._cards)
        self._alike.show(await read_look_alikes(self._console.api, self._photos))
        self._ready()

    def _ready(self) -> None:
        """Whether it can be saved now, and what is missing."""
        say = self._console.say
        usable = sum(each.is_usable for each in self._photos)
        if not self._photos:
            hint = say("Without a photo no camera can recognise them.")
        elif not usable:
            hint = say("None of the photos can be used yet.")
        elif not self._alike.are_settled:
            hint = say("Say first whether the people who look alike are the same person.")
        elif usable < len(self._photos):
            hint = say("Photos that cannot be used are left out.")
        else:
            hint = say.many("{count} photo is ready.", "{count} photos are ready.", usable)
        self._hint.value = hint
        self._save.disabled = bool(self._photos) and (not usable or not self._alike.are_settled)
        self._console.refresh(self._hint)
        self._console.refresh(self._save)

    async def _try_to_save(self, _event: object) -> None:
        if (words := self._form.read()) is None:
            return
        usable = [each for each in self._photos if each.is_usable]
        self._wait(is_busy=True)
        try:
            done = await enrol(self._console.api, words, usable, allow_look_alike=self._alike.are_others)
        except ApiProblem as problem:
            self._form.blame(problem)
            raise
        finally:
            self._wait(is_busy=False)
        await self._saved(done.person)

    async def _add_to(self, person: PersonInfo) -> None:
        """They are somebody who is enrolled: the photos are theirs; those that they have already are left out."""
        usable = [each for each in self._photos if each.is_usable]
        refusals: list[ApiProblem] = []
        self._wait(is_busy=True)
        try:
            for each in usable:
                try:
                    await add_photo(self._console.api, person.id, each, allow_look_alike=True)
                except ApiProblem as problem:
                    if problem.kind != _REFUSED:
                        raise
                    refusals.append(problem)
        finally:
            self._wait(is_busy=False)
        if usable and len(refusals) == len(usable):
            raise refusals[0]
        await self._saved(person)

    async def _saved(self, person: PersonInfo) -> None:
        self._console.tell(self._console.say("{name} is saved.", name=person.name))
        await self._console.go(f"/people/{part(person.id)}")

    def _wait(self, *, is_busy: bool) -> None:
        self._busy.visible = is_busy
        self._console.refresh(self._busy)

    async def _look_for_namesakes(self, _event: object) -> None:
        name = (self._form.name.value or "").strip()
        may = name and self._console.may(Permission.PEOPLE_READ)
        asked: Query = {"search": name, "limit": _NAMESAKES}
        found = (await self._console.api.get("/people", Listed[PersonInfo], asked)).items if may else ()
        say = self._console.say
        told = ft.Text(say("Somebody of this name is enrolled already:"), color=ft.Colors.TERTIARY)
        links = [
            ft.TextButton(content=each.name, on_click=self._console.going(f"/people/{part(each.id)}"))
            for each in found
        ]
        self._namesakes.controls = [told, ft.Row(controls=list(links), wrap=True)]
        self._namesakes.visible = bool(found)
        self._console.refresh(self._namesakes)
