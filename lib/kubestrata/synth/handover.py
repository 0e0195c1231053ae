"""Who receives a platform when main.py calls `Platform.synth`.

Nothing here starts Node, so that a command line can offer its help without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubestrata.synth.platform import Platform

DEFAULT_OUTPUT = "dist"
_receivers: list[Callable[[Platform], None]] = []


@contextlib.contextmanager
def receiving(receiver: Callable[[Platform], None]) -> Generator[None]:
    """While active, `Platform.synth` hands the platform over instead of writing."""
    _receivers.append(receiver)
    try:
        yield
    finally:
        _receivers.pop()


def hand_over(platform: Platform) -> bool:
    """Give the platform to whoever waits for it; False if nobody does."""
    if _receivers:
        _receivers[-1](platform)
    return bool(_receivers)
