"""One's own account: name, password, second factor, and where one is logged in."""

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from nigoh.ui.client.users import Session, User
from nigoh.ui.console import Console
from nigoh.ui.controls.named import named_icon
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.access_words import role_name
from nigoh.ui.settings.panel import line, panel, secret_field, stack
from nigoh.ui.settings.second_factor import SecondFactorPanel
from nigoh.ui.view import Place

Again = Callable[[], Awaitable[None]]
"""Shows how it is now."""

_MOST_LETTERS = 256
_AGENT_LETTERS = 90


class AccountSection:
    """What users change of themselves."""

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console
        say = console.say
        self._body = stack([loading(say)])
        self._old = secret_field(say("Password now"))
        self._new = secret_field(say("New password"), is_new=True)
        self._again = secret_field(say("New password again"), is_new=True)
        self._name = ft.TextField(label=say("Name shown"), max_length=_MOST_LETTERS, width=360)

    def build(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def open(self) -> None:
        """Ask who one is and where one is logged in."""
        api = self._console.api
        me, sessions = await asyncio.gather(api.get("/me", User), api.get("/me/sessions", tuple[Session, ...]))
        self._name.value = me.display_name
        factor = SecondFactorPanel(self._console, self.open)
        own = [self._password()] if me.has_password else []
        has_factor = [factor.build(is_on=me.has_second_factor)] if me.has_password else []
        self._body.controls = [self._about(me), *own, *has_factor, self._sessions(sessions)]
        self._console.refresh(self._body)

    def _about(self, me: User) -> ft.Control:
        say, doing = self._console.say, self._console.doing
        facts = say("Login name {name}, role: {role}", name=me.name, role=role_name(say, me.role))
        save = ft.FilledButton(content=say("Save the name"), on_click=doing(self._save_name))
        return panel(say("My account"), facts, [self._name, save])

    def _password(self) -> ft.Control:
        say, doing = self._console.say, self._console.doing
        change = ft.FilledButton(content=say("Change the password"), on_click=doing(self._change_password))
        return panel(
            say("Password"),
            say("With another password you are logged out everywhere else. API tokens go on."),
            [self._old, self._new, self._again, change],
        )

    def _sessions(self, sessions: tuple[Session, ...]) -> ft.Control:
        say = self._console.say
        others = any(not each.current for each in sessions)
        everywhere = ft.OutlinedButton(
            content=say("Log out everywhere else"), on_click=self._console.doing(self._end_others), visible=others
        )
        rows = [session_line(self._console, each, "/me/sessions", self.open) for each in sessions]
        return panel(say("Where you are logged in"), "", [*rows, everywhere])

    async def _save_name(self, _event: object) -> None:
        await self._console.api.patch("/me", User, {"display_name": self._name.value or ""})
        self._console.tell(self._console.say("Saved."))

    async def _change_password(self, _event: object) -> None:
        say = self._console.say
        differ = self._new.value != self._again.value
        self._again.error = say("The two passwords differ.") if differ else None
        self._console.refresh(self._again)
        if differ:
            return
        body = {"old_password": self._old.value or "", "new_password": self._new.value or ""}
        await self._console.api.put("/me/password", type(None), body)
        for each in (self._old, self._new, self._again):
            each.value = ""
        await self.open()
        self._console.tell(say("The password is changed."))

    async def _end_others(self, _event: object) -> None:
        await self._console.api.delete("/me/sessions", query={"keep_this": True})
        await self.open()


def session_line(console: Console, session: Session, path: str, again: Again) -> ft.Control:
    """A browser in which somebody is logged in; `path` is where sessions are ended."""
    say = console.say

    async def end(_event: object) -> None:
        await console.api.delete(f"{path}/{session.id}")
        await again()

    facts = ", ".join(
        filter(
            None,
            (
                session.address,
                say("last seen {when}", when=say.ago(session.seen_at, console.now())),
                say("until {time}", time=say.moment(session.expires_at)),
            ),
        )
    )
    button = ft.IconButton(
        icon=named_icon(ft.Icons.LOGOUT, say("Log out there")),
        tooltip=say("Log out there"),
        on_click=console.doing(end),
    )
    return line(
        say("This browser") if session.current else session.agent[:_AGENT_LETTERS] or say("Unknown program"),
        ft.Icon(ft.Icons.DEVICES),
        facts=facts,
        actions=[] if session.current else [button],
    )
