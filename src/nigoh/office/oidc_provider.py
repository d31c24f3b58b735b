"""Speaks OpenID Connect with a provider: authorization code flow with PKCE, ID tokens verified with its keys."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from nigoh.errors import ConfigError, Unauthenticated
from nigoh.office.oidc_flow import Flow
from nigoh.office.oidc_http import OidcHttp
from nigoh.office.oidc_settings import OidcSettings

_METADATA_S = 3_600.0
_KEYS_AGAIN_S = 60.0
_CLOCKS_DIFFER_S = 60
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures of a key pair. Not `none`, and none that is made with a secret that we have, too."""

_LONGEST_SUBJECT = 255
_LONGEST_CODE = 4096


@dataclass(frozen=True, slots=True)
class _Metadata:
    """What the provider says of itself, and when it was asked."""

    authorization: str
    token: str
    keys: str
    methods: tuple[str, ...]
    names_itself: bool
    read_unix_s: float


class OidcProvider:
    """One provider. Any thread may use it; it remembers the provider's metadata for an hour, and its keys.

    Which key signed a token is named in it: with an unknown one the keys are read again, once a minute at most.
    """

    def __init__(self, settings: OidcSettings, http: OidcHttp) -> None:
        self._settings = settings
        self._http = http
        self._lock = threading.Lock()
        self._metadata: _Metadata | None = None
        self._keys: KeySet | None = None
        self._keys_unix_s = 0.0

    def login_address(self, flow: Flow, now_unix_s: float) -> str:
        """Where a browser goes to log in. Raises Retryable, ConfigError."""
        client = OAuth2Client(
            None,
            self._settings.client_id,
            scope=" ".join(self._settings.scopes),
            redirect_uri=self._settings.callback,
            code_challenge_method="S256",
        )
        address, _ = client.create_authorization_url(
            self._known(now_unix_s).authorization, flow.state, flow.verifier, nonce=flow.nonce
        )
        return str(address)

    def claims(self, code: str, issuer: str, flow: Flow, now_unix_s: float) -> Mapping[str, object]:
        """What the provider says of somebody who came back with a code: the claims of a verified ID token.

        Args:
            code: as it came back.
            issuer: who sends them back, as it says (RFC 9207), or "".
            flow: the login that the browser began.
            now_unix_s: seconds since 1970.

        Raises:
            Unauthenticated: what it says is not to be believed.
            Retryable, ConfigError: it cannot be asked.
        """
        known = self._known(now_unix_s)
        if issuer != self._settings.issuer and (issuer or known.names_itself):
            raise _unbelievable("another provider sends them")
        answer = self._exchange(known, code[:_LONGEST_CODE], flow)
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise _unbelievable("there is no ID token")
        try:
            read = self._decoded(known, token, now_unix_s)
            CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                {"nonce": flow.nonce, "client_id": self._settings.client_id, "access_token": access},
            ).validate(now=int(now_unix_s), leeway=_CLOCKS_DIFFER_S)
        except JoseError as error:
            raise _unbelievable(str(error.error)) from error
        except (TypeError, ValueError) as error:
            raise _unbelievable("the ID token is malformed") from error
        subject = read.claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise _unbelievable("there is no subject")
        return read.claims

    def _exchange(self, known: _Metadata, code: str, flow: Flow) -> Mapping[str, object]:
        settings = self._settings
        body = prepare_token_request(
            "authorization_code", redirect_uri=settings.callback, code=code, code_verifier=flow.verifier
        )
        method = _client_method(known, has_secret=bool(settings.client_secret))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        auth = ClientAuth(settings.client_id, settings.client_secret, method)
        address, headers, body = auth.prepare("POST", known.token, headers, body)
        return self._http.post(str(address), headers, str(body))

    def _decoded(self, known: _Metadata, token: str, now_unix_s: float) -> jwt.Token:
        try:
            return jwt.decode(token, self._key_set(known, now_unix_s), _ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(token, self._key_set(known, now_unix_s, again=True), _ALGORITHMS)

    def _key_set(self, known: _Metadata, now_unix_s: float, *, again: bool = False) -> KeySet:
        with self._lock:
            is_due = again and abs(now_unix_s - self._keys_unix_s) >= _KEYS_AGAIN_S
            if self._keys is None or is_due:
                found = self._http.get(known.keys).get("keys")
                keys = [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []
                self._keys = KeySet.import_key_set(KeySetSerialization(keys=keys))
                self._keys_unix_s = now_unix_s
            return self._keys

    def _known(self, now_unix_s: float) -> _Metadata:
        with self._lock:
            if self._metadata is None or abs(now_unix_s - self._metadata.read_unix_s) >= _METADATA_S:
                address = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
                self._metadata = self._read(self._http.get(address), now_unix_s)
            return self._metadata

    def _read(self, found: Mapping[str, object], now_unix_s: float) -> _Metadata:
        # Section 4.3 of OpenID Connect Discovery: or one provider could speak for another.
        if found.get("issuer") != self._settings.issuer:
            raise ConfigError(
                f"the OpenID Connect provider does not call itself {self._settings.issuer}",
                "Set the issuer exactly as its .well-known/openid-configuration says.",
            )
        methods = found.get("token_endpoint_auth_methods_supported")
        return _Metadata(
            authorization=_address(found, "authorization_endpoint"),
            token=_address(found, "token_endpoint"),
            keys=_address(found, "jwks_uri"),
            methods=tuple(str(each) for each in methods) if isinstance(methods, list) else (),
            names_itself=found.get("authorization_response_iss_parameter_supported") is True,
            read_unix_s=now_unix_s,
        )


def _address(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise ConfigError(f"the OpenID Connect provider does not say its {name}", "Check the issuer.")
    return value


def _client_method(known: _Metadata, *, has_secret: bool) -> str:
    if not has_secret:
        return "none"
    only_post = "client_secret_post" in known.methods and "client_secret_basic" not in known.methods
    return "client_secret_post" if only_post else "client_secret_basic"


def _unbelievable(reason: str) -> Unauthenticated:
    return Unauthenticated(f"what the OpenID Connect provider says cannot be believed: {reason}", "Log in again.")
