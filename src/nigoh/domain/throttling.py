"""How long somebody has to wait after attempts to log in that failed. Rules only; times are arguments.

Four counts are held against four rules:

- BOTH, an account and an address together: a few slips are free, then the wait doubles up to a quarter of an hour.
  That leaves a guesser about a hundred passwords a day for an account.
- ADDRESS, whatever the account: somebody who tries one password on many accounts. An office behind one address slips
  more often than one person, so more is free.
- ACCOUNT, whatever the address: many addresses that guess at one account. A stranger must not lock the owner out, so
  the wait is never longer than a minute; and who has logged in to this account from this address before is not held
  to ADDRESS and ACCOUNT at all. A stranger's failures therefore never stop the owner where they are used to log in.
- CODE, codes of the second factor of one account, whatever the address. Whoever gets here knows the password, so the
  owner's comfort counts less: six digits, three of which hold at a time, would be found within months at one attempt
  a minute. The wait doubles up to an hour: about 30 attempts a day, of which 0.01 % hit. Recovery codes go past it.

An attempt during a wait is refused without being looked at and without being counted: it does not prolong the wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_MOST_DOUBLINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleRule:
    """What follows from failures of one kind.

    Attributes:
        free: failures after which there is no wait yet.
        first_s: the wait after the next one; each further one doubles it.
        longest_s: the longest wait.
        window_s: failures are forgotten after so long.
    """

    free: int
    first_s: float
    longest_s: float
    window_s: float

    def wait_s(self, failures: int) -> float:
        """How long to wait after the last of so many failures."""
        if failures <= self.free:
            return 0.0
        return float(min(self.first_s * 2 ** min(failures - self.free - 1, _MOST_DOUBLINGS), self.longest_s))

    @property
    def telling(self) -> int:
        """With so many failures the wait is the longest: more need not be read."""
        failures = self.free + 1
        while self.wait_s(failures) < self.longest_s:
            failures += 1
        return failures


BOTH = ThrottleRule(free=4, first_s=1.0, longest_s=900.0, window_s=86_400.0)
ADDRESS = ThrottleRule(free=20, first_s=1.0, longest_s=900.0, window_s=3_600.0)
ACCOUNT = ThrottleRule(free=30, first_s=1.0, longest_s=60.0, window_s=3_600.0)
CODE = ThrottleRule(free=5, first_s=2.0, longest_s=3_600.0, window_s=86_400.0)

LONGEST_WINDOW_S = max(rule.window_s for rule in (BOTH, ADDRESS, ACCOUNT, CODE))
"""What is older concerns no rule."""


def still_to_wait_s(rule: ThrottleRule, failures: Sequence[float], now_unix_s: float) -> float:
    """How long whoever failed at these times (seconds since 1970, any order) still has to wait; 0: not at all.

    A failure that lies in the future, because the clock was set back since, counts as one of now: nobody waits longer
    than the rule's longest.
    """
    recent = [min(unix_s, now_unix_s) for unix_s in failures if unix_s > now_unix_s - rule.window_s]
    if not recent:
        return 0.0
    return max(0.0, max(recent) + rule.wait_s(len(recent)) - now_unix_s)
