"""Everything that nigoh raises on purpose.

    NigohError                  what went wrong, and what to do next
    ├── ConfigError             refuse to start; names the setting
    │   ├── MissingExtra        a feature's package is not installed; says the exact install line
    │   ├── LicenceRefused      a model needs its licence accepted by name
    │   └── DeviceUnavailable   the asked-for device does not work here; nothing falls back silently
    ├── Missing                 what was asked for is not there
    ├── Conflict                a value that only one may have is taken; names the field
    ├── Stale                   somebody else changed it since it was read
    ├── Unstorable              a value that no database takes: a NUL in a text, too long, out of range
    ├── BadCursor               what was given as the place in a list is none
    ├── Unauthenticated         who asks is not known: no credential, or none that holds
    │   └── SecondFactorNeeded  the password is right, and a code is wanted beside it
    ├── Forbidden               whoever asks may not do this
    ├── Invalid                 a value that a rule refuses: a weak password, a name with spaces
    ├── Throttled               too many attempts; says how long to wait
    ├── Retryable               the owner tries again, with jittered back-off
    │   ├── SourceUnavailable   a camera that may come back: refused, timed out, ended
    │   ├── DatabaseUnavailable a database that may come back: unreachable, busy, its disk full
    │   └── SpoolUnavailable    a spool that takes nothing now: it is full, or its disk is
    └── Fatal                   the owner stops and its supervisor is told
        ├── SourceError         a source that no retry mends: missing, not a video, wrong password
        ├── PhotoError          one photo that cannot be read: missing, not a photo, damaged, too large
        ├── OutputError         a result that cannot be written
        ├── OutboundRefused     a connection that the network settings refuse
        ├── ModelError          a model file that is missing, changed or not what it says
        ├── TemplateMismatch    templates of two models met; they cannot be compared
        ├── EnrolmentError      a folder of known faces that yields nobody
        ├── DatabaseError       a database that no retry mends: damaged, refused, not migrated
        ├── VaultError          something sealed that does not open: changed, moved, its key unknown
        │   └── KeyDestroyed    its key was destroyed for good: it was erased
        └── BackupError         a backup that is damaged, changed, of a newer nigoh, or that does not fit here

`str(error)` is one line that is safe to show: it never holds a password.
"""

import errno
from pathlib import Path
from typing import Self


class NigohError(Exception):
    """What went wrong, and what to do next.

    Attributes:
        what: one clause without a full stop that names the thing, e.g. "video/1.mp4 does not exist".
        next_step: one sentence that tells the user what to do, or "".
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.what = " ".join(what.split()).rstrip(".")
        self.next_step = " ".join(next_step.split())

    def __str__(self) -> str:
        return f"{self.what}. {self.next_step}".rstrip()


class ConfigError(NigohError):
    """Refuse to start: a setting is wrong; the message names it."""


class MissingExtra(ConfigError):
    """A feature's package is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra '{extra}'", f"Run: pip install 'nigoh[{extra}]'")


class LicenceRefused(ConfigError):
    """A model's licence has not been accepted by name."""


class DeviceUnavailable(ConfigError):
    """The asked-for device does not work here."""


class Missing(NigohError):
    """What was asked for is not there.

    Attributes:
        kind: what it would be, e.g. "person".
        identifier: how it was asked for.
    """

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"there is no {kind} {identifier}", "It may have been deleted: read the list again.")
        self.kind = kind
        self.identifier = identifier


class Conflict(NigohError):
    """A value that only one may have is taken.

    Attributes:
        kind: what has it, e.g. "watch list".
        field: the value's name, e.g. "name".
    """

    def __init__(self, kind: str, field: str) -> None:
        super().__init__(
            f"another {kind} has this {field}", f"Choose another {field}, or change the one that has it."
        )
        self.kind = kind
        self.field = field


class Stale(NigohError):
    """Somebody else changed it since it was read.

    Attributes:
        kind: what it is, e.g. "person".
        identifier: which one.
    """

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(
            f"the {kind} {identifier} has been changed since it was read", "Read it again, then change it."
        )
        self.kind = kind
        self.identifier = identifier


class Unstorable(NigohError):
    """A value that no database takes: a NUL or half a character in a text, a text too long, a number out of range."""


class BadCursor(NigohError):
    """What was given as the place in a list is none."""

    def __init__(self) -> None:
        super().__init__("the cursor belongs to no list, or to another one", "Read the list from its beginning.")


class Unauthenticated(NigohError):
    """Who asks is not known: no credential, or none that holds."""


class SecondFactorNeeded(Unauthenticated):
    """The password is right, and a code is wanted beside it."""


class Forbidden(NigohError):
    """Whoever asks may not do this."""


class Invalid(NigohError):
    """A value that a rule refuses.

    Attributes:
        field: the value's name, e.g. "password".
    """

    def __init__(self, field: str, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.field = field


class Throttled(NigohError):
    """Too many attempts.

    Attributes:
        retry_after_s: how long to wait before the next one.
    """

    def __init__(self, what: str, retry_after_s: float) -> None:
        super().__init__(what, f"Try again in {max(1, round(retry_after_s))} seconds.")
        self.retry_after_s = retry_after_s


class Retryable(NigohError):
    """It may work later: the owner backs off, with jitter, and tries again."""


class SourceUnavailable(Retryable):
    """A camera that cannot be reached now, or whose stream has ended."""


class DatabaseUnavailable(Retryable):
    """A database that may come back: unreachable, busy, its disk full."""


class SpoolUnavailable(Retryable):
    """A spool that takes nothing now: it is full, or its disk is. What it has taken before is safe."""


class Fatal(NigohError):
    """No retry mends it: the owner stops, and its supervisor is told."""


class SourceError(Fatal):
    """A source that cannot be read: missing, not a video, wrong password."""


class PhotoError(Fatal):
    """A photo that cannot be read: missing, not a photo, damaged, too large."""


class OutputError(Fatal):
    """A result that cannot be written."""

    @classmethod
    def of(cls, path: Path, error: OSError) -> Self:
        """What the operating system said about a file or folder, and what helps against it."""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return cls(f"{path} cannot be written: the disk is full", "Make room, or write elsewhere.")
        return cls(
            f"{path} cannot be written: {error.strerror or error}",
            "Choose a place in a folder that exists and that you may write to.",
        )


class OutboundRefused(Fatal):
    """A connection that the network settings refuse, or that nobody is ever to make."""


class ModelError(Fatal):
    """A model file that is missing, changed, or not what its manifest says."""


class TemplateMismatch(Fatal):
    """Templates of two models met: their numbers mean different things."""


class EnrolmentError(Fatal):
    """A folder of known faces from which nobody could be enrolled."""


class DatabaseError(Fatal):
    """A database that no retry mends: damaged, refused to this user, not migrated."""


class VaultError(Fatal):
    """Something sealed that does not open: it was changed, belongs elsewhere, or its master key is not here."""


class KeyDestroyed(VaultError):
    """What was sealed is gone for good: its data key was destroyed, as an erasure does."""


class BackupError(Fatal):
    """A backup that is damaged, changed, made by a newer nigoh, or that does not fit where it is to go."""
