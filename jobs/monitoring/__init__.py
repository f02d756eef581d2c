"""Invariants and the check of the timeline."""
