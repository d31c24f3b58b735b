"""Erasing somebody: what would go is told before, and what went afterwards."""

import flet as ft

from nigoh.domain.erasure import ErasurePreview
from nigoh.ui.client.people import PersonInfo, person_path
from nigoh.ui.console import Console
from nigoh.ui.words.say import Say

_WIDEST_PX = 460


async def ask_to_erase(console: Console, person: PersonInfo) -> bool:
    """Tell what would be erased, and erase it if that is wanted; whether it was. Raises ApiProblem."""
    say = console.say
    preview = await console.api.get(f"{person_path(person.id)}/erasure-preview", ErasurePreview)
    told = ft.Column(
        controls=[
            ft.Text(say("This cannot be undone, neither here nor from a backup. It erases:")),
            *[
                ft.Row(
                    controls=[ft.Icon(ft.Icons.REMOVE, size=16), ft.Text(each, expand=True)],
                    vertical_alignment=ft.CrossAxisAlignment.START,
                )
                for each in erased_texts(say, preview)
            ],
        ],
        tight=True,
        width=_WIDEST_PX,
    )
    title = say("Erase {name} for good?", name=person.name)
    if not await console.ask(title, told, say("Erase"), is_dangerous=True):
        return False
    await console.api.delete(person_path(person.id), if_match=person.etag)
    console.tell(say("{name} was erased.", name=person.name))
    return True


def erased_texts(say: Say, preview: ErasurePreview) -> list[str]:
    """What would be erased, a text each; what there is none of is left out, but for the photos."""
    texts = [say.many("{count} photo, and what was computed of it", "{count} photos, and what was computed of them",
                      preview.photos)]  # fmt: skip
    if preview.sightings and preview.anonymous:
        texts.append(
            say.many(
                "face and name in {count} sighting, which stays as one of somebody unknown",
                "face and name in {count} sightings, which stay as those of somebody unknown",
                preview.sightings,
            )
        )
    elif preview.sightings:
        texts.append(say.many("{count} sighting with its picture", "{count} sightings with their pictures",
                              preview.sightings))  # fmt: skip
    if preview.negatives:
        texts.append(say.many("{count} rejected match", "{count} rejected matches", preview.negatives))
    if preview.mentions:
        texts.append(
            say.many(
                "their name in {count} sighting of somebody who looked like them",
                "their name in {count} sightings of others who looked like them",
                preview.mentions,
            )
        )
    if preview.clips:
        texts.append(say.many("{count} recording that shows them", "{count} recordings that show them",
                              preview.clips))  # fmt: skip
    if preview.clips_kept:
        texts.append(
            say.many(
                "not {count} recording that shows them: it is kept, as is set",
                "not {count} recordings that show them: they are kept, as is set",
                preview.clips_kept,
            )
        )
    return texts
