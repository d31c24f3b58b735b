"""Sightings become alerts: rules, cool-down, appearances. Decisions only: time and history are arguments."""
