"""Simulated RTSP cameras: hundreds at a few percent of a core, with faces, faults and the truth by wall clock."""

from nigoh.testing.farm.authentication import Account, AuthScheme
from nigoh.testing.farm.control import Order, ask_farm
from nigoh.testing.farm.farm import Farm
from nigoh.testing.farm.faults import Fault, FaultKind
from nigoh.testing.farm.footage import Footage
from nigoh.testing.farm.footage_store import prepare_footage
from nigoh.testing.farm.options import FarmOptions, ServingOptions
from nigoh.testing.farm.status import FarmStatus

__all__ = [
    "Account",
    "AuthScheme",
    "Farm",
    "FarmOptions",
    "FarmStatus",
    "Fault",
    "FaultKind",
    "Footage",
    "Order",
    "ServingOptions",
    "ask_farm",
    "prepare_footage",
]
