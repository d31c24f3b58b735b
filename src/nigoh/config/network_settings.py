"""What nigoh may connect to."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from nigoh.config.settings import FileSettings
from nigoh.outbound import Outbound, OutboundPolicy, parse_allowed


def _checked(text: str) -> str:
    parse_allowed(text)
    return text


class NetworkSettings(FileSettings):
    """[network]: what nigoh may connect to."""

    outbound: Literal["any", "listed"] = Field(
        "any", description="What is connected to in the Internet: everything, or what `allowed` lists alone."
    )
    allowed: tuple[Annotated[str, AfterValidator(_checked)], ...] = Field(
        (),
        description="Hosts, also with :port, *.domains and networks (CIDR) that may be connected to; private "
        "addresses are for cameras and for what stands here.",
    )

    @property
    def policy(self) -> OutboundPolicy:
        """The same as the rules of the gate."""
        return OutboundPolicy(
            listed_only=self.outbound == "listed", allowed=tuple(parse_allowed(text) for text in self.allowed)
        )

    def gate(self) -> Outbound:
        """A gate that holds to them."""
        return Outbound(self.policy)
