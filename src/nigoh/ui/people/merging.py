"""Two entries of one person become one."""

import flet as ft

from nigoh.ui.client.people import PersonInfo, person_path
from nigoh.ui.console import Console
from nigoh.ui.people.faces import face
from nigoh.ui.words.say import Say

_FACE_PX = 72
_WIDEST_PX = 460


async def ask_to_merge(console: Console, one: PersonInfo, other: PersonInfo) -> PersonInfo | None:
    """Ask which entry is left, and merge them; gives it, or None if that is not wanted. Raises ApiProblem."""
    say = console.say
    chosen = ft.RadioGroup(
        content=ft.Column(controls=[_choice(say, each) for each in (one, other)], tight=True), value=one.id
    )
    told = ft.Column(
        controls=[
            ft.Text(say("Which entry is left? Its name and details stay; photos, sightings, lists and notes of both "
                        "become its own. The other entry is gone then. This cannot be undone.")),
            chosen,
        ],
        tight=True,
        width=_WIDEST_PX,
    )  # fmt: skip
    if not await console.ask(say("Are these one person?"), told, say("Merge"), is_dangerous=True):
        return None
    left, gone = (one, other) if chosen.value == one.id else (other, one)
    await console.api.post(f"{person_path(gone.id)}/merge", dict[str, object], {"into": left.id})
    console.tell(say("{gone} and {left} are one person now.", gone=gone.name, left=left.name))
    return left


def _choice(say: Say, person: PersonInfo) -> ft.Control:
    photos = say.many("{count} photo", "{count} photos", person.photos)
    return ft.Row(
        controls=[
            face(say, person, _FACE_PX),
            ft.Column(
                controls=[ft.Radio(value=person.id, label=person.name), ft.Text(photos)],
                tight=True,
                spacing=0,
                expand=True,
            ),
        ],
        spacing=12,
    )
