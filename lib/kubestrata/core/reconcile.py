"""How a component is reconciled, whatever delivers it."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.core.value.duration import Duration


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Times and behaviour of one component; None means the delivery's own default.

    With `wait` everything must become ready; without, only what reports its health.
    """

    interval: Duration | None = None
    retry_interval: Duration | None = None
    timeout: Duration | None = None
    wait: bool = True
    prune: bool = True
