"""Tracks become people: galleries and decisions. Pure."""
