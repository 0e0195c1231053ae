"""Kustomize, run as kubestrata runs it: collecting garbage would take half of its time."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from kubestrata.gitops.kubectl import kubectl


def kustomize(folder: Path, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Build a folder; with `check`, raise an error if Kustomize refuses it."""
    return subprocess.run(
        [kubectl() or "kubectl", "kustomize", folder],
        env={**os.environ, "GOGC": "off", "GOMEMLIMIT": "1GiB"},
        capture_output=True,
        text=True,
        check=check,
    )
