"""Checks of what a cluster reconciles: pure functions that never raise and never print."""
