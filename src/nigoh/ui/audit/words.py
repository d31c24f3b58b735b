"""What actions of the audit are called."""

from nigoh.domain.audit import AuditAction
from nigoh.ui.words.say import Say


def action_name(say: Say, action: str) -> str:
    """What an action is called; one that a newer nigoh wrote as it is."""
    names: dict[str, str] = {
        AuditAction.SETUP: say("First start"),
        AuditAction.LOGIN: say("Login"),
        AuditAction.LOGIN_REFUSED: say("Login refused"),
        AuditAction.LOGOUT: say("Logout"),
        AuditAction.ENROL: say("Enrolment"),
        AuditAction.CHANGE: say("Change"),
        AuditAction.MERGE: say("Merging"),
        AuditAction.DELETE: say("Removal"),
        AuditAction.ERASE: say("Erasure"),
        AuditAction.SEARCH: say("Search"),
        AuditAction.VIEW_FACE: say("Face looked at"),
        AuditAction.VIEW_CLIP: say("Clip looked at"),
        AuditAction.VIEW_LIVE: say("Live picture looked at"),
        AuditAction.EXPORT: say("Export"),
        AuditAction.VERDICT: say("Verdict"),
        AuditAction.SETTING: say("Setting"),
        AuditAction.TOKEN: say("Token"),
        AuditAction.KEY_ROTATION: say("Key rotation"),
        AuditAction.BACKUP: say("Backup"),
        AuditAction.RESTORE: say("Restore"),
        AuditAction.RETENTION: say("Retention"),
    }
    return names.get(action, action)
