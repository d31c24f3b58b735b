"""The first start: the link on the terminal makes the first administrator."""

from collections.abc import Callable

from fastapi import APIRouter, Request

from nigoh.domain.access import Role
from nigoh.office.access_desks import AccessDesks
from nigoh.office.accounts import NewUser
from nigoh.server.access.door import address_of
from nigoh.server.guard import OPEN
from nigoh.server.models.access import SetupBody, UserModel, user_model


def setup_router(desks: AccessDesks, unix_s: Callable[[], float]) -> APIRouter:
    """The route of the first start."""
    router = APIRouter(prefix="/setup", tags=["setup"])

    @router.post("", dependencies=[OPEN], status_code=201)
    def set_up(body: SetupBody, request: Request) -> UserModel:
        """Make the first administrator. The link holds once, for 24 hours, and never where there is one."""
        new = NewUser(
            name=body.name,
            display_name=body.display_name,
            role=Role.ADMINISTRATOR,
            language=body.language,
            password=body.password,
        )
        return user_model(desks.first_start.set_up(body.token, new, address_of(request), unix_s()))

    return router
