"""The phases of a cluster before its delivery runs, derived from its components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubestrata.core.lazy_names import load_when_used

if TYPE_CHECKING:
    from kubestrata.constructs.bootstrap.bootstrap import Bootstrap
    from kubestrata.constructs.bootstrap.part import (
        BootstrapRelease,
        BootstrapSecret,
        Command,
        Difference,
        Wait,
    )

__all__ = [
    "Bootstrap",
    "BootstrapRelease",
    "BootstrapSecret",
    "Command",
    "Difference",
    "Wait",
]

__getattr__, __dir__ = load_when_used(
    __name__,
    {
        "bootstrap": "Bootstrap",
        "part": "BootstrapRelease BootstrapSecret Command Difference Wait",
    },
)
