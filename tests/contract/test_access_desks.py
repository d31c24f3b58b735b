"""Logging in, being slowed down, second factors, the first start; on PostgreSQL too where it locks otherwise."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from nigoh.domain.access import Permission, Principal, Role, command_principal
from nigoh.domain.master_key import MasterKey
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import User
from nigoh.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Missing,
    NigohError,
    SecondFactorNeeded,
    Throttled,
    Unauthenticated,
)
from nigoh.office.access_desks import AccessDesks, open_desks
from nigoh.office.accounts import NewUser
from nigoh.office.first_start import HOLDS_S
from nigoh.office.logins import LoginAttempt
from nigoh.office.passwords import PasswordCost
from nigoh.office.personal_tokens import TokenOrder
from nigoh.office.sessions import OpenedSession, Recognised, SessionLimits, Visitor
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.sessions import Sessions
from nigoh.storage.database.tables import METADATA
from nigoh.storage.database.users import Users
from nigoh.storage.vault.vault import Vault

NOW = 1_700_000_000.0
PASSWORD = "correct horse battery staple"  # noqa: S105 - of nobody
OTHER = "plov in the evening, tea at dawn"
CHEAP = PasswordCost(memory_kib=8, passes=1, lanes=1)
HOME, AWAY = "10.0.0.5", "198.51.100.7"
ROOT = command_principal("root")

Login = Callable[..., OpenedSession]


on_both = pytest.mark.parametrize("desks", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def desks(request: pytest.FixtureRequest) -> AccessDesks:
    database = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_database")
    assert isinstance(database, Database)
    return open_desks(database, Vault(MasterKey.generate(), database), cost=CHEAP)


@pytest.fixture
def ali(desks: AccessDesks) -> User:
    return desks.accounts.add(ROOT, NewUser(name="ali", role=Role.OPERATOR, password=PASSWORD), NOW)


@pytest.fixture
def admin(desks: AccessDesks) -> User:
    return desks.accounts.add(ROOT, NewUser(name="admin", role=Role.ADMINISTRATOR, password=PASSWORD), NOW)


@pytest.fixture
def login(desks: AccessDesks) -> Login:
    def log_in(
        name: str = "ali", password: str = PASSWORD, *, code: str = "", at: float = NOW, address: str = HOME
    ) -> OpenedSession:
        visitor = Visitor(address=address, agent="test")
        attempt = LoginAttempt(name=name, password=password, code=code, visitor=visitor)
        return desks.logins.login(attempt, at)

    return log_in


def who(opened: OpenedSession) -> Principal:
    return Recognised(opened.session, opened.user).principal(HOME)


def audited(desks: AccessDesks) -> list[tuple[str, str, dict[str, object]]]:
    with desks.database.read() as connection:
        entries = [each.event for each in Audit(connection).entries()]
    return [(event.action.value, event.actor, dict(event.detail)) for event in entries]


def fail(login: Login, times: int, **values: Any) -> None:  # noqa: ANN401 - of `login`
    for _ in range(times):
        with pytest.raises(Unauthenticated):
            login(**{"password": "wrong", **values})


def fail_on(login: Login, times: int) -> float:
    """Fail as often as that, each time when it is allowed; when the last one was."""
    at = NOW
    for _ in range(times):
        try:
            fail(login, 1, at=at)
        except Throttled as throttled:
            at += throttled.retry_after_s
            fail(login, 1, at=at)
    return at


def wait_after(login: Login, **values: Any) -> float:  # noqa: ANN401 - of `login`
    with pytest.raises(Throttled) as throttled:
        login(**values)
    return throttled.value.retry_after_s


@on_both
def test_a_login_opens_a_session_that_is_recognised_until_it_ends(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    opened = login("ALI ")
    found = desks.sessions.recognise(opened.cookie, NOW + 60)
    assert (found.user, found.principal(HOME).permissions) == (
        ali,
        ali.principal(found.principal(HOME).via).permissions,
    )
    desks.sessions.end(who(opened), ali.id, opened.session.id, NOW + 61)
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(opened.cookie, NOW + 62)
    assert [entry[:2] for entry in audited(desks)[1:]] == [("login", "ali"), ("logout", "ali")]


def test_the_database_has_neither_cookies_nor_passwords_nor_tokens(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    opened = login()
    made = desks.tokens.make(who(opened), ali.id, TokenOrder(name="t", scopes=frozenset({Permission.LIVE})), NOW)
    with desks.database.read() as connection:
        rows = [repr(connection.execute(select(table)).all()) for table in METADATA.sorted_tables]
    stored = "\n".join(rows)
    assert opened.session.id in stored
    for secret in (opened.cookie, opened.csrf_token, PASSWORD, made.text):
        assert secret not in stored
        assert secret not in repr(opened) + repr(made)


@on_both
def test_the_wrong_password_and_an_unknown_name_are_refused_alike(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    told = []
    for name, password in (("ali", "wrong"), ("vali", PASSWORD), ("", ""), ("x" * 300, "x"), ("a\0", "\ud800")):
        with pytest.raises(Unauthenticated) as refused:
            login(name, password)
        told.append(str(refused.value))
    assert len(set(told)) == 1
    entries = [entry for entry in audited(desks) if entry[0] == "login-refused"]
    assert [actor for _, actor, _ in entries] == ["ali", *["unknown"] * 4]
    del ali


def test_a_disabled_user_is_refused_like_a_wrong_password_and_nothing_of_theirs_holds(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    opened = login()
    made = desks.tokens.make(who(opened), ali.id, TokenOrder(name="t", scopes=frozenset({Permission.LIVE})), NOW)
    assert desks.tokens.recognise(made.text, NOW).user == ali
    desks.accounts.change(ROOT, replace(ali, disabled=True), NOW)
    with pytest.raises(Unauthenticated, match="name or the password"):
        login()
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(opened.cookie, NOW)
    with pytest.raises(Unauthenticated):
        desks.tokens.recognise(made.text, NOW)
    assert desks.sessions.of_user(ali.id, NOW) == ()


def test_a_session_ends_when_it_is_not_used_and_at_the_end_of_the_day(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    limits = SessionLimits()
    opened = login()
    at = NOW
    while at + limits.idle_s - 1 < NOW + limits.absolute_s:
        at += limits.idle_s - 1
        assert desks.sessions.recognise(opened.cookie, at).user == ali
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(opened.cookie, NOW + limits.absolute_s)
    idle = login(at=NOW)
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(idle.cookie, NOW + limits.idle_s)
    desks.tidy(NOW + limits.absolute_s)
    with desks.database.read() as connection:
        assert Sessions(connection).of_user(ali.id) == ()


def test_use_is_written_down_once_a_minute(desks: AccessDesks, ali: User, login: Login) -> None:
    opened = login()
    made = desks.tokens.make(who(opened), ali.id, TokenOrder(name="t", scopes=frozenset({Permission.LIVE})), NOW)
    for second in (1, 59, 61, 62):
        desks.sessions.recognise(opened.cookie, NOW + second)
        desks.tokens.recognise(made.text, NOW + second)
    assert [each.seen_unix_s for each in desks.sessions.of_user(ali.id, NOW + 62)] == [NOW + 61]
    assert [each.used_unix_s for each in desks.tokens.of_user(ali.id)] == [NOW + 61]


def test_each_login_gets_another_session_and_the_oldest_of_many_end(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    first = login()
    attempt = LoginAttempt(name="ali", password=PASSWORD, visitor=Visitor(address=HOME, cookie=first.cookie))
    second = desks.logins.login(attempt, NOW + 1)
    assert second.cookie != first.cookie
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(first.cookie, NOW + 1)
    for number in range(25):
        login(at=NOW + 2 + number)
    assert len(desks.sessions.of_user(ali.id, NOW + 30)) == SessionLimits().most


def test_failures_of_one_at_one_place_are_slowed_down_and_the_right_password_ends_that(
    ali: User, login: Login
) -> None:
    fail(login, 5)
    assert wait_after(login) == 1
    assert wait_after(login, at=NOW + 0.5) == 0.5
    fail(login, 1, at=NOW + 1)
    assert wait_after(login, at=NOW + 1) == 2
    login(at=NOW + 3)
    fail(login, 4, at=NOW + 4)
    login(at=NOW + 4)
    del ali


def test_an_attempt_during_the_wait_is_not_looked_at_and_does_not_prolong_it(ali: User, login: Login) -> None:
    last = fail_on(login, 8)
    assert last == NOW + 1 + 2 + 4
    assert wait_after(login, at=last + 1) == 7
    assert wait_after(login, at=last + 7) == 1
    login(at=last + 8)
    del ali


def test_the_waits_survive_a_restart(desks: AccessDesks, ali: User, login: Login) -> None:
    fail(login, 5)
    again = open_desks(desks.database, Vault.__new__(Vault), cost=CHEAP)
    attempt = LoginAttempt(name="ali", password=PASSWORD, visitor=Visitor(address=HOME))
    with pytest.raises(Throttled):
        again.logins.login(attempt, NOW)
    del ali


def test_strangers_never_hold_up_the_owner_where_they_have_logged_in_before(ali: User, login: Login) -> None:
    login(at=NOW - 86_400)
    for number in range(40):
        fail(login, 1, address=f"203.0.113.{number}", at=NOW + 100 * number)
    for number in range(60):
        # As fast as it goes: hundreds of addresses that try at the end of each wait.
        try:
            login("ali", "wrong", address=f"192.0.2.{number}", at=NOW + 4_000)
        except NigohError:
            continue
    assert wait_after(login, at=NOW + 4_000, address=AWAY) <= 60
    login(at=NOW + 4_000, address=HOME)
    login(at=NOW + 4_061, address=AWAY)
    del ali


def test_one_address_that_tries_many_names_is_slowed_down_for_all_of_them(ali: User, login: Login) -> None:
    for number in range(21):
        fail(login, 1, name=f"user{number}", address=AWAY)
    assert wait_after(login, address=AWAY) == 1
    login(address=HOME)
    del ali


def test_a_network_of_ipv6_counts_as_one_address(ali: User, login: Login) -> None:
    for number in range(5):
        fail(login, 1, address=f"2001:db8::{number:x}")
    assert wait_after(login, address="2001:db8::ffff") == 1
    del ali


@on_both
def test_attempts_at_the_same_time_are_counted_one_by_one(ali: User, login: Login) -> None:
    answers: list[str] = []
    ready = threading.Barrier(12)

    def guess() -> None:
        ready.wait()
        try:
            login(password="wrong")  # noqa: S106 - it is
        except NigohError as error:
            answers.append(type(error).__name__)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == ["Throttled"] * 7 + ["Unauthenticated"] * 5
    del ali


def test_refusals_without_a_look_are_audited_once_a_minute(desks: AccessDesks, ali: User, login: Login) -> None:
    last = fail_on(login, 13)
    before = len([entry for entry in audited(desks) if entry[2].get("cause") == "throttled"])
    for second in range(59):
        wait_after(login, at=last + second + 60)
    throttled = [entry for entry in audited(desks) if entry[2].get("cause") == "throttled"]
    assert len(throttled) == before + 1
    wait_after(login, at=last + 121)
    assert len([entry for entry in audited(desks) if entry[2].get("cause") == "throttled"]) == before + 2
    del ali


def enrol(desks: AccessDesks, opened: OpenedSession, at: float = NOW) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    enrolment = desks.second_factor.begin(who(opened), at)
    totp = pyotp.TOTP(enrolment.secret)
    assert "secret=" + enrolment.secret in enrolment.address
    return totp, desks.second_factor.confirm(who(opened), totp.at(int(at)), at)


def test_a_second_factor_is_wanted_from_its_first_code_on(desks: AccessDesks, ali: User, login: Login) -> None:
    opened = login()
    begun = desks.second_factor.begin(who(opened), NOW)
    login(at=NOW + 1)
    with pytest.raises(Invalid):
        desks.second_factor.confirm(who(opened), "000000", NOW)
    totp = pyotp.TOTP(begun.secret)
    desks.second_factor.confirm(who(opened), totp.at(int(NOW)), NOW)
    with pytest.raises(SecondFactorNeeded):
        login(at=NOW + 60)
    with pytest.raises(Unauthenticated):
        login(password="wrong", code=totp.at(int(NOW) + 60), at=NOW + 60)  # noqa: S106 - it is
    login(code=totp.at(int(NOW) + 60), at=NOW + 60)
    assert desks.accounts.get(ali.id).has_second_factor


@on_both
def test_a_code_is_taken_once_and_for_a_minute_and_a_half(desks: AccessDesks, ali: User, login: Login) -> None:
    totp, _ = enrol(desks, login())
    start = NOW + 600
    code = totp.at(int(start))
    for too_early_or_late in (start - 61, start + 61):
        with pytest.raises(Unauthenticated):
            login(code=code, at=too_early_or_late)
    login(code=f"{code[:3]} {code[3:]}", at=start + 20)
    with pytest.raises(Unauthenticated, match="used before"):
        login(code=code, at=start + 21)
    with pytest.raises(Unauthenticated):
        login(code=totp.at(int(start) - 30), at=start + 22)
    del ali


def test_guessing_codes_is_slowed_down_from_wherever_it_comes_but_not_recovery_codes(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    totp, recovery = enrol(desks, login())
    start = NOW + 600
    for number in range(6):
        with pytest.raises(Unauthenticated):
            login(code="000000", at=start, address=f"203.0.113.{number}")
    assert wait_after(login, code=totp.at(int(start)), at=start) == 2
    login(code=recovery[0].upper(), at=start)
    with pytest.raises(Unauthenticated):
        login(code=recovery[0], at=start)
    assert desks.second_factor.count_recovery_codes(ali.id) == len(recovery) - 1
    login(code=totp.at(int(start) + 30), at=start + 30)


def test_renewed_recovery_codes_replace_the_old_ones(desks: AccessDesks, ali: User, login: Login) -> None:
    opened = login()
    with pytest.raises(Invalid):
        desks.second_factor.new_recovery_codes(who(opened), NOW)
    _, old = enrol(desks, opened)
    new = desks.second_factor.new_recovery_codes(who(opened), NOW)
    assert set(old).isdisjoint(new)
    with pytest.raises(Unauthenticated):
        login(code=old[0], at=NOW + 60)
    login(code=new[0], at=NOW + 60)
    del ali


def test_a_lost_second_factor_is_removed_by_somebody_who_has_as_much(
    desks: AccessDesks, ali: User, admin: User, login: Login
) -> None:
    opened = login("admin")
    enrol(desks, opened)
    with pytest.raises(Forbidden):
        desks.second_factor.remove(who(login()), admin.id, NOW)
    with pytest.raises(Forbidden, match="showing the password"):
        desks.second_factor.remove(who(opened), admin.id, NOW)
    desks.second_factor.remove(ROOT, admin.id, NOW)
    login("admin", at=NOW + 60)
    del ali


def test_ones_own_password_is_shown_before_it_is_changed_and_others_sessions_end(
    desks: AccessDesks, ali: User, login: Login
) -> None:
    here, elsewhere = login(), login()
    with pytest.raises(Forbidden):
        desks.logins.require_password(who(here), "wrong", NOW)
    desks.logins.require_password(who(here), PASSWORD, NOW)
    with pytest.raises(Invalid):
        desks.accounts.change_own_password(who(here), "ali-ali-ali-ali", NOW)
    desks.accounts.change_own_password(who(here), OTHER, NOW)
    assert desks.sessions.recognise(here.cookie, NOW).user.id == ali.id
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(elsewhere.cookie, NOW)
    fail(login, 1, password=PASSWORD)
    login(password=OTHER)


@on_both
def test_a_password_that_is_reset_ends_sessions_and_tokens(
    desks: AccessDesks, ali: User, admin: User, login: Login
) -> None:
    opened = login()
    made = desks.tokens.make(who(opened), ali.id, TokenOrder(name="t", scopes=frozenset({Permission.LIVE})), NOW)
    by = who(login("admin"))
    with pytest.raises(Forbidden):
        desks.accounts.reset_password(who(opened), admin.id, OTHER, NOW)
    with pytest.raises(Forbidden):
        desks.accounts.reset_password(by, admin.id, OTHER, NOW)
    desks.accounts.reset_password(by, ali.id, OTHER, NOW)
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(opened.cookie, NOW)
    with pytest.raises(Unauthenticated):
        desks.tokens.recognise(made.text, NOW)
    login(password=OTHER)


def test_a_password_is_hashed_again_when_the_cost_has_changed(desks: AccessDesks, ali: User, login: Login) -> None:
    dear = open_desks(desks.database, Vault.__new__(Vault), cost=replace(CHEAP, memory_kib=16))
    attempt = LoginAttempt(name="ali", password=PASSWORD, visitor=Visitor(address=HOME))
    dear.logins.login(attempt, NOW)
    with desks.database.read() as connection:
        found = Users(connection).credentials("ali")
    assert found is not None
    assert found.password_hash is not None
    assert "m=16," in found.password_hash
    login()
    del ali


def test_another_role_ends_the_sessions_and_holds_at_once_for_tokens(
    desks: AccessDesks, ali: User, admin: User, login: Login
) -> None:
    opened = login()
    order = TokenOrder(name="t", scopes=frozenset({Permission.SEARCH, Permission.LIVE}))
    made = desks.tokens.make(who(opened), ali.id, order, NOW)
    desks.accounts.change(who(login("admin")), replace(ali, role=Role.VIEWER), NOW)
    with pytest.raises(Unauthenticated):
        desks.sessions.recognise(opened.cookie, NOW)
    assert desks.tokens.recognise(made.text, NOW).principal(HOME).permissions == {Permission.LIVE}
    del admin


def test_nobody_gives_more_than_they_have(desks: AccessDesks, ali: User, admin: User, login: Login) -> None:
    gate = frozenset({CameraId("gate")})
    of_the_gate = NewUser(name="gate", role=Role.ADMINISTRATOR, cameras=gate, password=PASSWORD)
    desks.accounts.add(ROOT, of_the_gate, NOW)
    by = who(login("gate"))
    with pytest.raises(Forbidden):
        desks.accounts.add(by, NewUser(name="x", role=Role.VIEWER, password=PASSWORD), NOW)
    desks.accounts.add(by, NewUser(name="x", role=Role.VIEWER, cameras=gate, password=PASSWORD), NOW)
    with pytest.raises(Forbidden):
        desks.accounts.change(by, replace(ali, disabled=True), NOW)
    with pytest.raises(Forbidden):
        desks.accounts.remove(by, admin.id, NOW)
    with pytest.raises(Forbidden):
        desks.accounts.change(by, replace(by_user(desks, "gate"), cameras=None), NOW)
    with pytest.raises(Forbidden):
        desks.sessions.end_all(by, admin.id, NOW)


def by_user(desks: AccessDesks, name: str) -> User:
    return desks.accounts.named(name)


@pytest.mark.parametrize("how", ["remove", "disable", "demote"])
def test_the_last_administrator_stays(desks: AccessDesks, ali: User, admin: User, how: str) -> None:
    def do(target: User) -> None:
        if how == "remove":
            desks.accounts.remove(ROOT, target.id, NOW)
        else:
            wanted = replace(target, disabled=True) if how == "disable" else replace(target, role=Role.AUDITOR)
            desks.accounts.change(ROOT, wanted, NOW)

    with pytest.raises(Invalid, match="administer"):
        do(admin)
    desks.accounts.change(ROOT, replace(ali, role=Role.ADMINISTRATOR), NOW)
    do(admin)
    assert not desks.first_start.is_needed()


def test_a_token_is_made_by_its_user_within_what_they_may_do(
    desks: AccessDesks, ali: User, admin: User, login: Login
) -> None:
    by = who(login())
    live = frozenset({Permission.LIVE})
    for order in (
        TokenOrder(name="t", scopes=frozenset({Permission.USERS_WRITE})),
        TokenOrder(name="t", scopes=frozenset()),
        TokenOrder(name=" ", scopes=live),
        TokenOrder(name="t", scopes=live, days=0),
        TokenOrder(name="t", scopes=live, days=3_651),
    ):
        with pytest.raises(Invalid):
            desks.tokens.make(by, ali.id, order, NOW)
    with pytest.raises(Forbidden):
        desks.tokens.make(by, admin.id, TokenOrder(name="t", scopes=live), NOW)
    made = desks.tokens.make(by, ali.id, TokenOrder(name="t", scopes=live, days=1), NOW)
    again = desks.tokens.recognise(made.text, NOW).principal(HOME)
    with pytest.raises(Forbidden):
        desks.tokens.make(again, ali.id, TokenOrder(name="t", scopes=live), NOW)
    with pytest.raises(Unauthenticated):
        desks.tokens.recognise(made.text, NOW + 86_400)
    with pytest.raises(Missing):
        desks.tokens.revoke(ROOT, admin.id, made.token.id, NOW)
    desks.tokens.revoke(by, ali.id, made.token.id, NOW)
    with pytest.raises(Unauthenticated):
        desks.tokens.recognise(made.text, NOW)


def setup_token(link: str | None) -> str:
    assert link is not None
    address, _, token = link.partition("#token=")
    assert address == "https://nigoh.example/setup"
    return token


@on_both
def test_the_first_administrator_comes_by_a_link_that_holds_once(desks: AccessDesks, login: Login) -> None:
    assert desks.first_start.is_needed()
    first = setup_token(desks.first_start.offer("https://nigoh.example/", NOW))
    second = setup_token(desks.first_start.offer("https://nigoh.example", NOW))
    wanted = NewUser(name="Admin", role=Role.VIEWER, cameras=frozenset(), password=PASSWORD)
    with pytest.raises(Invalid):
        desks.first_start.set_up(first, replace(wanted, password="admin"), HOME, NOW)  # noqa: S106 - it is refused
    for token in ("", "x", first + "x"):
        with pytest.raises(Forbidden):
            desks.first_start.set_up(token, wanted, HOME, NOW)
    made = desks.first_start.set_up(first, wanted, HOME, NOW + HOLDS_S - 1)
    assert (made.name, made.role, made.cameras) == ("admin", Role.ADMINISTRATOR, None)
    for token in (first, second):
        with pytest.raises(Forbidden):
            desks.first_start.set_up(token, replace(wanted, name="other"), HOME, NOW)
    assert desks.first_start.offer("https://nigoh.example", NOW) is None
    login("admin")
    assert ("setup", "admin") in [each[:2] for each in audited(desks)]


def test_a_setup_link_holds_for_a_day_and_never_beside_an_administrator(desks: AccessDesks) -> None:
    wanted = NewUser(name="admin", role=Role.ADMINISTRATOR, password=PASSWORD)
    expired = setup_token(desks.first_start.offer("https://nigoh.example", NOW))
    with pytest.raises(Forbidden):
        desks.first_start.set_up(expired, wanted, HOME, NOW + HOLDS_S)
    late = setup_token(desks.first_start.offer("https://nigoh.example", NOW))
    desks.accounts.add(ROOT, replace(wanted, name="by-command"), NOW)
    with pytest.raises(Forbidden):
        desks.first_start.set_up(late, wanted, HOME, NOW)


def test_a_name_that_is_taken_leaves_the_setup_link_as_it_was(desks: AccessDesks, ali: User) -> None:
    token = setup_token(desks.first_start.offer("https://nigoh.example", NOW))
    wanted = NewUser(name="ali", role=Role.ADMINISTRATOR, password=PASSWORD)
    with pytest.raises(Conflict):
        desks.first_start.set_up(token, wanted, HOME, NOW)
    assert desks.first_start.set_up(token, replace(wanted, name="admin"), HOME, NOW).keeps_house
    del ali


def test_every_change_of_who_may_do_what_is_audited(desks: AccessDesks, ali: User, admin: User, login: Login) -> None:
    by = who(login("admin"))
    changed = desks.accounts.change(by, replace(ali, cameras=frozenset({CameraId("gate")})), NOW)
    desks.accounts.reset_password(by, ali.id, OTHER, NOW)
    desks.sessions.end_all(by, ali.id, NOW)
    made = desks.tokens.make(by, admin.id, TokenOrder(name="t", scopes=frozenset({Permission.LIVE}), days=3), NOW)
    desks.tokens.revoke(by, admin.id, made.token.id, NOW)
    desks.accounts.remove(by, changed.id, NOW)
    actions = audited(desks)
    assert actions[-6:] == [
        ("change", "admin", {"what": "changed", "role": "operator", "cameras": "gate", "disabled": False}),
        ("change", "admin", {"what": "password-reset"}),
        ("logout", "admin", {"sessions": 0}),
        ("token", "admin", {"what": "made", "scopes": "live", "days": 3}),
        ("token", "admin", {"what": "revoked"}),
        ("delete", "admin", {}),
    ]
