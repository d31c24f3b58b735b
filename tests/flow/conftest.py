"""What tests of whole parts share: an OpenID Connect provider, written here, that can be told to lie."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass
class Provider:
    """An OpenID Connect provider on this machine. Somebody is always logged in there: `claims` says who.

    Attributes:
        claims: of the ID token, beside those that follow from the request.
        lies: claims that replace the true ones; None leaves one out.
        key, algorithm: what signs.
        published: the keys that it shows.
        codes: that were handed out, with what was asked for.
        asked: paths that were asked for.
    """

    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "7", "groups": ["guards"]})
    lies: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False))
    algorithm: str = "RS256"
    published: list[Any] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    issuer: str = ""

    client: str = "nigoh"
    secret: str = "the provider's own secret"  # noqa: S105 - of nobody

    def handle(self, method: str, path: str, query: dict[str, str], form: dict[str, str], basic: str) -> Any:  # noqa: ANN401 - JSON, or an address
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.metadata,
            }
        if path == "/keys":
            return {"keys": [key.as_dict(private=False) for key in self.published or [self.key]]}
        if path == "/authorize":
            assert (query["response_type"], query["client_id"], query["code_challenge_method"]) == (
                "code",
                self.client,
                "S256",
            )
            assert "openid" in query["scope"].split()
            code = f"code-{len(self.codes)}"
            self.codes[code] = query
            return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"
        return self.token(form, basic) if (method, path) == ("POST", "/token") else None

    def token(self, form: dict[str, str], basic: str) -> dict[str, Any]:
        asked = self.codes.pop(form["code"], None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"] or basic != f"{self.client}:{self.secret}":
            return {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if challenge.decode().rstrip("=") != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        told = {
            "iss": self.issuer,
            "aud": self.client,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.claims,
        }
        told = {name: value for name, value in {**told, **self.lies}.items() if value is not None}
        header = {"alg": self.algorithm} | ({"kid": self.key.kid} if self.key is not None and self.key.kid else {})
        signed = jwt.encode(header, told, self.key, [self.algorithm]) if self.key is not None else unsigned(told)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


def unsigned(claims: dict[str, Any]) -> str:
    parts = (json.dumps({"alg": "none"}), json.dumps(claims))
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts) + "."


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            kind, _, text = self.headers.get("Authorization", "").partition(" ")
            basic = base64.b64decode(text).decode() if kind == "Basic" else ""
            found = provider.handle(
                self.command,
                parts.path,
                {key: values[0] for key, values in parse_qs(parts.query).items()},
                {key: values[0] for key, values in parse_qs(self.rfile.read(length).decode()).items()},
                basic,
            )
            if isinstance(found, str):
                self.send_response(302)
                self.send_header("Location", found)
                self.end_headers()
                return
            self.send_response(404 if found is None else 400 if "error" in found else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        do_GET = do_POST = answer  # noqa: N815 - as the library calls them

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture(scope="module")
def keys() -> list[Any]:
    return [RSAKey.generate_key(2048, {"kid": kid}, auto_kid=False) for kid in ("one", "two")]


@pytest.fixture
def provider(keys: list[Any]) -> Iterator[Provider]:
    provider = Provider(key=keys[0])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(provider)) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield provider
        server.shutdown()
        thread.join(5)
