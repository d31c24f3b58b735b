"""What the clock on the wall shows."""

import time
from calendar import timegm

from nigoh.alerting.seen import LocalMoment

_DAY_S = 86_400


def local_moment(unix_s: float) -> LocalMoment:
    """A moment in this machine's time zone."""
    local = time.localtime(unix_s)
    minute = (local.tm_wday * 24 + local.tm_hour) * 60 + local.tm_min
    return LocalMoment(minute, timegm((local.tm_year, local.tm_mon, local.tm_mday, 0, 0, 0)) // _DAY_S)


def local_day_began(unix_s: float) -> float:
    """When the local day of a moment began, seconds since 1970."""
    local = time.localtime(unix_s)
    return time.mktime((local.tm_year, local.tm_mon, local.tm_mday, 0, 0, 0, 0, 0, -1))
