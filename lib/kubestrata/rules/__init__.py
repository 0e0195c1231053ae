"""Judgements over what a cluster reconciles: pure functions that never raise and never print."""
