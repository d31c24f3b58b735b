"""What is said of a person: the fields, read back when they are all right."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import flet as ft

from nigoh.domain.access import Permission
from nigoh.domain.people import MOST_NOTE_LETTERS, LegalBasis
from nigoh.ui.client.people import PersonInfo, PersonWords
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.people.words import basis_text

_MOST_LETTERS = 200
_HALF_DAY = timedelta(hours=12)


class PersonForm:
    """Fields of a person. Owner: the view.

    Args:
        console: of the browser.
        found: as they are; None: somebody new.
        is_shared: without what belongs to one person alone: name, number, notes.
    """

    def __init__(self, console: Console, found: PersonInfo | None = None, *, is_shared: bool = False) -> None:
        say = console.say
        self._console, self._is_shared = console, is_shared
        self.name = ft.TextField(
            label=say("Name"), value=found.name if found else "", max_length=_MOST_LETTERS, autofocus=not found
        )
        self._others = ft.TextField(
            label=say("Other names"),
            value="\n".join(found.other_names) if found else "",
            helper=say("In other scripts or spellings, one a line. Searches find them, too."),
            helper_max_lines=3,
            multiline=True,
            min_lines=1,
            max_lines=5,
        )
        self._group = ft.TextField(
            label=say("Group"),
            value=found.group if found else "",
            helper=say("A department, a class, a shift."),
            max_length=_MOST_LETTERS,
        )
        self._number = ft.TextField(
            label=say("Number in another system"),
            value=(found.external_id or "") if found else "",
            max_length=_MOST_LETTERS,
        )
        self._basis = ft.Dropdown(
            label=say("Legal basis"),
            tooltip=say("Why their face may be processed"),
            options=[ft.DropdownOption(key=each.value, text=basis_text(say, each)) for each in LegalBasis],
            value=(found.legal_basis if found else LegalBasis.UNSPECIFIED).value,
            expand=True,
        )
        self._expiry = ft.TextField(
            label=say("Erase on"),
            value=found.expires_at.date().isoformat() if found and found.expires_at else "",
            hint_text="2030-12-31",
            helper=say("On this day they are erased by themselves. Empty: never."),
            helper_max_lines=3,
            suffix_icon=ft.IconButton(
                icon=ft.Icons.CALENDAR_MONTH, tooltip=say("Choose a day"), on_click=self._pick_day, icon_size=20
            ),
        )
        self._notes = ft.TextField(
            label=say("Notes"),
            value=found.notes if found else "",
            multiline=True,
            min_lines=2,
            max_lines=8,
            max_length=MOST_NOTE_LETTERS,
        )
        self._chosen = set(found.lists) if found else set()
        self._chips = ft.Row(wrap=True, spacing=6, run_spacing=6)
        self._listing = ft.Column(controls=[ft.Text(say("Lists"), size=13), self._chips], spacing=4, visible=False)

    def build(self) -> ft.Control:
        """What is shown."""
        own = [
            self.name,
            self._others,
            self._listing,
            self._group,
            self._basis,
            self._expiry,
            self._number,
            self._notes,
        ]
        shared = [self._listing, self._group, self._basis, self._expiry]
        return ft.Column(
            controls=list(shared if self._is_shared else own),
            spacing=10,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    def offer(self, lists: Sequence[WatchListInfo]) -> None:
        """The lists that they can stand on."""
        may = self._console.may(Permission.LISTS_READ)
        self._chips.controls = [self._chip(each) for each in lists]
        self._listing.visible = bool(lists) and may
        self._console.refresh(self._listing)

    def read(self) -> PersonWords | None:
        """What stands in the fields; None: something is wrong, and is said beside it."""
        say = self._console.say
        name = (self.name.value or "").strip()
        expires = read_day(self._expiry.value or "")
        self.name.error = None if name or self._is_shared else say("A person has a name.")
        self._expiry.error = (
            None if expires or not (self._expiry.value or "").strip() else say("A day as 2030-12-31.")
        )
        for field in (self.name, self._expiry):
            self._console.refresh(field)
        if self.name.error or self._expiry.error:
            return None
        return PersonWords(
            name=name,
            other_names=tuple(filter(None, (line.strip() for line in (self._others.value or "").splitlines()))),
            external_id=(self._number.value or "").strip() or None,
            notes=self._notes.value or "",
            group=(self._group.value or "").strip(),
            legal_basis=LegalBasis(self._basis.value or LegalBasis.UNSPECIFIED),
            expires_at=expires,
            lists=tuple(sorted(self._chosen)),
        )

    def blame(self, problem: ApiProblem) -> None:
        """Say beside the fields what the API finds wrong with them."""
        fields = {"name": self.name, "other_names": self._others, "external_id": self._number, "group": self._group}
        for each in problem.fields:
            for name, field in fields.items():
                if name in each.path.split("."):
                    field.error = each.message
                    self._console.refresh(field)

    def _chip(self, found: WatchListInfo) -> ft.Control:
        def choose(_event: object) -> None:
            self._chosen ^= {found.id}

        return ft.Chip(
            label=found.name,
            leading=ft.Icon(ft.Icons.CIRCLE, size=12, color=found.colour),
            selected=found.id in self._chosen,
            on_select=choose,
        )

    def _pick_day(self, _event: object) -> None:
        today = self._console.now().date()
        first = datetime(today.year, today.month, today.day, tzinfo=UTC)

        def pick(_event: object) -> None:
            if isinstance(picker.value, datetime):
                self._expiry.value = picked_day(picker.value).isoformat()
                self._console.refresh(self._expiry)

        picker = ft.DatePicker(first_date=first, on_change=pick)
        self._console.page.show_dialog(picker)


def read_day(text: str) -> datetime | None:
    """The beginning of a day that is written as 2030-12-31, in UTC; None: it is none."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def picked_day(picked: datetime) -> date:
    """The day that somebody chose: the calendar gives its midnight where the browser is, as a time in UTC."""
    return (picked.astimezone(UTC) + _HALF_DAY).date() if picked.tzinfo else picked.date()
