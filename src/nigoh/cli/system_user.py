"""Who runs a command, as the audit calls them."""

import os
import pwd


def command_actor() -> str:
    """The system user, e.g. "command:root"; a number where the system has no name for it."""
    user = os.getuid()
    try:
        return f"command:{pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"command:{user}"
