"""The password of a farm's cameras lies in a file that its owner alone can read."""

import os
import secrets
from pathlib import Path

from nigoh.errors import ConfigError, OutputError
from nigoh.testing.farm.authentication import Account, AuthScheme

_OWNER_ALONE = 0o600


def read_account(scheme: AuthScheme, user: str, password_file: Path | None) -> Account:
    """Who may look, with the password in a file; a missing file is made, with a password drawn at random.

    Raises:
        ConfigError: the scheme wants a password and no file is named, the file is empty, or the user impossible.
        OutputError: the file cannot be read or made.
    """
    if scheme is AuthScheme.NONE:
        return Account()
    if password_file is None:
        raise ConfigError(
            f"authentication by {scheme} needs a password",
            "Name a file for it: --password-file farm.password (made if it is missing).",
        )
    if not user or ":" in user:
        raise ConfigError(f"user '{user}' is impossible", "Give a name without a colon.")
    password = _read_or_make(password_file)
    if not password:
        raise ConfigError(f"{password_file} is empty", "Write a password into it, or remove it to get a new one.")
    return Account(scheme, user, password)


def _read_or_make(path: Path) -> str:
    try:
        _make(path)
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise OutputError(f"{path}: {reason}", "Name a file that you can read and write.") from error


def _make(path: Path) -> None:
    """Make the file, closed to others from its first moment, unless it is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(18) + "\n")
