"""Users: all of them, or one of them."""

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.users import User
from nigoh.ui.console import Console
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.access_words import role_name
from nigoh.ui.settings.one_user import NewUserForm, OneUser
from nigoh.ui.settings.panel import line, panel, stack
from nigoh.ui.view import Place, place

ROUTE = "/settings/users"
_PAGE = 50


class UsersSection:
    """All users; `user` in the address names one of them, `user=new` a new one."""

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._asked = here.query.get("user", "")
        self._body = stack([loading(console.say)])
        self._rows = ft.Column(spacing=0)
        self._more = ft.TextButton(
            content=console.say("Show more"), visible=False, on_click=console.doing(self._add_page)
        )
        self._cursor: str | None = None

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask for them."""
        if self._asked == "new":
            self._body.controls = await NewUserForm(self._console).open()
        elif self._asked:
            self._body.controls = await OneUser(self._console, self._asked).open()
        else:
            self._body.controls = [self._all()]
            await self._add_page(None)
        self._console.refresh(self._body)

    def _all(self) -> ft.Control:
        say = self._console.say
        add = ft.FilledButton(
            content=say("Add a user"),
            icon=ft.Icons.PERSON_ADD,
            on_click=self._console.going(place(ROUTE, user="new")),
            visible=self._console.may(Permission.USERS_WRITE),
        )
        about = say("Whoever may log in, what they may do, and which cameras they may see.")
        return panel(say("Users"), about, [add, self._rows, self._more])

    async def _add_page(self, _event: object) -> None:
        query = {"limit": _PAGE, "cursor": self._cursor}
        page = await self._console.api.get("/users", Listed[User], query)
        self._cursor = page.next_cursor
        self._rows.controls = [*self._rows.controls, *(self._line(each) for each in page.items)]
        self._more.visible = page.next_cursor is not None
        self._console.refresh(self._rows)
        self._console.refresh(self._more)

    def _line(self, user: User) -> ft.Control:
        say = self._console.say
        facts = [role_name(say, user.role)]
        if user.cameras is not None:
            facts.append(say.many("{count} camera", "{count} cameras", len(user.cameras)))
        facts += [say("logs in with the organisation's account")] if user.logs_in_elsewhere else []
        facts += [say("second factor")] if user.has_second_factor else []
        facts += [say("disabled")] if user.disabled else []
        return line(
            user.display_name or user.name,
            ft.Icon(ft.Icons.PERSON_OFF if user.disabled else ft.Icons.PERSON),
            facts=", ".join([*([user.name] if user.display_name else []), *facts]),
            actions=[ft.Icon(ft.Icons.CHEVRON_RIGHT)],
            on_click=self._console.going(place(ROUTE, user=user.id)),
        )
