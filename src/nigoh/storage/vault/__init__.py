"""Encryption of what lasts: keys that can be destroyed, and templates that nobody else can use."""
