"""Moves values between their owners."""
