"""The second factor: an authenticator is shown a QR code, says its first code, and recovery codes are handed out."""

import io
from collections.abc import Awaitable, Callable

import flet as ft
import segno

from nigoh.ui.client.users import Enrolment, RecoveryCodes
from nigoh.ui.console import Console
from nigoh.ui.controls.selectable import selectable
from nigoh.ui.settings.panel import panel, secret_field

_QR_PX = 220
_SCALE = 6


class SecondFactorPanel:
    """Sets it up, renews recovery codes, takes it away; each after the password was said once more.

    Args:
        console: of the browser.
        again: shows the account as it is now.
    """

    def __init__(self, console: Console, again: Callable[[], Awaitable[None]]) -> None:
        self._console = console
        self._again = again
        self._body = ft.Column(spacing=12)
        self._code = ft.TextField(
            label=console.say("Code of your authenticator"),
            width=240,
            max_length=8,
            keyboard_type=ft.KeyboardType.NUMBER,
            on_submit=console.doing(self._confirm),
        )

    def build(self, *, is_on: bool) -> ft.Control:
        """What is shown."""
        say, doing = self._console.say, self._console.doing
        if is_on:
            self._body.controls = [
                ft.Row(
                    controls=[ft.Icon(ft.Icons.VERIFIED_USER, color=ft.Colors.PRIMARY), ft.Text(say("It is on."))]
                ),
                ft.Row(
                    controls=[
                        ft.OutlinedButton(content=say("New recovery codes"), on_click=doing(self._renew)),
                        ft.OutlinedButton(content=say("Switch it off"), on_click=doing(self._remove)),
                    ],
                    wrap=True,
                ),
            ]
        else:
            self._body.controls = [ft.FilledButton(content=say("Set it up"), on_click=doing(self._begin))]
        return panel(
            say("Second factor"),
            say("Beside the password each login wants a code from an authenticator app on your phone."),
            [self._body],
        )

    async def _begin(self, _event: object) -> None:
        say, password = self._console.say, await self._password()
        if password is None:
            return
        enrolment = await self._console.api.post("/me/totp", Enrolment, {"password": password})
        self._code.value = ""
        self._body.controls = [
            ft.Text(say("Scan this with your authenticator, then enter the code that it shows.")),
            ft.Image(
                src=_qr(enrolment.address),
                width=_QR_PX,
                height=_QR_PX,
                semantics_label=say("QR code for your authenticator"),
            ),
            selectable(say("Or type it in: {secret}", secret=_grouped(enrolment.secret))),
            self._code,
            ft.FilledButton(content=say("Confirm"), on_click=self._console.doing(self._confirm)),
        ]
        self._console.refresh(self._body)

    async def _confirm(self, _event: object) -> None:
        found = await self._console.api.put("/me/totp", RecoveryCodes, {"code": (self._code.value or "").strip()})
        self._show_codes(found)

    async def _renew(self, _event: object) -> None:
        if (password := await self._password()) is None:
            return
        self._show_codes(
            await self._console.api.post("/me/totp/recovery-codes", RecoveryCodes, {"password": password})
        )

    async def _remove(self, _event: object) -> None:
        if (password := await self._password()) is None:
            return
        await self._console.api.post("/me/totp/removal", type(None), {"password": password})
        await self._again()

    def _show_codes(self, found: RecoveryCodes) -> None:
        say, text = self._console.say, "\n".join(found.codes)

        async def copy(_event: object) -> None:
            await ft.Clipboard().set(text)
            self._console.tell(say("Copied."))

        async def done(_event: object) -> None:
            await self._again()

        self._body.controls = [
            ft.Text(say("Keep these recovery codes in a safe place: they are shown this once, and each works once.")),
            ft.Container(
                content=selectable(text, monospaced=True),
                bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
                padding=12,
                border_radius=8,
            ),
            ft.Row(
                controls=[
                    ft.OutlinedButton(content=say("Copy"), icon=ft.Icons.COPY, on_click=copy),
                    ft.FilledButton(content=say("I have kept them"), on_click=self._console.doing(done)),
                ],
                wrap=True,
            ),
        ]
        self._console.refresh(self._body)

    async def _password(self) -> str | None:
        """The password, said once more; None if they would rather not."""
        say = self._console.say
        field = secret_field(say("Password"))
        said = await self._console.ask(say("Your password, please"), field, say("Go on"))
        return (field.value or "") if said else None


def _qr(address: str) -> bytes:
    picture = io.BytesIO()
    # White around it, also in dark themes: authenticators need the margin.
    segno.make(address, error="m").save(picture, kind="png", scale=_SCALE, border=4)
    return picture.getvalue()


def _grouped(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
