"""Whether a rule is about what was seen: who, where, when, how sure. In the order in which people would ask."""

import numpy as np

from nigoh.alerting.seen import Reason, Seen
from nigoh.domain.region import Regions
from nigoh.domain.rule import Rule, Where


def why_not(rule: Rule, seen: Seen, *, is_holiday: bool) -> Reason | None:
    """The first reason for which the rule is not about it; None: it is."""
    if not rule.enabled:
        return Reason.DISABLED
    if not rule.whom.fits(seen.status, seen.person, seen.lists):
        return Reason.OTHER_PERSON
    if not rule.where.is_everywhere and seen.camera not in rule.where.cameras and not rule.where.groups & seen.groups:
        return Reason.OTHER_CAMERA
    if rule.where.zones and not _is_in_zone(rule.where, seen):
        return Reason.OUTSIDE_ZONE
    if not rule.when.holds(seen.moment.minute_of_week, is_holiday=is_holiday):
        return Reason.OTHER_TIME
    return _lacks(rule, seen)


def _lacks(rule: Rule, seen: Seen) -> Reason | None:
    if seen.person is not None and seen.score < rule.evidence.score:
        return Reason.BELOW_SCORE
    if seen.frames < rule.evidence.frames:
        return Reason.TOO_FEW_FRAMES
    return Reason.LOW_QUALITY if seen.quality < rule.evidence.quality else None


def _is_in_zone(where: Where, seen: Seen) -> bool:
    polygons = tuple(zone.polygon for zone in where.zones if zone.camera == seen.camera)
    if not polygons:
        return True
    if seen.at is None:
        return False
    return bool(Regions(zones=polygons).contain(np.asarray([seen.at], np.float32))[0])
