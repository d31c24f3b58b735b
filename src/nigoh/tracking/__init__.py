"""Faces over time become tracks. Pure: takes values and time, holds no clock."""
