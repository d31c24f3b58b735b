"""For us and for our users: samples and simulated cameras, to test a set-up without a camera or a person."""

from nigoh.testing.clip_options import ClipOptions, VideoCodec
from nigoh.testing.simulation import simulate
from nigoh.testing.walk import ClipScript, Walk, Waypoint

__all__ = ["ClipOptions", "ClipScript", "VideoCodec", "Walk", "Waypoint", "simulate"]
