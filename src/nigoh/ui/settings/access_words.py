"""What roles and permissions are called."""

from nigoh.domain.access import Permission, Role
from nigoh.ui.words.say import Say


def role_name(say: Say, role: Role) -> str:
    """What a role is called."""
    return {
        Role.ADMINISTRATOR: say("Administrator"),
        Role.OPERATOR: say("Operator"),
        Role.VIEWER: say("Viewer"),
        Role.AUDITOR: say("Auditor"),
    }[role]


def role_meaning(say: Say, role: Role) -> str:
    """What a role may do."""
    return {
        Role.ADMINISTRATOR: say("May do everything."),
        Role.OPERATOR: say("Works with people, sightings and live pictures."),
        Role.VIEWER: say("Looks on and changes nothing."),
        Role.AUDITOR: say("Reads the audit and the settings, and sees no faces."),
    }[role]


def permission_name(say: Say, permission: Permission) -> str:
    """What a permission is for."""
    return {
        Permission.PEOPLE_READ: say("See people"),
        Permission.PEOPLE_WRITE: say("Add and change people"),
        Permission.PEOPLE_ERASE: say("Erase people"),
        Permission.PEOPLE_EXPORT: say("Export people"),
        Permission.SEARCH: say("Search by photo"),
        Permission.LISTS_READ: say("See watch lists"),
        Permission.LISTS_WRITE: say("Change watch lists"),
        Permission.CAMERAS_READ: say("See cameras"),
        Permission.CAMERAS_WRITE: say("Add and change cameras"),
        Permission.LIVE: say("Watch live pictures"),
        Permission.SIGHTINGS_READ: say("See sightings"),
        Permission.SIGHTINGS_WRITE: say("Judge sightings"),
        Permission.SIGHTINGS_EXPORT: say("Export sightings"),
        Permission.CLIPS_READ: say("Watch clips"),
        Permission.EVENTS_READ: say("Follow events"),
        Permission.SETTINGS_READ: say("See settings"),
        Permission.SETTINGS_WRITE: say("Change settings"),
        Permission.USERS_READ: say("See users"),
        Permission.USERS_WRITE: say("Change users"),
        Permission.AUDIT_READ: say("Read the audit"),
        Permission.ALERTS_READ: say("See alerts"),
        Permission.ALERTS_WRITE: say("Take care of alerts"),
        Permission.RULES_READ: say("See rules"),
        Permission.RULES_WRITE: say("Add and change rules"),
        Permission.SYSTEM_READ: say("See how the system is"),
        Permission.METRICS_READ: say("Read metrics"),
    }[permission]
