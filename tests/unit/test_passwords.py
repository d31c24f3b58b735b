"""Which passwords are taken, and that checking them costs the same for everybody."""

import pytest

from nigoh.domain.passwords import LEAST_CHARACTERS, MOST_CHARACTERS, check_password, own_characters, prepared
from nigoh.errors import Invalid, Throttled
from nigoh.office.passwords import PasswordCost, Passwords

CHEAP = PasswordCost(memory_kib=8, passes=1, lanes=1)
GOOD = "correct horse battery staple"


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "J9#kd02mfLq!",
        "k8Zq2vRt91Lm",
        "oshpalov somsa choy",
        "салом дунём яхши кун",
        "好的密码应该很长很长的吧",
        "x" * 4 + "sevara oymomo bilan keldi",
    ],
)
def test_a_long_password_of_ones_own_is_taken(password: str) -> None:
    check_password(password, ("oktam", "Oʻktam Karimov"))


@pytest.mark.parametrize(
    "password",
    [
        "Password1234!",
        "P@ssw0rdP@ssw0rd",
        "qwertyuiop123",
        "йцукенгшщзхъ1",
        "administrator1",
        "nigoh-nigoh-2026",
        "1q2w3e4r5t6y",
        "poiuytrewq!!1",
        "abcdefghijklmnop",
        "тошкент2024тошкент",
        "welcome2026welcome",
        "aB1aB1aB1aB1aB1",
    ],
)
def test_what_guessers_try_first_is_refused_however_long(password: str) -> None:
    with pytest.raises(Invalid, match="password"):
        check_password(password)


@pytest.mark.parametrize("password", ["oktam1234567", "OKTAM.karimov", "karimovkarimov1", "0kt@m!2026oktam"])
def test_the_name_is_no_password(password: str) -> None:
    with pytest.raises(Invalid):
        check_password(password, ("oktam", "Oʻktam Karimov"))


def test_a_password_has_12_to_256_characters() -> None:
    assert (LEAST_CHARACTERS, MOST_CHARACTERS) == (12, 256)
    for password in ("J9#kd02mfLq", "Zq7 " * 65):
        with pytest.raises(Invalid, match="12 to 256"):
            check_password(password)


def test_few_different_characters_are_refused() -> None:
    with pytest.raises(Invalid, match="repeats"):
        check_password("1213123212312")


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(Invalid) as refused:
        check_password("qwertyuiop123")
    assert "qwerty" not in str(refused.value)
    assert refused.value.field == "password"


def test_letters_are_the_same_however_they_were_composed() -> None:
    assert prepared("o\u0302ktam") == prepared("\u00f4ktam")
    passwords = Passwords(CHEAP)
    assert passwords.check("\u00f4ktam karimov", passwords.hash("o\u0302ktam karimov"))


def test_a_long_text_is_judged_at_once() -> None:
    assert own_characters("ab" * 128) == 2


def test_the_right_password_is_right_and_others_are_not() -> None:
    passwords = Passwords(CHEAP)
    hashed = passwords.hash(GOOD)
    assert hashed.startswith("$argon2id$")
    assert GOOD not in hashed
    assert passwords.check(GOOD, hashed)
    assert not passwords.check(GOOD + " ", hashed)
    assert passwords.hash(GOOD) != hashed


def test_without_a_hash_nothing_is_right_and_the_work_is_done_all_the_same() -> None:
    passwords = Passwords(CHEAP)
    assert not passwords.check(GOOD, None)
    assert not passwords.check(GOOD, "no hash at all")


def test_half_characters_stop_nothing() -> None:
    passwords = Passwords(CHEAP)
    assert not passwords.check("\ud800" * 12, passwords.hash(GOOD))


def test_a_hash_of_another_cost_is_outdated() -> None:
    hashed = Passwords(CHEAP).hash(GOOD)
    assert not Passwords(CHEAP).is_outdated(hashed)
    assert Passwords(PasswordCost(memory_kib=16, passes=1, lanes=1)).is_outdated(hashed)


def test_the_usual_cost_is_that_of_rfc_9106() -> None:
    assert Passwords().hash(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_passwords_are_checked_two_at_a_time_and_not_waited_for_for_ever() -> None:
    passwords = Passwords(CHEAP, wait_s=0.01)
    with passwords.turn(), passwords.turn(), pytest.raises(Throttled):
        passwords.check(GOOD, None)
    assert not passwords.check(GOOD, None)
