"""Who may grant what, who is the last administrator, login names, and the secrets that are handed out."""

import re
import zlib

import pytest

from nigoh.domain.access import GRANTED, Permission, Principal, Role, UserId, Via, command_principal
from nigoh.domain.credentials import (
    API_TOKEN_PATTERN,
    csrf_token,
    digest,
    folded_recovery_code,
    is_api_token,
    is_recovery_code,
    new_api_token,
    new_recovery_codes,
    new_secret,
)
from nigoh.domain.login_name import login_name
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import ApiToken, User, leaves_no_administrator
from nigoh.errors import Invalid

GATE, YARD = CameraId("gate"), CameraId("yard")


def principal(role: Role, cameras: frozenset[CameraId] | None = None) -> Principal:
    return Principal(user=UserId("u"), name="u", role=role, permissions=GRANTED[role], cameras=cameras)


def user(role: Role = Role.ADMINISTRATOR, *, disabled: bool = False) -> User:
    return User(id=UserId("u"), name="u", role=role, disabled=disabled)


@pytest.mark.parametrize("role", list(Role))
def test_administrators_grant_every_role_and_nobody_else_grants_theirs(role: Role) -> None:
    assert principal(Role.ADMINISTRATOR).may_grant(role, None)
    assert not principal(Role.VIEWER).may_grant(Role.ADMINISTRATOR, None)
    assert not principal(Role.OPERATOR).may_grant(Role.AUDITOR, None)


def test_who_sees_some_cameras_grants_no_others() -> None:
    of_the_gate = principal(Role.ADMINISTRATOR, frozenset({GATE}))
    assert of_the_gate.may_grant(Role.VIEWER, frozenset({GATE}))
    assert of_the_gate.may_grant(Role.VIEWER, frozenset())
    assert not of_the_gate.may_grant(Role.VIEWER, frozenset({GATE, YARD}))
    assert not of_the_gate.may_grant(Role.VIEWER, None)


def test_a_token_for_users_alone_grants_nothing_that_it_has_not() -> None:
    admin = User(id=UserId("a"), name="a", role=Role.ADMINISTRATOR)
    token = admin.principal(Via.TOKEN, "t", scopes=frozenset({Permission.USERS_WRITE, Permission.USERS_READ}))
    assert token.may(Permission.USERS_WRITE)
    assert not any(token.may_grant(role, None) for role in Role)


@pytest.mark.parametrize(
    ("sees", "asked", "answered"),
    [
        (None, None, None),
        (None, {GATE}, {GATE}),
        ({GATE}, None, {GATE}),
        ({GATE}, {GATE, YARD}, {GATE}),
        ({GATE}, {YARD}, set()),
        (set(), None, set()),
    ],
)
def test_questions_are_narrowed_to_the_cameras_that_one_sees(
    sees: set[CameraId] | None, asked: set[CameraId] | None, answered: set[CameraId] | None
) -> None:
    who = principal(Role.VIEWER, None if sees is None else frozenset(sees))
    found = who.narrowed(None if asked is None else frozenset(asked))
    assert found == (None if answered is None else frozenset(answered))


def test_a_command_on_the_machine_may_do_everything() -> None:
    who = command_principal("root")
    assert (who.name, who.via, who.cameras) == ("command:root", Via.COMMAND, None)
    assert who.permissions == frozenset(Permission)


@pytest.mark.parametrize(
    ("before", "after", "administrators", "leaves_none"),
    [
        (user(), None, 1, True),
        (user(), user(Role.VIEWER), 1, True),
        (user(), user(disabled=True), 1, True),
        (user(), user(), 1, False),
        (user(), None, 2, False),
        (user(Role.VIEWER), None, 1, False),
        (user(disabled=True), None, 0, False),
    ],
)
def test_the_last_administrator_who_can_log_in_stays_one(
    before: User, after: User | None, administrators: int, *, leaves_none: bool
) -> None:
    assert leaves_no_administrator(before, after, administrators) is leaves_none


def test_a_token_permits_what_both_its_scopes_and_its_users_role_permit() -> None:
    scopes = frozenset({Permission.SEARCH, Permission.AUDIT_READ})
    assert user(Role.OPERATOR).principal(Via.TOKEN, scopes=scopes).permissions == {Permission.SEARCH}


@pytest.mark.parametrize(
    ("expires", "revoked", "now", "holds"),
    [(10.0, None, 9.9, True), (10.0, None, 10.0, False), (10.0, 5.0, 6.0, False)],
)
def test_a_token_holds_until_it_expires_or_is_revoked(
    expires: float, revoked: float | None, now: float, *, holds: bool
) -> None:
    token = ApiToken(
        id="t", user=UserId("u"), name="n", scopes=frozenset(), created_unix_s=0, expires_unix_s=expires,
        revoked_unix_s=revoked,
    )  # fmt: skip
    assert token.holds(now) is holds


@pytest.mark.parametrize(("typed", "name"), [(" Oktam ", "oktam"), ("a.b-c_d@e.uz", "a.b-c_d@e.uz"), ("7", "7")])
def test_login_names_are_stored_in_one_form(typed: str, name: str) -> None:
    assert login_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", " ", "a b", "ôktam", "аdmin", "-a", "a-", "a" * 65, "system", "Unknown", "command", "a:b", "a\0"],
)
def test_what_could_pass_for_somebody_else_is_no_login_name(typed: str) -> None:
    with pytest.raises(Invalid):
        login_name(typed)


def test_api_tokens_can_be_found_by_scanners_and_told_from_what_only_looks_alike() -> None:
    token = new_api_token()
    assert re.fullmatch(API_TOKEN_PATTERN, token)
    assert token.startswith("nigoh_")
    assert is_api_token(token)
    other = "1" if token[10] == "0" else "0"
    assert not is_api_token(token[:10] + other + token[11:])
    assert not is_api_token(token + "a")
    assert not is_api_token("ghp_" + token[6:])
    assert new_api_token() != token


def test_the_checksum_is_one_that_a_scanner_can_compute() -> None:
    body = new_api_token().removeprefix("nigoh_")
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = 0
    for letter in body[-6:]:
        number = number * 62 + alphabet.index(letter)
    assert number == zlib.crc32(body[:-6].encode())


def test_a_csrf_token_belongs_to_its_session_and_does_not_tell_it() -> None:
    secret = new_secret()
    assert csrf_token(secret) == csrf_token(secret) != csrf_token(new_secret())
    assert len({secret, csrf_token(secret), digest(secret)}) == 3
    assert len(secret) == 43


def test_recovery_codes_are_taken_however_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    code = "K1O0-abcd-efgh-jkmn"
    assert folded_recovery_code(code) == folded_recovery_code(" kl00 ABCD efghjkmn")
    assert all(is_recovery_code(each.upper()) for each in codes)
    assert not is_recovery_code("123456")
    assert not is_recovery_code("k1o0-abcd-efgh-jkm!")
