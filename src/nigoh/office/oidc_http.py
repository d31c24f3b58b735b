"""Asks an OpenID Connect provider over HTTP: through the gate for outbound connections, within bounds."""

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from nigoh.errors import Retryable
from nigoh.office.oidc_settings import require_safe
from nigoh.outbound import Outbound, Purpose

_TIMEOUT_S = 5.0
_MOST_BYTES = 1_000_000


class OidcHttp:
    """Gets JSON objects. It follows no redirects, and connects only to addresses that the gate has approved.

    Certificates are held against those that the system trusts, an organisation's own among them.
    """

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._trusted = ssl.create_default_context()

    def get(self, address: str) -> Mapping[str, object]:
        """The JSON object at an address. Raises Retryable, OutboundRefused, ConfigError."""
        return self._ask("GET", address, {}, "")

    def post(self, address: str, headers: Mapping[str, str], form: str) -> Mapping[str, object]:
        """What is answered to a form. Raises as `get`."""
        return self._ask("POST", address, headers, form)

    def _ask(self, method: str, address: str, headers: Mapping[str, str], form: str) -> Mapping[str, object]:
        require_safe(address, "an endpoint")
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        approved = self._outbound.check(host, port, Purpose.OIDC)
        # The address that was approved is the one that is asked, whatever the name means a moment later.
        url = httpx.URL(address).copy_with(host=approved.addresses[0])
        sent = {"Accept": "application/json", **headers, "Host": parts.netloc.rpartition("@")[2]}
        try:
            with (
                httpx.Client(verify=self._trusted, timeout=_TIMEOUT_S, trust_env=False) as client,
                client.stream(
                    method, url, headers=sent, content=form or None, extensions={"sni_hostname": host}
                ) as answer,
            ):
                return _read(answer, host)
        except httpx.HTTPError as error:
            raise Retryable(f"the OpenID Connect provider {host} cannot be asked", "Try again later.") from error


def _read(answer: httpx.Response, host: str) -> Mapping[str, object]:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > _MOST_BYTES:
            break
    try:
        found = httpx.Response(200, content=bytes(body)).json()
    except ValueError:
        found = None
    if answer.status_code != httpx.codes.OK or not isinstance(found, dict):
        said = found.get("error") if isinstance(found, dict) else None
        code = f", {said[:60]}" if isinstance(said, str) else ""
        raise Retryable(
            f"the OpenID Connect provider {host} answers {answer.status_code}{code}",
            "Check the issuer, the client_id and the client_secret, and log in again.",
        )
    return found
