"""One sighting: the face beside the enrolled one, how sure it is, the video, and what is said of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from nigoh.domain.access import Permission
from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Status
from nigoh.errors import NigohError
from nigoh.ui.client.people import PersonInfo, person_path
from nigoh.ui.client.sightings import CandidateInfo, SightingInfo, VerdictWords
from nigoh.ui.console import Console
from nigoh.ui.events.clip import ClipPlayer
from nigoh.ui.events.marks import score_bar, status_mark, who
from nigoh.ui.people.faces import face, no_face, picture
from nigoh.ui.view import part, place
from nigoh.ui.words.sighting_words import verdict_names

_FACE_PX = 180
_NARROW_FACE_PX = 140
_MOST_COMMENT = 2000

Judged = Callable[[SightingInfo], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Listening:
    """Who is told.

    Attributes:
        judged: of a sighting of which somebody has just said something.
        begins_typing, ends_typing: when somebody types: letters are no commands then.
    """

    judged: Judged
    begins_typing: Callable[[], None]
    ends_typing: Callable[[], None]


class Detail:
    """Shows one sighting at a time. Owner: the view.

    Args:
        console: of the browser.
        listening: who is told.
    """

    def __init__(self, console: Console, listening: Listening) -> None:
        self._console = console
        self._listening = listening
        self.sighting: SightingInfo | None = None
        self._beside: CandidateInfo | None = None
        self._person: PersonInfo | None = None
        self._clip = ClipPlayer(console)
        self._enrolled = ft.Container()
        self._comment = self._comment_field()
        self._decision = ft.Column(spacing=8)
        self.column = ft.Column(spacing=12, scroll=ft.ScrollMode.AUTO, expand=True)

    async def show(self, sighting: SightingInfo) -> None:
        """This one, instead of the other. Problems with the enrolled person are told in their place."""
        is_same = self.sighting is not None and self.sighting.id == sighting.id
        self.sighting = sighting
        if not is_same:
            self._comment.value = sighting.comment
            self._clip.begin(sighting)
            self._beside = sighting.candidates[0] if sighting.candidates else None
            self._person = None
        self.column.controls = self._parts(sighting)
        self._show_decision(sighting)
        self._console.refresh(self.column)
        if not is_same:
            await self._show_beside()

    async def judge(self, verdict: Verdict) -> None:
        """Say whether it was right; twice the same takes it back. Raises ApiProblem."""
        if self.sighting is None or not self._may_judge:
            return
        if verdict is Verdict.REJECTED and self.sighting.person is None:
            # Nobody was named: there is nothing to reject.
            return
        again = verdict is self.sighting.verdict
        await self._put(VerdictWords(Verdict.NONE if again else verdict, self._comment.value or ""))

    async def keep_comment(self) -> None:
        """Keep what was typed. Raises ApiProblem."""
        if self.sighting is not None and self._may_judge:
            await self._put(VerdictWords(self.sighting.verdict, self._comment.value or ""))
            self._console.tell(self._console.say("The comment is kept"))

    async def begin_comment(self) -> None:
        """Let the operator type."""
        if self._may_judge:
            await self._comment.focus()

    async def enrol(self) -> None:
        """Go where whoever was seen is enrolled."""
        if self.sighting is not None and self.may_enrol:
            await self._console.go(place("/people/new", sighting=self.sighting.id))

    async def search(self) -> None:
        """Go where they are searched for."""
        if self.sighting is not None and self._console.may(Permission.SEARCH):
            await self._console.go(place("/search", sighting=self.sighting.id))

    async def play(self) -> None:
        """Show the video. Raises ApiProblem."""
        await self._clip.play()
        # It stands below all else.
        await self.column.scroll_to(offset=-1, duration=200)

    async def look_for_clip(self) -> None:
        """A clip is there only some time after the face. Raises ApiProblem."""
        await self._clip.look_again()

    @property
    def may_enrol(self) -> bool:
        """Whether the face can be enrolled."""
        return self.sighting is not None and self.sighting.has_picture and self._console.may(Permission.PEOPLE_WRITE)

    @property
    def _may_judge(self) -> bool:
        return self._console.may(Permission.SIGHTINGS_WRITE)

    async def _put(self, words: VerdictWords) -> None:
        if self.sighting is None:
            return
        judged = await self._console.api.put(f"{self.sighting.path}/verdict", SightingInfo, words)
        await self.show(judged)
        await self._listening.judged(judged)

    def _parts(self, sighting: SightingInfo) -> list[ft.Control]:
        say = self._console.say
        title = ft.Row(
            controls=[
                ft.Semantics(
                    content=ft.Text(who(say, sighting), theme_style=ft.TextThemeStyle.TITLE_LARGE),
                    heading_level=2,
                    header=True,
                    identifier="event-name",
                ),
                status_mark(say, sighting.status),
            ],
            wrap=True,
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        side = self._side_px
        shot = picture(sighting.picture, say("Face on the camera"), side) if sighting.picture else no_face(say, side)
        faces = ft.Row(
            controls=[_captioned(shot, say("On the camera"), side), self._enrolled],
            wrap=True,
            spacing=16,
            run_spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        parts = [title, faces, score_bar(say, sighting.score, sighting.threshold), self._others(sighting)]
        return [*parts, self._facts(sighting), self._decision, self._clip.control]

    @property
    def _side_px(self) -> int:
        return _NARROW_FACE_PX if self._console.is_narrow else _FACE_PX

    async def _show_beside(self) -> None:
        """The enrolled person that the score is about, or the nearest one."""
        say, beside, side = self._console.say, self._beside, self._side_px
        if beside is None or not self._console.may(Permission.PEOPLE_READ):
            self._enrolled.content = _captioned(no_face(say, side), say("Nobody enrolled is similar"), side)
            self._console.refresh(self._enrolled)
            return
        name = beside.name or say("Enrolled person")
        self._enrolled.content = _captioned(ft.ProgressRing(), name, side)
        self._console.refresh(self._enrolled)
        try:
            person = await self._console.api.get(person_path(beside.person), PersonInfo)
        except NigohError:
            person = None
        if beside is not self._beside:
            return
        shown = face(say, person, side) if person else no_face(say, side)
        is_theirs = self.sighting is not None and self.sighting.person == beside.person
        caption = say("Enrolled: {name}", name=name) if is_theirs else say("Nearest: {name}", name=name)
        self._enrolled.content = _captioned(shown, caption, side)
        self._enrolled.on_click = self._console.going(person_path(beside.person)) if person else None
        self._enrolled.tooltip = say("Open {name}", name=name) if person else None
        self._console.refresh(self._enrolled)

    def _others(self, sighting: SightingInfo) -> ft.Control:
        """All who resemble it, to be held beside it."""
        say = self._console.say
        if len(sighting.candidates) < 2 and sighting.status is not Status.AMBIGUOUS:
            return ft.Container()
        return ft.Row(
            controls=[
                ft.Chip(
                    label=f"{each.name or say('Enrolled person')} {say.number(each.score, 2)}",
                    on_click=self._holding(each),
                )
                for each in sighting.candidates
            ],
            wrap=True,
            spacing=6,
            run_spacing=6,
        )

    def _holding(self, candidate: CandidateInfo) -> Callable[[object], Awaitable[None]]:
        async def hold(_event: object) -> None:
            self._beside = candidate
            await self._show_beside()

        return hold

    def _facts(self, sighting: SightingInfo) -> ft.Control:
        say = self._console.say
        lasting = (sighting.last_at - sighting.first_at).total_seconds()
        facts = [
            (say("Camera"), sighting.camera),
            (say("First seen"), say.moment(sighting.first_at)),
            (say("For"), say("{count} s", count=say.number(lasting, 1))),
            (say("Quality"), say.percent(sighting.quality)),
        ]
        return ft.Row(
            controls=[
                ft.Column(
                    controls=[ft.Text(name, size=12, color=ft.Colors.ON_SURFACE_VARIANT), ft.Text(value)],
                    spacing=0,
                    tight=True,
                )
                for name, value in facts
            ],
            wrap=True,
            spacing=24,
            run_spacing=8,
        )

    def _show_decision(self, sighting: SightingInfo) -> None:
        say = self._console.say
        told = verdict_names(say)[sighting.verdict]
        if sighting.verdict_by:
            told = say("{decision} — {name}", decision=told, name=sighting.verdict_by)
        self._comment.read_only = not self._may_judge
        said = ft.Text(told, weight=ft.FontWeight.W_500)
        self._decision.controls = [said, self._deeds(sighting), ft.Row(controls=[self._comment])]

    def _deeds(self, sighting: SightingInfo) -> ft.Control:
        say, console = self._console.say, self._console
        is_unknown = sighting.person is None
        controls: list[ft.Control] = []
        if self._may_judge:
            controls += [
                self._judging(say("Acknowledge"), "A", ft.Icons.CHECK_CIRCLE_OUTLINE, Verdict.CONFIRMED),
                *(
                    []
                    if is_unknown
                    else [self._judging(say("Not this person"), "R", ft.Icons.CANCEL_OUTLINED, Verdict.REJECTED)]
                ),
            ]
        if self.may_enrol and is_unknown:
            controls.append(_button(say("Enrol"), "E", ft.Icons.PERSON_ADD, console.doing(_calling(self.enrol))))
        if console.may(Permission.SEARCH) and sighting.has_picture:
            controls.append(_button(say("Search"), "S", ft.Icons.PERSON_SEARCH, console.doing(_calling(self.search))))
        if console.may(Permission.PEOPLE_READ) and sighting.person:
            going = console.going(f"/people/{part(sighting.person)}")
            controls.append(_button(say("Person's page"), "", ft.Icons.PERSON, going))
        return ft.Row(controls=controls, wrap=True, spacing=8, run_spacing=8)

    def _judging(self, text: str, key: str, icon: ft.IconData, verdict: Verdict) -> ft.Control:
        async def judge(_event: object) -> None:
            await self.judge(verdict)

        is_said = self.sighting is not None and self.sighting.verdict is verdict
        made = ft.FilledButton if is_said else ft.FilledTonalButton
        return made(content=text, icon=icon, tooltip=f"{text} ({key})", on_click=self._console.doing(judge))

    def _comment_field(self) -> ft.TextField:
        say = self._console.say

        async def keep(_event: object) -> None:
            await self.keep_comment()

        return ft.TextField(
            label=say("Comment"),
            hint_text=say("Enter keeps it"),
            max_length=_MOST_COMMENT,
            on_submit=self._console.doing(keep),
            on_focus=self._listening.begins_typing,
            on_blur=self._listening.ends_typing,
            dense=True,
            expand=True,
        )


def _captioned(shown: ft.Control, caption: str, side_px: float) -> ft.Control:
    return ft.Column(
        controls=[shown, ft.Text(caption, size=12, width=side_px, text_align=ft.TextAlign.CENTER)],
        spacing=4,
        tight=True,
        width=side_px,
    )


def _button(text: str, key: str, icon: ft.IconData, on_click: Callable[..., Awaitable[None]]) -> ft.Control:
    tooltip = f"{text} ({key})" if key else text
    return ft.OutlinedButton(content=text, icon=icon, tooltip=tooltip, on_click=on_click)


def _calling(work: Callable[[], Awaitable[None]]) -> Callable[[object], Awaitable[None]]:
    async def call(_event: object) -> None:
        await work()

    return call
