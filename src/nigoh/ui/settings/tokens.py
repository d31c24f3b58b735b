"""API tokens of one's own: made, copied once, taken back."""

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.users import NewToken, Token
from nigoh.ui.console import Console
from nigoh.ui.controls.named import named, named_icon
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.access_words import permission_name
from nigoh.ui.settings.panel import choice, line, panel, stack
from nigoh.ui.view import Place

_DAYS = (7, 30, 90, 365)
_USUAL_DAYS = 90
_MOST_LETTERS = 100
_SHOWN_SCOPES = 4


class TokensSection:
    """Tokens for programs that ask the API in the operator's name."""

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console
        say = console.say
        self._name = ft.TextField(
            label=say("What it is for"), max_length=_MOST_LETTERS, width=360, hint_text=say("gate controller")
        )
        self._days = choice(
            say("Holds for"),
            [(str(days), say.many("{count} day", "{count} days", days)) for days in _DAYS],
            str(_USUAL_DAYS),
        )
        self._scopes = {
            each: ft.Checkbox(label=permission_name(say, each), tooltip=each.value)
            for each in sorted(console.session.permissions, key=list(Permission).index)
        }
        self._made = ft.Column(spacing=8)
        self._list = ft.Column(controls=[loading(say)], spacing=0)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        boxes = ft.ResponsiveRow(
            controls=[ft.Container(content=each, col={"xs": 12, "sm": 6}) for each in self._scopes.values()],
            run_spacing=0,
        )
        make = ft.FilledButton(content=say("Make the token"), on_click=self._console.doing(self._make))
        return stack([
            panel(say("My API tokens"), say("Programs use them to ask the API in your name."), [self._list]),
            panel(
                say("A new token"),
                say("It can do what you tick here, and never more than you may."),
                [self._name, named(self._days, say("Holds for")), boxes, make, self._made],
            ),
        ])  # fmt: skip

    async def open(self) -> None:
        """Ask which there are."""
        tokens = await self._console.api.get("/me/tokens", tuple[Token, ...])
        none: list[ft.Control] = [ft.Text(self._console.say("There are none yet."))]
        self._list.controls = [self._line(each) for each in tokens] or none
        self._console.refresh(self._list)

    def _line(self, token: Token) -> ft.Control:
        async def revoke(_event: object) -> None:
            await self._revoke(token)

        return token_line(self._console, token, self._console.doing(revoke))

    async def _make(self, _event: object) -> None:
        say = self._console.say
        scopes = [scope for scope, box in self._scopes.items() if box.value]
        name = (self._name.value or "").strip()
        self._name.error = None if name else say("Say what it is for.")
        self._console.refresh(self._name)
        if not name:
            return
        if not scopes:
            self._console.tell(say("Tick what the token may do."))
            return
        body = {"name": name, "scopes": scopes, "days": int(self._days.value or _USUAL_DAYS)}
        made = await self._console.api.post("/me/tokens", NewToken, body)
        self._show(made)
        await self.open()

    def _show(self, made: NewToken) -> None:
        say = self._console.say

        async def copy(_event: object) -> None:
            await ft.Clipboard().set(made.token)
            self._console.tell(say("Copied."))

        self._made.controls = [
            ft.Text(say("Copy the token now: it is shown this once.")),
            ft.TextField(
                label=made.name,
                value=made.token,
                read_only=True,
                suffix=ft.IconButton(icon=named_icon(ft.Icons.COPY, say("Copy")), tooltip=say("Copy"), on_click=copy),
            ),
        ]
        self._name.value = ""
        self._console.refresh(self._made)
        self._console.refresh(self._name)

    async def _revoke(self, token: Token) -> None:
        say = self._console.say
        question = say("Programs that use “{name}” are turned away from now on.", name=token.name)
        if await self._console.ask(say("Take this token back?"), question, say("Take it back"), is_dangerous=True):
            await self._console.api.delete(f"/me/tokens/{token.id}")
            await self.open()


def token_line(console: Console, token: Token, on_revoke: ft.ControlEventHandler[ft.IconButton]) -> ft.Control:
    """A token, and a way to take it back if it still holds."""
    say, now = console.say, console.now()
    holds = token.revoked_at is None and token.expires_at > now
    if token.revoked_at is not None:
        state = say("taken back {when}", when=say.ago(token.revoked_at, now))
    elif not holds:
        state = say("ended {when}", when=say.ago(token.expires_at, now))
    else:
        state = say("until {time}", time=say.moment(token.expires_at))
    used = say("used {when}", when=say.ago(token.used_at, now)) if token.used_at else say("never used")
    scopes = [permission_name(say, each) for each in token.scopes[:_SHOWN_SCOPES]]
    more = ["…"] if len(token.scopes) > _SHOWN_SCOPES else []
    return line(
        token.name,
        ft.Icon(ft.Icons.KEY if holds else ft.Icons.KEY_OFF),
        facts=f"{state}; {used}\n{', '.join([*scopes, *more])}",
        actions=[
            ft.IconButton(
                icon=named_icon(ft.Icons.BLOCK, say("Take the token back")),
                tooltip=say("Take the token back"),
                on_click=on_revoke,
            )
        ]
        if holds
        else [],
    )
