"""Users, for those who administer them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from nigoh.domain.access import Permission, Principal, Role, UserId
from nigoh.domain.page import ListOrder
from nigoh.domain.users import User
from nigoh.office.access_desks import AccessDesks
from nigoh.office.accounts import NewUser
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.models.access import (
    EndedModel,
    NewUserBody,
    PasswordBody,
    SessionModel,
    TokenModel,
    UserModel,
    UserPatch,
    cameras_of,
    session_model,
    token_model,
    user_model,
)
from nigoh.server.models.texts import ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.storage.database.users import UserFilter

Reader = Annotated[Principal, needs(Permission.USERS_READ)]
Writer = Annotated[Principal, needs(Permission.USERS_WRITE)]


def users_router(desks: AccessDesks, unix_s: Callable[[], float]) -> APIRouter:
    """The routes of users."""
    router = APIRouter(prefix="/users", tags=["users"])

    @router.get("")
    def list_users(
        who: Reader,
        paging: Paging,
        request: Request,
        response: Response,
        search: Annotated[ShortText, Query(description="A part of the name, or of what people call them.")] = "",
        role: Role | None = None,
        disabled: Annotated[bool | None, Query(description="They may not log in.")] = None,
        sort: ListOrder = ListOrder.NAME,
        *,
        descending: bool = False,
    ) -> Listed[UserModel]:
        """Users, by name or by when they were added."""
        del who
        wanted = UserFilter(text=search, role=role, disabled=disabled)
        return listed(desks.accounts.page(paging, wanted, sort, descending=descending), user_model, request, response)

    @router.post("", status_code=201)
    def add_user(who: Writer, body: NewUserBody, response: Response) -> UserModel:
        """Add a user, who may do no more than who asks."""
        new = NewUser(
            name=body.name,
            display_name=body.display_name,
            role=body.role,
            cameras=cameras_of(body.cameras),
            language=body.language,
            password=body.password,
        )
        user = desks.accounts.add(who, new, unix_s())
        set_version(response, user.version)
        return user_model(user)

    @router.get("/{user_id}")
    def show_user(who: Reader, user_id: str, response: Response) -> UserModel:
        """One user."""
        del who
        user = desks.accounts.get(UserId(user_id))
        set_version(response, user.version)
        return user_model(user)

    @router.patch("/{user_id}")
    def change_user(
        who: Writer,
        user_id: str,
        body: UserPatch,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
    ) -> UserModel:
        """Change a user. Another role and being disabled end their sessions."""
        user = desks.accounts.get(UserId(user_id))
        version = expected_version(if_match, "user", user_id)
        wanted = replace(_patched(user, body), version=user.version if version is None else version)
        stored = desks.accounts.change(who, wanted, unix_s())
        set_version(response, stored.version)
        return user_model(stored)

    @router.delete("/{user_id}", status_code=204)
    def remove_user(who: Writer, user_id: str) -> None:
        """Remove a user with their sessions and tokens. What they did stays in the audit."""
        desks.accounts.remove(who, UserId(user_id), unix_s())

    _add_credentials(router, desks, unix_s)
    return router


def _add_credentials(router: APIRouter, desks: AccessDesks, unix_s: Callable[[], float]) -> None:
    @router.put("/{user_id}/password", status_code=204)
    def reset_password(who: Writer, user_id: str, body: PasswordBody) -> None:
        """Give somebody else a password. Their sessions end, and their tokens are taken back."""
        desks.accounts.reset_password(who, UserId(user_id), body.password, unix_s())

    @router.delete("/{user_id}/totp", status_code=204)
    def remove_second_factor(who: Writer, user_id: str) -> None:
        """Want no second factor of somebody who has lost theirs."""
        desks.second_factor.remove(who, UserId(user_id), unix_s())

    @router.get("/{user_id}/sessions")
    def list_sessions(who: Reader, user_id: str) -> list[SessionModel]:
        """Where a user is logged in, the newest first."""
        found = desks.sessions.of_user(UserId(user_id), unix_s())
        return [session_model(each, who.credential_id) for each in found]

    @router.delete("/{user_id}/sessions")
    def end_sessions(who: Writer, user_id: str) -> EndedModel:
        """Log a user out everywhere."""
        return EndedModel(sessions=desks.sessions.end_all(who, UserId(user_id), unix_s()))

    @router.delete("/{user_id}/sessions/{session_id}", status_code=204)
    def end_session(who: Writer, user_id: str, session_id: str) -> None:
        """Log a user out somewhere."""
        desks.sessions.end(who, UserId(user_id), session_id, unix_s())

    @router.get("/{user_id}/tokens")
    def list_tokens(who: Reader, user_id: str) -> list[TokenModel]:
        """A user's API tokens, the newest first."""
        del who
        return [token_model(each) for each in desks.tokens.of_user(UserId(user_id))]

    @router.delete("/{user_id}/tokens/{token_id}", status_code=204)
    def revoke_token(who: Writer, user_id: str, token_id: str) -> None:
        """Take a user's token back."""
        desks.tokens.revoke(who, UserId(user_id), token_id, unix_s())


def _patched(user: User, patch: UserPatch) -> User:
    return replace(
        user,
        display_name=user.display_name if patch.display_name is None else patch.display_name.strip(),
        role=patch.role or user.role,
        # Null means something here: all cameras.
        cameras=cameras_of(patch.cameras) if "cameras" in patch.model_fields_set else user.cameras,
        language=patch.language or user.language,
        disabled=user.disabled if patch.disabled is None else patch.disabled,
    )
