"""At which OpenID Connect provider users log in, and what they are here."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from nigoh.config.addresses import read_password, read_path
from nigoh.config.settings import FileSettings
from nigoh.domain.access import Role
from nigoh.errors import ConfigError

Words = tuple[Annotated[str, Field(min_length=1, max_length=256)], ...]


class OidcSection(FileSettings):
    """[oidc]: logging in at an OpenID Connect provider."""

    issuer: str | None = Field(
        None,
        max_length=250,
        description="Address of the provider, exactly as it names itself; without it, nobody logs in there.",
    )
    client_id: str | None = Field(None, min_length=1, max_length=256, description="What the provider calls nigoh.")
    client_secret_file: Annotated[Path, BeforeValidator(read_path)] | None = Field(
        None, description="File whose only line is the client's secret; without it the client is public."
    )
    scopes: Words = Field((), description="What is asked for beside `openid` and `profile`.")
    roles_claim: Annotated[str, Field(min_length=1, max_length=256)] = Field(
        "groups", description="Claim of the ID token that says what somebody is; a dot leads into an object."
    )
    administrators: Words = Field((), description="Values of it that make an administrator.")
    operators: Words = Field((), description="Values of it that make an operator.")
    auditors: Words = Field((), description="Values of it that make an auditor.")
    viewers: Words = Field((), description="Values of it that make a viewer.")
    others: Literal["refused", "viewer", "operator", "auditor"] = Field(
        "refused", description="What becomes of those who have none of these."
    )
    name_claim: Annotated[str, Field(min_length=1, max_length=256)] = Field(
        "preferred_username", description="Claim that new users are named after."
    )
    adds_users: bool = Field(
        default=True, description="Whoever comes with a role and is not known here becomes a user."
    )

    @property
    def roles(self) -> tuple[tuple[str, Role], ...]:
        """What the values mean; of somebody's several the first counts."""
        by_role = (
            (Role.ADMINISTRATOR, self.administrators),
            (Role.OPERATOR, self.operators),
            (Role.AUDITOR, self.auditors),
            (Role.VIEWER, self.viewers),
        )
        return tuple((value, role) for role, values in by_role for value in values)

    @property
    def other_role(self) -> Role | None:
        """What those are who have none of them; None: nobody here."""
        return None if self.others == "refused" else Role(self.others)

    def read_secret(self) -> str:
        """The client's secret, "" of a public one. Raises ConfigError: its file cannot be used."""
        if self.client_secret_file is None:
            return ""
        try:
            return read_password(self.client_secret_file)
        except ValueError as error:
            raise ConfigError(f"[oidc] client_secret_file: {error}", "Put the client's secret into it.") from error
