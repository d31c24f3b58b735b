"""What somebody types to log in."""

import re

from nigoh.errors import Invalid

LONGEST = 64

_FORM = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?")

# Actors of the audit that are nobody's login name.
_TAKEN = frozenset({"system", "unknown", "command"})


def login_name(typed: str) -> str:
    """The name as it is stored and compared: `Oktam ` is `oktam`.

    Latin letters only, although people's names are not: the audit shows these names, and no letter of another script
    that looks the same lets one user appear as another. The display name takes any script.

    Raises:
        Invalid: it is no name of a user.
    """
    name = typed.strip().lower()
    if _FORM.fullmatch(name) is None:
        raise Invalid(
            "name",
            f"a login name has 1 to {LONGEST} characters: letters a to z, digits, and . _ - @ + between them",
            "Choose such a name; the display name may be written in any script.",
        )
    if name in _TAKEN:
        raise Invalid("name", f"the login name {name} means something else in the audit", "Choose another name.")
    return name
