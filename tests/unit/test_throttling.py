"""Waits after failed logins: how long, for whom, and that nobody waits for ever."""

import pytest

from nigoh.domain.origin import origin_of
from nigoh.domain.throttling import ACCOUNT, ADDRESS, BOTH, CODE, ThrottleRule, still_to_wait_s

RULE = ThrottleRule(free=2, first_s=1.0, longest_s=10.0, window_s=100.0)


@pytest.mark.parametrize(
    ("failures", "wait_s"), [(0, 0), (2, 0), (3, 1), (4, 2), (5, 4), (6, 8), (7, 10), (9999, 10)]
)
def test_waits_double_from_the_first_that_is_not_free_up_to_the_longest(failures: int, wait_s: float) -> None:
    assert RULE.wait_s(failures) == wait_s


def test_the_wait_begins_with_the_last_failure() -> None:
    failures = [10.0, 30.0, 20.0]
    assert still_to_wait_s(RULE, failures, 30.0) == 1
    assert still_to_wait_s(RULE, failures, 30.6) == pytest.approx(0.4)
    assert still_to_wait_s(RULE, failures, 31.0) == 0


def test_nobody_waits_without_failures() -> None:
    assert still_to_wait_s(RULE, [], 0.0) == 0


def test_failures_are_forgotten_after_the_window() -> None:
    assert still_to_wait_s(RULE, [0.0, 0.0, 0.0, 100.0], 100.0) == 0


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    future = [1e9] * 3
    assert still_to_wait_s(RULE, future, 0.0) == 1
    assert still_to_wait_s(RULE, [1e9] * 50, 0.0) == RULE.longest_s


@pytest.mark.parametrize("rule", [RULE, BOTH, ADDRESS, ACCOUNT, CODE])
def test_so_many_failures_as_are_read_tell_the_longest_wait(rule: ThrottleRule) -> None:
    assert rule.wait_s(rule.telling) == rule.longest_s
    assert rule.wait_s(rule.telling - 1) < rule.longest_s


def guesses_in(rule: ThrottleRule, seconds: float) -> int:
    failures: list[float] = []
    now = 0.0
    while now < seconds:
        failures.append(now)
        now += max(still_to_wait_s(rule, failures, now), 0.001)
    return len(failures)


def test_a_guesser_gets_about_a_hundred_passwords_a_day_for_an_account() -> None:
    assert 90 < guesses_in(BOTH, 86_400) < 130


def test_codes_of_six_digits_are_not_found_by_guessing_for_a_year() -> None:
    a_year = 365 * guesses_in(CODE, 86_400)
    assert a_year * 3 / 1_000_000 < 0.05


def test_strangers_hold_an_account_up_for_a_minute_at_most() -> None:
    assert ACCOUNT.longest_s <= 60


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", "testclient"),
        ("x" * 300, "x" * 45),
    ],
)
def test_addresses_that_one_customer_has_count_as_one(address: str, origin: str) -> None:
    assert origin_of(address) == origin
