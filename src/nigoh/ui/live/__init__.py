"""The wall of live pictures."""
