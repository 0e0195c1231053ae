"""The command line: one module per command. Only here is anything printed."""

from kubestrata.cli.command import main

__all__ = ["main"]
