"""One's own API tokens."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter

from nigoh.domain.access import Principal
from nigoh.office.access_desks import AccessDesks
from nigoh.office.personal_tokens import TokenOrder
from nigoh.server.guard import needs
from nigoh.server.models.access import NewTokenBody, NewTokenModel, TokenModel, token_model
from nigoh.server.routes.session import require_session


def tokens_router(desks: AccessDesks, unix_s: Callable[[], float]) -> APIRouter:
    """The routes of one's own tokens."""
    router = APIRouter(prefix="/me/tokens", tags=["tokens"])

    @router.get("")
    def list_tokens(who: Annotated[Principal, needs()]) -> list[TokenModel]:
        """One's tokens, the newest first; those that ended are shown for 90 days."""
        return [token_model(each) for each in desks.tokens.of_user(who.user)]

    @router.post("", status_code=201)
    def make_token(who: Annotated[Principal, needs()], body: NewTokenBody) -> NewTokenModel:
        """Make a token. Its text is in this answer and nowhere else."""
        require_session(who)
        order = TokenOrder(name=body.name, scopes=frozenset(body.scopes), days=body.days)
        made = desks.tokens.make(who, who.user, order, unix_s())
        return NewTokenModel(token=made.text, **token_model(made.token).model_dump())

    @router.delete("/{token_id}", status_code=204)
    def revoke_token(who: Annotated[Principal, needs()], token_id: str) -> None:
        """Take a token back."""
        require_session(who)
        desks.tokens.revoke(who, who.user, token_id, unix_s())

    return router
