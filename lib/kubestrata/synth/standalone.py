"""Synthesis outside of a command: `python main.py`."""

from __future__ import annotations

from pathlib import Path

from kubestrata.core.cluster import ClusterHolder
from kubestrata.synth.check import require_clean
from kubestrata.synth.config_file import settings_in
from kubestrata.synth.dist_writer import WriteReport, write_tree
from kubestrata.synth.synthesis import synthesize


def synthesize_alone(platform: ClusterHolder, folder: Path) -> WriteReport:
    """Derive, check and write the tree; raises ViolationError if a rule is violated."""
    delivered = synthesize(platform)
    require_clean(delivered, settings_in(Path.cwd()), folder)
    return write_tree(folder, delivered.contents)
