"""Scalars with a meaning: checked when they are made, plain strings or integers in YAML."""
