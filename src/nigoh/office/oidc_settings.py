"""How users log in at an OpenID Connect provider, and what they are here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from nigoh.domain.access import Role
from nigoh.errors import ConfigError

CALLBACK = "/api/v1/session/oidc/callback"
"""Where the provider sends browsers back to; it has to be registered there."""

_LONGEST_ISSUER = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """One provider.

    Attributes:
        issuer: its address, exactly as it names itself.
        client_id, client_secret: as it was told of nigoh; without a secret the client is public.
        address: of nigoh as browsers know it, e.g. https://nigoh.example.uz.
        scopes: what is asked for.
        roles_claim: the claim of the ID token that says what somebody is; a dot leads into an object.
        roles: what its values mean; the first that somebody has counts.
        other_role: of those who have none of them; None: they are refused.
        name_claim: the claim that new users are named after.
        adds_users: whoever comes with a role and is not known becomes a user.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    address: str
    scopes: tuple[str, ...] = ("openid", "profile")
    roles_claim: str = "groups"
    roles: tuple[tuple[str, Role], ...] = ()
    other_role: Role | None = None
    name_claim: str = "preferred_username"
    adds_users: bool = True

    def __post_init__(self) -> None:
        require_safe(self.issuer, "the issuer")
        require_safe(self.address, "the address of nigoh")
        if len(self.issuer) > _LONGEST_ISSUER or not self.client_id:
            raise ConfigError("OpenID Connect needs an issuer and a client_id", "Set both as the provider says.")

    @property
    def callback(self) -> str:
        """Where the provider sends browsers back to."""
        return self.address.rstrip("/") + CALLBACK

    def role_of(self, claims: Mapping[str, object]) -> Role | None:
        """What somebody is, by the claims of their ID token; None: nobody here."""
        has = _texts(_at(claims, self.roles_claim))
        return next((role for value, role in self.roles if value in has), self.other_role)

    def subject_of(self, claims: Mapping[str, object]) -> str:
        """What a user is known by: the provider alone decides who has it, and it never goes to somebody else."""
        return f"{self.issuer} {claims['sub']}"


def require_safe(address: str, what: str) -> None:
    """Raise ConfigError unless nobody on the way can read or change what goes to an address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))):
        raise ConfigError(
            f"{what} of OpenID Connect is not an https:// address", "Passwords and tokens go there: it needs TLS."
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _at(claims: Mapping[str, object], path: str) -> object:
    if path in claims:
        return claims[path]
    head, _, rest = path.partition(".")
    inner = claims.get(head)
    return _at(inner, rest) if rest and isinstance(inner, Mapping) else None


def _texts(value: object) -> frozenset[str]:
    values = value if isinstance(value, list) else [value]
    return frozenset(each for each in values if isinstance(each, str))
