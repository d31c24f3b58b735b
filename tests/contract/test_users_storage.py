"""Users, sessions, tokens, second factors and failed logins on SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from nigoh.domain.access import Permission, Role, UserId
from nigoh.domain.identifiers import new_id
from nigoh.domain.language import Language
from nigoh.domain.page import PageQuery
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import ApiToken, Session, User
from nigoh.errors import BadCursor, Conflict, Missing, Stale
from nigoh.storage.database.api_tokens import ApiTokens
from nigoh.storage.database.database import Database
from nigoh.storage.database.login_failures import LoginAddresses, LoginFailures
from nigoh.storage.database.second_factors import SecondFactors
from nigoh.storage.database.sessions import Sessions
from nigoh.storage.database.setup_links import SetupLinks
from nigoh.storage.database.users import Users
from nigoh.storage.vault.sealed import Sealed

NOW = 1_700_000_000.0
HASH = "$argon2id$of-somebody"


def user(name: str, role: Role = Role.VIEWER, **values: Any) -> User:  # noqa: ANN401 - any field of a user
    return replace(User(id=UserId(new_id(NOW)), name=name, role=role), **values)


@contextmanager
def with_user(database: Database, name: str = "ali", role: Role = Role.VIEWER) -> Iterator[tuple[Connection, User]]:
    with database.begin() as connection:
        yield connection, Users(connection).add(user(name, role), HASH, NOW)


def test_a_user_is_read_as_it_was_stored(database: Database) -> None:
    given = user(
        "ali",
        Role.OPERATOR,
        display_name="Али Каримов",
        cameras=frozenset({CameraId("gate"), CameraId("yard 2")}),
        language=Language.UZBEK_CYRILLIC,
        oidc_subject="https://id.example 7",
    )
    with database.begin() as connection:
        stored = Users(connection).add(given, HASH, NOW)
    with database.read() as connection:
        users = Users(connection)
        assert users.get(given.id) == users.named("ali") == users.of_subject("https://id.example 7") == stored
        assert stored == replace(given, has_password=True, created_unix_s=NOW, updated_unix_s=NOW)
        found = users.credentials("ali")
        assert found is not None
        assert (found.user, found.password_hash) == (stored, HASH)
        assert HASH not in repr(found)
        assert (users.get(UserId("nobody")), users.named("ALI"), users.of_subject("7")) == (None, None, None)
        assert users.credentials("-") is None


def test_no_camera_is_another_thing_than_all_cameras(database: Database) -> None:
    with database.begin() as connection:
        none = Users(connection).add(user("none", cameras=frozenset()), None, NOW)
        all_of_them = Users(connection).add(user("all"), None, NOW)
    with database.read() as connection:
        assert Users(connection).require(none.id).cameras == frozenset()
        assert Users(connection).require(all_of_them.id).cameras is None


def test_a_name_and_a_subject_belong_to_one_user(database: Database) -> None:
    with database.begin() as connection:
        Users(connection).add(user("ali", oidc_subject="s"), None, NOW)
    with pytest.raises(Conflict) as taken, database.begin() as connection:
        Users(connection).add(user("ali"), None, NOW)
    assert taken.value.field == "name"
    with pytest.raises(Conflict) as taken, database.begin() as connection:
        Users(connection).add(user("vali", oidc_subject="s"), None, NOW)
    assert "OpenID" in taken.value.field


def test_users_are_listed_by_name_in_pages(database: Database) -> None:
    with database.begin() as connection:
        for name in ("c", "a", "e", "b", "d"):
            Users(connection).add(user(name), None, NOW)
    with database.read() as connection:
        first = Users(connection).page(PageQuery(limit=2))
        second = Users(connection).page(PageQuery(limit=2, cursor=first.next_cursor))
        last = Users(connection).page(PageQuery(limit=2, cursor=second.next_cursor))
        assert [each.name for page in (first, second, last) for each in page.items] == list("abcde")
        assert last.next_cursor is None
        with pytest.raises(BadCursor):
            Users(connection).page(PageQuery(cursor="nonsense"))


def test_a_change_counts_and_is_refused_to_whoever_read_an_older_one(database: Database) -> None:
    with with_user(database) as (_, ali):
        pass
    with database.begin() as connection:
        changed = Users(connection).change(
            replace(ali, role=Role.AUDITOR, disabled=True, cameras=frozenset()), NOW + 1
        )
        assert Users(connection).require(ali.id) == changed
        assert (changed.version, changed.updated_unix_s, changed.has_password) == (2, NOW + 1, True)
        with pytest.raises(Stale):
            Users(connection).change(ali, NOW + 2)
        with pytest.raises(Missing):
            Users(connection).change(user("nobody"), NOW)


def test_a_rehash_does_not_undo_a_change_of_the_password(database: Database) -> None:
    with with_user(database) as (connection, ali):
        users = Users(connection)
        users.rehash(ali.id, "another", "lost")
        assert users.credentials("ali") == replace_hash(users, HASH)
        users.rehash(ali.id, HASH, "rehashed")
        assert users.require(ali.id).version == 1
        users.set_password_hash(ali.id, "new", NOW + 1)
        assert users.credentials("ali") == replace_hash(users, "new")
        assert users.require(ali.id).version == 2
        with pytest.raises(Missing):
            users.set_password_hash(UserId("nobody"), "new", NOW)


def replace_hash(users: Users, password_hash: str) -> object:
    found = users.credentials("ali")
    assert found is not None
    return replace(found, password_hash=password_hash)


def test_administrators_are_those_who_can_log_in(database: Database) -> None:
    with database.begin() as connection:
        users = Users(connection)
        users.add(user("a", Role.ADMINISTRATOR), HASH, NOW)
        users.add(user("b", Role.ADMINISTRATOR, disabled=True), HASH, NOW)
        users.add(user("c"), HASH, NOW)
        assert users.count_administrators() == users.hold_administrators() == 1


def test_two_who_take_each_others_role_away_do_so_one_after_the_other(database: Database) -> None:
    with database.begin() as connection:
        both = [Users(connection).add(user(name, Role.ADMINISTRATOR), HASH, NOW) for name in ("a", "b")]
    left: list[int] = []
    ready = threading.Barrier(2)

    def demote(each: User) -> None:
        ready.wait()
        with database.begin() as connection:
            if Users(connection).hold_administrators() > 1:
                Users(connection).change(replace(each, role=Role.VIEWER), NOW)
                left.append(1)

    threads = [threading.Thread(target=demote, args=(each,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    with database.read() as connection:
        assert Users(connection).count_administrators() == 1
    assert left == [1]


def session(of: User, number: int, *, seen: float = NOW, expires: float = NOW + 1000) -> Session:
    return Session(
        id=f"{number:064x}",
        user=of.id,
        csrf_hash="c" * 64,
        created_unix_s=NOW + number,
        seen_unix_s=seen,
        expires_unix_s=expires,
        address="10.0.0.5",
        agent="Firefox",
    )


def test_sessions_begin_are_used_and_end(database: Database) -> None:
    with with_user(database) as (connection, ali):
        sessions = Sessions(connection)
        for number in range(5):
            sessions.add(session(ali, number))
        assert sessions.get(f"{3:064x}") == session(ali, 3)
        sessions.touch(f"{3:064x}", NOW + 60)
        assert sessions.get(f"{3:064x}") == session(ali, 3, seen=NOW + 60)
        assert sessions.end(f"{3:064x}")
        assert not sessions.end(f"{3:064x}")
        sessions.keep_newest(ali.id, 2)
        assert [each.created_unix_s - NOW for each in sessions.of_user(ali.id)] == [4, 2]
        assert sessions.end_of_user(ali.id, but=f"{4:064x}") == 1
        assert sessions.end_of_user(ali.id) == 1


def test_sessions_that_time_has_ended_are_removed(database: Database) -> None:
    with with_user(database) as (connection, ali):
        sessions = Sessions(connection)
        sessions.add(session(ali, 1, expires=NOW + 10))
        sessions.add(session(ali, 2, seen=NOW - 100))
        sessions.add(session(ali, 3, seen=NOW))
        assert sessions.remove_ended(NOW + 10, idle_s=100) == 2
        assert [each.id for each in sessions.of_user(ali.id)] == [f"{3:064x}"]


def token(of: User, number: int, *, expires: float = NOW + 1000) -> ApiToken:
    scopes = frozenset({Permission.SEARCH, Permission.LIVE})
    return ApiToken(
        id=f"t{number}", user=of.id, name="VMS", scopes=scopes, created_unix_s=NOW, expires_unix_s=expires
    )


def test_tokens_are_found_by_their_digest_used_and_revoked(database: Database) -> None:
    with with_user(database) as (connection, ali):
        tokens = ApiTokens(connection)
        for number in (1, 2):
            tokens.add(token(ali, number), f"{number:064x}")
        assert tokens.of_hash(f"{1:064x}") == tokens.get("t1") == token(ali, 1)
        assert tokens.of_hash("t1") is None
        tokens.touch("t1", NOW + 5)
        assert tokens.revoke("t1", NOW + 6)
        assert not tokens.revoke("t1", NOW + 7)
        assert tokens.get("t1") == replace(token(ali, 1), used_unix_s=NOW + 5, revoked_unix_s=NOW + 6)
        assert [each.id for each in tokens.of_user(ali.id)] == ["t2", "t1"]
        assert tokens.count_of_user(ali.id) == 2
        assert tokens.revoke_of_user(ali.id, NOW + 8) == 1
        assert tokens.remove_ended(NOW + 7) == 1


def test_a_second_factor_counts_once_its_first_code_was_shown(database: Database, sealed: Sealed) -> None:
    with with_user(database) as (connection, ali):
        factors = SecondFactors(connection)
        assert factors.get(ali.id) is None
        factors.propose(ali.id, sealed.key_id, sealed.blob)
        assert not Users(connection).require(ali.id).has_second_factor
        assert factors.take_step(ali.id, 100)
        assert Users(connection).require(ali.id).has_second_factor
        found = factors.get(ali.id)
        assert found is not None
        assert (found.key_id, found.blob, found.step) == (sealed.key_id, sealed.blob, 100)
        assert not factors.take_step(ali.id, 100)
        assert not factors.take_step(ali.id, 99)
        assert factors.take_step(ali.id, 101)
        factors.remove(ali.id)
        assert factors.get(ali.id) is None
        assert not factors.take_step(ali.id, 102)


def test_a_recovery_code_is_taken_once(database: Database) -> None:
    with with_user(database) as (connection, ali):
        factors = SecondFactors(connection)
        factors.replace_codes(ali.id, ["1" * 64, "2" * 64])
        assert factors.count_codes(ali.id) == 2
        assert factors.take_code(ali.id, "1" * 64)
        assert not factors.take_code(ali.id, "1" * 64)
        assert not factors.take_code(UserId("other"), "2" * 64)
        factors.replace_codes(ali.id, ["3" * 64])
        assert factors.count_codes(ali.id) == 1


def test_with_a_user_goes_all_that_is_theirs(database: Database) -> None:
    with with_user(database) as (connection, ali):
        Sessions(connection).add(session(ali, 1))
        ApiTokens(connection).add(token(ali, 1), "1" * 64)
        SecondFactors(connection).replace_codes(ali.id, ["1" * 64])
        LoginAddresses(connection).learn(ali.id, "10.0.0.5", NOW)
        Users(connection).remove(ali.id)
        assert Sessions(connection).of_user(ali.id) == ()
        assert ApiTokens(connection).of_user(ali.id) == ()
        assert SecondFactors(connection).count_codes(ali.id) == 0
        assert not LoginAddresses(connection).knows(ali.id, "10.0.0.5", 0)
        with pytest.raises(Missing):
            Users(connection).remove(ali.id)


def test_failures_are_counted_by_subject_taken_back_and_forgotten(database: Database) -> None:
    with database.begin() as connection:
        failures = LoginFailures(connection)
        failures.hold()
        for second in range(5):
            failures.add(("account:a", "address:b"), NOW + second)
        assert failures.times("account:a", NOW + 1, 2) == (NOW + 4, NOW + 3)
        assert len(failures.times("account:a", NOW + 1, 99)) == 3
        numbers = failures.add(("account:a", "both:b a"), NOW + 9)
        failures.take_back(numbers)
        assert failures.times("both:b a", 0, 9) == ()
        failures.forget("address:b")
        assert failures.times("address:b", 0, 9) == ()
        assert failures.remove_old(NOW + 4) == 4
        assert failures.times("account:a", 0, 9) == (NOW + 4,)


def test_an_address_is_known_for_a_while(database: Database) -> None:
    with with_user(database) as (connection, ali):
        known = LoginAddresses(connection)
        assert not known.knows(ali.id, "10.0.0.5", 0)
        known.learn(ali.id, "10.0.0.5", NOW)
        known.learn(ali.id, "10.0.0.5", NOW + 5)
        assert known.knows(ali.id, "10.0.0.5", NOW)
        assert not known.knows(ali.id, "10.0.0.5", NOW + 5)
        assert known.remove_old(NOW + 6) == 1


def test_a_setup_link_is_used_once_and_takes_the_others_with_it(database: Database) -> None:
    with database.begin() as connection:
        links = SetupLinks(connection)
        for number in (1, 2, 3):
            links.add(str(number) * 64, NOW + number)
        links.remove_expired(NOW + 1)
        assert not links.holds("1" * 64, NOW)
        assert links.holds("2" * 64, NOW + 1.9)
        assert not links.holds("2" * 64, NOW + 2)
        assert links.take_all("3" * 64, NOW)
        assert not links.take_all("3" * 64, NOW)
        assert not links.holds("2" * 64, NOW)
