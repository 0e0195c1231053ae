"""Typed scalars: checked when they are created, plain strings or integers in YAML."""
