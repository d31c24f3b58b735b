"""Search: a picture or a sighting finds everybody enrolled who resembles it, and every past sighting that does."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace

import flet as ft

from nigoh.domain.access import Permission
from nigoh.errors import NigohError
from nigoh.ui.baskets import ReceivedFile
from nigoh.ui.client.api import Scalar
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo, person_path
from nigoh.ui.client.problem import LoggedOut
from nigoh.ui.client.sightings import CameraName, CandidateInfo, PastInfo, RecognitionInfo, SightingInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.drop_page import PhotoDrop
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.named import named
from nigoh.ui.controls.states import empty, failed, loading
from nigoh.ui.people.faces import picture
from nigoh.ui.search.narrowing import Narrowing
from nigoh.ui.search.probe import PictureProbe, Probe, SightingProbe
from nigoh.ui.search.query import SearchQuery
from nigoh.ui.search.results import Results
from nigoh.ui.view import Place, part

_PAGE = 30
_MOST_CAMERAS = 1000
_PROBE_PX = 160
_SMALL_DROP_PX = 170


class SearchView:
    """Takes a face and shows what resembles it.

    Args:
        console: of the browser.
        here: may name a sighting, and narrows the search.
    """

    def __init__(self, console: Console, here: Place) -> None:
        say = console.say
        self._console = console
        self._query = SearchQuery.of(here)
        self._probe: Probe | None = None
        self._face = 0
        self._recognition: RecognitionInfo | None = None
        self._people: dict[str, PersonInfo | None] = {}
        self._past: PastInfo | None = None
        self._searching: asyncio.Task[None] | None = None
        about = say("Drop a photo here, or choose one: whoever is in it is searched for. It is not kept.")
        self._drop = None if self._query.sighting else PhotoDrop(console, self._received, about)
        self._dropping = ft.Container(visible=self._drop is not None)
        self._narrowing = Narrowing(console, self._query, self._narrow)
        self._busy = ft.ProgressBar(visible=False, semantics_label=say("Searching"))
        self._asked = ft.Container()
        self._trouble = ft.Container(visible=False)
        self._results = Results(console, self._more)

    def build(self) -> ft.Control:
        """What is shown."""
        if self._drop is None:
            self._asked.content = loading(self._console.say)
        else:
            self._dropping.content = self._drop.build()
        return ft.Column(
            controls=[
                heading(self._console.say("Search")),
                self._dropping,
                self._asked,
                ft.Container(content=self._busy, height=4),
                self._trouble,
                self._results.column,
            ],
            expand=True,
            spacing=12,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    async def open(self) -> None:
        """Search for the sighting that the address names; or else for pictures, until the view is left."""
        if self._drop is not None:
            self._console.tasks.start(self._drop.hold(), "basket")
        if self._console.may(Permission.CAMERAS_READ):
            found = await self._console.api.get("/cameras", Listed[CameraName], {"limit": _MOST_CAMERAS})
            self._narrowing.offer([each.name for each in found.items])
        if not self._query.sighting:
            return
        path = f"/sightings/{part(self._query.sighting)}"
        sighting = await self._console.api.get(path, SightingInfo)
        content = await self._console.api.download(f"{path}/picture")
        title = f"{sighting.camera} · {self._console.say.moment(sighting.first_at)}"
        self._begin(SightingProbe(sighting, content, title))

    async def _received(self, file: ReceivedFile) -> None:
        """Another picture, while the one before may still be searched for."""
        self._begin(PictureProbe(file.name, file.content))

    def _begin(self, probe: Probe) -> None:
        self._probe, self._recognition, self._past, self._face = probe, None, None, 0
        self._results.clear()
        # What was found stands above the fold.
        self._dropping.height = _SMALL_DROP_PX
        self._console.refresh(self._dropping)
        self._show_probe()
        self._work(self._ask_all(probe))

    def _work(self, asking: Coroutine[object, object, None]) -> None:
        """Ask, and give up what was asked before."""
        if self._searching is not None:
            self._searching.cancel()
        self._searching = self._console.tasks.start(self._ask(asking), "search")

    async def _ask(self, asking: Coroutine[object, object, None]) -> None:
        self._tell_trouble(None)
        self._busy.visible = True
        self._console.refresh(self._busy)
        try:
            await asking
        except LoggedOut:
            await self._console.log_in_again()
        except NigohError as error:
            self._tell_trouble(failed(self._console.say, error))
        finally:
            self._busy.visible = False
            self._console.refresh(self._busy)

    async def _ask_all(self, probe: Probe) -> None:
        self._recognition = await probe.recognise(self._console.api)
        self._narrowing.show_threshold(self._recognition.threshold)
        self._show_probe()
        if not self._recognition.faces and isinstance(probe, PictureProbe):
            say = self._console.say
            self._tell_trouble(
                empty(ft.Icons.FACE, say("No face is found"), say("Take a photo in which it is larger."))
            )
            return
        await self._ask_face(probe)

    async def _ask_face(self, probe: Probe) -> None:
        if self._console.may(Permission.PEOPLE_READ):
            new = [each.person for each in self._candidates if each.person not in self._people]
            found = await asyncio.gather(*(self._person(each) for each in new))
            self._people |= dict(zip(new, found, strict=True))
        self._show_people()
        await self._ask_past(probe, None)

    async def _person(self, person: str) -> PersonInfo | None:
        try:
            return await self._console.api.get(person_path(person), PersonInfo)
        except LoggedOut:
            raise
        except NigohError:
            # Somebody has just erased them.
            return None

    async def _ask_past(self, probe: Probe, cursor: str | None) -> None:
        """The next page of the past; None: the first one."""
        if not self._console.may(Permission.SIGHTINGS_READ):
            return
        asked: dict[str, Scalar | None] = {
            **self._query.filters(self._console.now()),
            "limit": _PAGE,
            "cursor": cursor,
        }
        found = await probe.past(self._console.api, self._face, asked)
        before = self._past.items if self._past and cursor else ()
        self._past = replace(found, items=(*before, *found.items))
        self._results.show_past(self._past)

    async def _narrow(self, query: SearchQuery) -> None:
        self._query = query
        await self._console.note(query.route)
        if self._probe is not None:
            self._show_people()
            self._work(self._ask_past(self._probe, None))

    async def _more(self, _event: object) -> None:
        if self._probe is not None and self._past is not None:
            self._work(self._ask_past(self._probe, self._past.next_cursor))

    async def _face_chosen(self, event: ft.Event[ft.Dropdown]) -> None:
        self._face = int(event.control.value or 0)
        if self._probe is not None:
            self._work(self._ask_face(self._probe))

    @property
    def _candidates(self) -> tuple[CandidateInfo, ...]:
        found = self._recognition
        return found.faces[self._face].candidates if found and found.faces else ()

    def _show_people(self) -> None:
        if self._recognition is not None:
            threshold = self._recognition.threshold
            least = threshold if self._query.least is None else self._query.least
            self._results.show_people(self._candidates, self._people, least, threshold)

    def _show_probe(self) -> None:
        """The face that is searched for, which of several, and how the search is narrowed."""
        if self._probe is None:
            return
        say = self._console.say
        shown = ft.Column(
            controls=[
                picture(self._probe.source, say("Face that is searched for"), _PROBE_PX),
                ft.Text(self._probe.title, size=12, width=_PROBE_PX, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS),
            ],
            spacing=4,
            tight=True,
        )
        faces = self._recognition.faces if self._recognition else ()
        which = ft.Dropdown(
            label=say("Which face"),
            value=str(self._face),
            options=[
                ft.DropdownOption(key=str(number), text=say("Face {number}, from the largest", number=number + 1))
                for number in range(len(faces))
            ],
            width=260,
            dense=True,
            visible=len(faces) > 1,
            on_select=self._face_chosen,
        )
        self._asked.content = None
        self._asked.content = ft.Row(
            controls=[
                shown,
                ft.Column(
                    controls=[named(which, say("Which face")), self._narrowing.build(), *self._ways()],
                    spacing=8,
                    tight=True,
                ),
            ],
            wrap=True,
            spacing=20,
            run_spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        self._console.refresh(self._asked)

    def _ways(self) -> list[ft.Control]:
        """From a sighting to a photo."""
        if self._drop is not None:
            return []
        say, going = self._console.say, self._console.going
        events = f"/events/{part(self._query.sighting)}"
        return [
            ft.Row(
                controls=[
                    ft.TextButton(content=say("To the event"), icon=ft.Icons.ARROW_BACK, on_click=going(events)),
                    ft.TextButton(
                        content=say("Search for a photo"), icon=ft.Icons.ADD_A_PHOTO, on_click=going("/search")
                    ),
                ],
                wrap=True,
            )
        ]

    def _tell_trouble(self, control: ft.Control | None) -> None:
        self._trouble.content = None
        self._trouble.content = control
        self._trouble.visible = control is not None
        self._console.refresh(self._trouble)
