"""One user: who they are, what they may do, where they are logged in; and the form of a new one."""

import asyncio
from dataclasses import asdict, dataclass

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.users import Session, Token, User
from nigoh.ui.console import Console
from nigoh.ui.controls.conflict import Difference, ask_whose
from nigoh.ui.settings.access_words import role_name
from nigoh.ui.settings.account import session_line
from nigoh.ui.settings.panel import panel, secret_field
from nigoh.ui.settings.tokens import token_line
from nigoh.ui.settings.user_fields import UserFields, WantedUser
from nigoh.ui.view import part, place

_ROUTE = "/settings/users"
_MOST_CAMERAS = 1000


@dataclass(frozen=True, slots=True)
class _CameraName:
    name: str


async def camera_names(console: Console) -> tuple[str, ...]:
    """All cameras that the operator may see, by name."""
    if not console.may(Permission.CAMERAS_READ):
        return ()
    names: list[str] = []
    cursor: str | None = None
    while len(names) < _MOST_CAMERAS:
        page = await console.api.get("/cameras", Listed[_CameraName], {"limit": 200, "cursor": cursor})
        names += [each.name for each in page.items]
        if (cursor := page.next_cursor) is None:
            break
    return tuple(names)


class NewUserForm:
    """Somebody who shall be able to log in."""

    def __init__(self, console: Console) -> None:
        self._console = console
        say = console.say
        self._login = ft.TextField(
            label=say("Login name"),
            helper=say("What they log in with."),
            helper_max_lines=3,
            max_length=256,
            width=360,
            autofocus=True,
        )
        self._password = secret_field(
            say("First password"), hint=say("They can change it in the settings."), is_new=True
        )

    async def open(self) -> list[ft.Control]:
        """What is shown."""
        say = self._console.say
        self._fields = UserFields(self._console, None, await camera_names(self._console))
        buttons = ft.Row(
            controls=[
                ft.FilledButton(content=say("Add the user"), on_click=self._console.doing(self._add)),
                ft.TextButton(content=say("Back"), on_click=self._console.going(_ROUTE)),
            ],
            wrap=True,
        )
        return [panel(say("A new user"), "", [self._login, self._password, *self._fields.controls, buttons])]

    async def _add(self, _event: object) -> None:
        body = {
            "name": (self._login.value or "").strip(),
            "password": self._password.value or "",
            **asdict(self._fields.read()),
        }
        added = await self._console.api.post("/users", User, body)
        await self._console.go(place(_ROUTE, user=added.id))


