"""Two people changed the same thing: both see what each of them wrote, and the second one decides."""

from collections.abc import Sequence
from dataclasses import dataclass

import flet as ft

from nigoh.ui.console import Console


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not the same: what it is called, what somebody else made of it, what the operator wants."""

    name: str
    theirs: str
    mine: str


async def ask_whose(console: Console, differences: Sequence[Difference]) -> bool:
    """Show what differs; whether the operator's is to be kept."""
    say = console.say
    table = ft.DataTable(
        columns=[
            ft.DataColumn(label=ft.Text(say("Field"))),
            ft.DataColumn(label=ft.Text(say("Theirs"))),
            ft.DataColumn(label=ft.Text(say("Yours"))),
        ],
        rows=[
            ft.DataRow(cells=[ft.DataCell(content=ft.Text(text)) for text in (each.name, each.theirs, each.mine)])
            for each in differences
        ],
    )
    content = ft.Column(
        controls=[
            ft.Text(say("Somebody else has changed this since you opened it.")),
            ft.Row(controls=[table], scroll=ft.ScrollMode.AUTO),
        ],
        tight=True,
        scroll=ft.ScrollMode.AUTO,
    )
    return await console.ask(say("Changed meanwhile"), content, say("Keep mine"))
