"""Settings: read once, validated, frozen."""