class OneUser:
    """A user who is there.

    Args:
        console: of the browser.
        user_id: whose.
    """

    def __init__(self, console: Console, user_id: str) -> None:
        self._console = console
        self._id = user_id
        self._path = f"/users/{part(user_id)}"
        self._shown = ft.Column(spacing=16)

    async def open(self) -> list[ft.Control]:
        """Ask for everything about them."""
        await self._fill()
        return [self._shown]

    async def _fill(self) -> None:
        api = self._console.api
        found, sessions, tokens, cameras = await asyncio.gather(
            api.get_versioned(self._path, User),
            api.get(f"{self._path}/sessions", tuple[Session, ...]),
            api.get(f"{self._path}/tokens", tuple[Token, ...]),
            camera_names(self._console),
        )
        self._user, self._etag = found.value, found.etag
        self._fields = UserFields(self._console, self._user, cameras)
        may = self._console.may(Permission.USERS_WRITE)
        panels = [self._about(may=may), self._sessions(sessions, may=may), self._tokens(tokens, may=may)]
        # An administrator's own password and factor are changed under "My account", with the old password.
        if may and self._id != self._console.session.user.id:
            panels.insert(1, self._credentials())
        self._shown.controls = panels
        self._console.refresh(self._shown)

    def _about(self, *, may: bool) -> ft.Control:
        say, doing, user = self._console.say, self._console.doing, self._user
        is_self = self._id == self._console.session.user.id
        buttons = ft.Row(
            controls=[
                ft.FilledButton(content=say("Save"), on_click=doing(self._save), visible=may),
                ft.TextButton(content=say("Back"), on_click=self._console.going(_ROUTE)),
                ft.OutlinedButton(
                    content=say("Enable") if user.disabled else say("Disable"),
                    on_click=doing(self._switch),
                    visible=may and not is_self,
                ),
                ft.TextButton(
                    content=say("Remove"),
                    icon=ft.Icons.DELETE_OUTLINE,
                    on_click=doing(self._remove),
                    visible=may and not is_self,
                ),
            ],
            wrap=True,
        )
        facts = say("Login name {name}, added {time}", name=user.name, time=say.moment(user.created_at))
        state = [ft.Text(say("Disabled: they may not log in."), color=ft.Colors.ERROR)] if user.disabled else []
        return panel(user.display_name or user.name, facts, [*state, *self._fields.controls, buttons])

    def _credentials(self) -> ft.Control:
        say, doing = self._console.say, self._console.doing
        self._password = secret_field(
            say("New password"), hint=say("Their sessions end, and their API tokens are taken back."), is_new=True
        )
        set_it = ft.OutlinedButton(content=say("Set the password"), on_click=doing(self._set_password))
        factor = ft.OutlinedButton(
            content=say("Take the second factor away"),
            on_click=doing(self._remove_factor),
            visible=self._user.has_second_factor,
        )
        return panel(
            say("Password and second factor"),
            say("For somebody who has forgotten the password or lost the phone."),
            [self._password, set_it, factor],
        )

    def _sessions(self, sessions: tuple[Session, ...], *, may: bool) -> ft.Control:
        say = self._console.say
        everywhere = ft.OutlinedButton(
            content=say("Log out everywhere"),
            on_click=self._console.doing(self._end_all),
            visible=may and bool(sessions),
        )
        rows = [session_line(self._console, each, f"{self._path}/sessions", self._fill) for each in sessions]
        none = [ft.Text(say("Nowhere."))]
        return panel(say("Where they are logged in"), "", [*(rows or none), everywhere])

    def _tokens(self, tokens: tuple[Token, ...], *, may: bool) -> ft.Control:
        say = self._console.say
        rows = [self._token(each, may=may) for each in tokens]
        return panel(say("API tokens"), "", rows or [ft.Text(say("There are none yet."))])

    def _token(self, token: Token, *, may: bool) -> ft.Control:
        async def revoke(_event: object) -> None:
            if may:
                await self._console.api.delete(f"{self._path}/tokens/{token.id}")
                await self._fill()

        return token_line(self._console, token, self._console.doing(revoke))

    async def _save(self, _event: object) -> None:
        say, wanted = self._console.say, self._fields.read()
        try:
            await self._console.api.patch(self._path, User, asdict(wanted), if_match=self._etag)
        except ApiProblem as problem:
            if problem.kind != "stale":
                raise
            found = await self._console.api.get_versioned(self._path, User)
            if await ask_whose(self._console, _differences(self._console, found.value, wanted)):
                await self._console.api.patch(self._path, User, asdict(wanted), if_match=found.etag)
        await self._fill()
        self._console.tell(say("Saved."))

    async def _switch(self, _event: object) -> None:
        body = {"disabled": not self._user.disabled}
        await self._console.api.patch(self._path, User, body, if_match=self._etag)
        await self._fill()

    async def _set_password(self, _event: object) -> None:
        await self._console.api.put(f"{self._path}/password", type(None), {"password": self._password.value or ""})
        await self._fill()
        self._console.tell(self._console.say("The password is changed."))

    async def _remove_factor(self, _event: object) -> None:
        say = self._console.say
        text = say("From now on the password alone is enough.")
        if await self._console.ask(say("Take the second factor away?"), text, say("Take it away"), is_dangerous=True):
            await self._console.api.delete(f"{self._path}/totp")
            await self._fill()

    async def _end_all(self, _event: object) -> None:
        await self._console.api.delete(f"{self._path}/sessions")
        await self._fill()

    async def _remove(self, _event: object) -> None:
        say = self._console.say
        title = say("Remove the user “{name}”?", name=self._user.name)
        text = say("They cannot log in any more. The audit keeps what they did.")
        if await self._console.ask(title, text, say("Remove"), is_dangerous=True):
            await self._console.api.delete(self._path)
            await self._console.go(_ROUTE)


def _differences(console: Console, theirs: User, mine: WantedUser) -> list[Difference]:
    say = console.say
    everything = say("all")

    def cameras(names: tuple[str, ...] | None) -> str:
        return everything if names is None else ", ".join(names) or "—"

    found = (
        Difference(say("Name shown"), theirs.display_name, mine.display_name),
        Difference(say("Role"), role_name(say, theirs.role), role_name(say, mine.role)),
        Difference(say("Language"), theirs.language, mine.language),
        Difference(say("Cameras"), cameras(theirs.cameras), cameras(mine.cameras)),
    )
    return [each for each in found if each.theirs != each.mine]
