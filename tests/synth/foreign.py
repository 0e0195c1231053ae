"""The files of an output folder that synth did not write."""

from __future__ import annotations

from pathlib import Path

from kubestrata.synth.dist_folder import look_at


def foreign_files(folder: Path) -> list[str]:
    """Return their paths, sorted."""
    return sorted(look_at(str(folder)).foreign)
