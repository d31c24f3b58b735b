"""The one gate through which every connection that nigoh begins goes out, and what it lets through.

`check_outbound` says whether a host may be connected to for a purpose, resolves its name once, and gives the
addresses to connect to: whoever connects uses these and does not resolve again, so that a name cannot change its mind
in between.
"""

from nigoh.outbound.gate import Approved, Outbound, check_outbound
from nigoh.outbound.policy import OutboundPolicy, Purpose, parse_allowed

__all__ = ["Approved", "Outbound", "OutboundPolicy", "Purpose", "check_outbound", "parse_allowed"]
