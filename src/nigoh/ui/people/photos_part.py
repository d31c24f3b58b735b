"""Somebody's photos: seen, added, removed; the best one is marked."""

from collections.abc import Sequence

import flet as ft

from nigoh.domain.access import Permission
from nigoh.domain.photo_check import PhotoOutcome
from nigoh.errors import NigohError
from nigoh.ui.baskets import ReceivedFile
from nigoh.ui.client.people import PersonInfo, PhotoInfo, PhotoInfos, face_source, person_path, picture_source
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.console import Console
from nigoh.ui.controls.drop_page import PhotoDrop
from nigoh.ui.controls.states import empty, loading
from nigoh.ui.people.draft_photo import DraftPhoto, check_photo, draft
from nigoh.ui.people.enrolling import add_photo
from nigoh.ui.people.faces import picture
from nigoh.ui.people.look_alikes import read_look_alikes
from nigoh.ui.people.photo_card import photo_card
from nigoh.ui.people.words import advice_texts, quality_text
from nigoh.ui.view import part

_CARD_PX = 168
_LARGE_PX = 560


class PhotosPart:
    """All photos, and a place to drop more. Owner: the view.

    Args:
        console: of the browser.
        person: whose.
    """

    def __init__(self, console: Console, person: PersonInfo) -> None:
        say = console.say
        self._console, self._person = console, person
        self._may_write = console.may(Permission.PEOPLE_WRITE)
        self._drop = PhotoDrop(console, self._arrived, say("Drop more photos of them here, or paste them."))
        self._photos = ft.Row(
            controls=[loading(say)],
            wrap=True,
            spacing=10,
            run_spacing=10,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        self._held: list[DraftPhoto] = []
        self._cards = ft.Row(wrap=True, spacing=10, run_spacing=10, vertical_alignment=ft.CrossAxisAlignment.START)

    def build(self) -> ft.Control:
        """What is shown."""
        adding = [self._cards, self._drop.build()] if self._may_write else []
        return ft.Column(controls=[self._photos, *adding], spacing=16)

    async def open(self) -> None:
        """Ask for them, and take more until the view is left."""
        if self._may_write:
            self._console.tasks.start(self._drop.hold(), "photos")
        await self._load()

    async def _load(self) -> None:
        found = (await self._console.api.get(f"{person_path(self._person.id)}/photos", PhotoInfos)).items
        say, best = self._console.say, max((each.quality for each in found), default=0.0)
        self._photos.controls = [self._photo(each, is_best=each.quality == best) for each in reversed(found)] or [
            empty(ft.Icons.NO_PHOTOGRAPHY, say("No photo"), say("Without a photo no camera can recognise them."))
        ]
        self._console.refresh(self._photos)

    def _photo(self, photo: PhotoInfo, *, is_best: bool) -> ft.Control:
        say = self._console.say

        async def look(_event: object) -> None:
            await self._look(photo)

        async def remove(_event: object) -> None:
            await self._remove(photo)

        label = say("Photo of {name}", name=self._person.name)
        shown = ft.Container(
            content=picture(face_source(photo.id), label, _CARD_PX - 16),
            on_click=look,
            ink=True,
            tooltip=say("See the whole photo"),
        )
        told: list[ft.Control] = [
            ft.Text(quality_text(say, photo.quality), size=13),
            ft.Text(say.day(photo.created_at.astimezone().date()), size=12, color=ft.Colors.ON_SURFACE_VARIANT),
            *[ft.Text(f"• {each}", size=12) for each in advice_texts(say, photo.advice)],
        ]
        best = ft.Row(
            controls=[ft.Icon(ft.Icons.STAR, size=16, color=ft.Colors.PRIMARY), ft.Text(say("Best photo"), size=13)],
            spacing=4,
            visible=is_best,
        )
        away = ft.IconButton(
            icon=ft.Icons.DELETE_OUTLINE,
            icon_size=20,
            tooltip=say("Remove the photo"),
            visible=self._may_write,
            on_click=self._console.doing(remove),
        )
        sides = ft.MainAxisAlignment.SPACE_BETWEEN if is_best else ft.MainAxisAlignment.END
        head = ft.Row(controls=[best, away], alignment=sides)
        return ft.Container(
            content=ft.Column(controls=[shown, head, *told], spacing=2, tight=True),
            width=_CARD_PX,
            padding=8,
            border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
            border_radius=16,
        )

    async def _look(self, photo: PhotoInfo) -> None:
        say = self._console.say
        shown = ft.Image(
            src=picture_source(photo.id),
            fit=ft.BoxFit.CONTAIN,
            width=_LARGE_PX,
            semantics_label=say("Photo of {name}", name=self._person.name),
        )
        close = ft.TextButton(content=say("Close"), on_click=lambda _event: self._console.page.pop_dialog())
        self._console.page.show_dialog(ft.AlertDialog(content=shown, actions=[close]))

    async def _remove(self, photo: PhotoInfo) -> None:
        say = self._console.say
        about = say("Cameras forget it within two seconds. This cannot be undone.")
        if await self._console.ask(say("Remove the photo?"), about, say("Remove"), is_dangerous=True):
            await self._console.api.delete(f"/photos/{part(photo.id)}")
            await self._load()

    async def _arrived(self, file: ReceivedFile) -> None:
        try:
            photo = await draft(self._console.api, file, self._person.id)
            if photo.check.outcome is PhotoOutcome.USABLE:
                await self._add(photo)
            else:
                self._held.append(photo)
                await self._show_held()
        except NigohError as error:
            await self._console.tell_problem(error)

    async def _add(self, photo: DraftPhoto, *, allow_look_alike: bool = False) -> None:
        await add_photo(self._console.api, self._person.id, photo, allow_look_alike=allow_look_alike)
        self._console.tell(self._console.say("{name} is added.", name=photo.name))
        if photo in self._held:
            self._held.remove(photo)
            await self._show_held()
        await self._load()

    async def _choose_face(self, photo: DraftPhoto, face: int) -> None:
        api = self._console.api
        photo.check = await check_photo(api, photo.name, photo.content, face=face, person=self._person.id)
        photo.face = face
        if photo.check.outcome is PhotoOutcome.USABLE:
            await self._add(photo)
        else:
            await self._show_held()

    async def _leave_out(self, photo: DraftPhoto) -> None:
        self._held.remove(photo)
        await self._show_held()

    async def _show_held(self) -> None:
        self._cards.controls = [
            photo_card(self._console, each, self._choose_face, self._leave_out, await self._below(each))
            for each in self._held
        ]
        self._console.refresh(self._cards)

    async def _below(self, photo: DraftPhoto) -> Sequence[ft.Control]:
        if photo.check.outcome is not PhotoOutcome.LOOK_ALIKE:
            return ()
        say = self._console.say
        try:
            names = [each.person.name for each in await read_look_alikes(self._console.api, [photo])]
        except ApiProblem:
            names = []

        async def add(_event: object) -> None:
            await self._add(photo, allow_look_alike=True)

        return (
            ft.Text(say("It looks like {names}", names=", ".join(names)), size=13),
            ft.FilledTonalButton(
                content=say("It is {name}: add it", name=self._person.name), on_click=self._console.doing(add)
            ),
        )
