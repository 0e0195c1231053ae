"""The command line: one module per command. No other package prints."""

from kubestrata.cli.command import main

__all__ = ["main"]
