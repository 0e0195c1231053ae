"""The phases of a cluster before its delivery runs, derived from its components."""

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
