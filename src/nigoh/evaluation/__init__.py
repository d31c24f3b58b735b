"""Accuracy protocols."""
