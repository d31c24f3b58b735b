"""Scopes: what shares a data key, and is erased with it."""

import time

from nigoh.domain.sighting import PersonId

CAMERA = "camera"
"""Credentials of all cameras."""

INSTALLATION = "installation"
"""What belongs to the installation: its secrets, users' second factors."""

_PERSON, _UNKNOWN = "person:", "unknown:"
_MOST_LETTERS = 96


def person_scope(person: PersonId) -> str:
    """Of everything biometric that is kept of an enrolled person."""
    return _PERSON + person


def unknown_scope(unix_s: float) -> str:
    """Of people who match nobody, seen on the day (UTC) of that moment, seconds since 1970."""
    return _UNKNOWN + time.strftime("%Y-%m-%d", time.gmtime(unix_s))


def person_of(scope: str) -> PersonId | None:
    """The person of a scope, or None: it is not one person's."""
    return PersonId(scope.removeprefix(_PERSON)) if scope.startswith(_PERSON) else None


def check_scope(scope: str) -> None:
    """Raise ValueError unless it is a scope."""
    prefix = next((each for each in (_PERSON, _UNKNOWN) if scope.startswith(each)), "")
    if not (scope in {CAMERA, INSTALLATION} or (prefix and len(prefix) < len(scope) <= _MOST_LETTERS)):
        raise ValueError(f"'{scope}' is no scope of the vault")


def check_erasable(scope: str) -> None:
    """Raise ValueError unless it is a scope whose end does not end the installation."""
    check_scope(scope)
    if scope in {CAMERA, INSTALLATION}:
        raise ValueError(f"the key of '{scope}' is never destroyed")
