"""Who may do something to a user's account."""

from nigoh.domain.access import Principal, Via
from nigoh.domain.users import User
from nigoh.errors import Forbidden


def require_reach(who: Principal, target: User) -> None:
    """Raise Forbidden unless it is themselves, or they have all that the target has.

    Whoever sets a password, or takes a second factor away, could log in as the target: nobody gets more that way. A
    token is not its user: it may have fewer scopes.
    """
    is_themselves = who.user == target.id and who.via is Via.SESSION
    if not is_themselves and not who.may_grant(target.role, target.cameras):
        raise Forbidden(
            "this user may do more than you, or see cameras that you may not",
            "Ask somebody whose role and cameras include theirs.",
        )
