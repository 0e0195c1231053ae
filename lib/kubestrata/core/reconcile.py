"""How a component is reconciled, whatever delivers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubestrata.core.value.duration import Duration


@dataclass(frozen=True, slots=True)
class HealthExpression:
    """How to tell whether objects of a kind are ready, as CEL over the object.

    For kinds whose status says it in a way of their own. `current` is true when an object is
    ready, `failed` when it never will be; a field that is not there yet must be asked for with
    `has()`. Source: Kustomization spec.healthCheckExprs.
    """

    api_version: str
    kind: str
    current: str
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Times and behaviour of one component; None means the delivery's own default.

    With `wait` everything must become ready; without, only what reports its health. `health` adds
    to what is known of kinds, and wins over it.
    """

    interval: Duration | None = None
    retry_interval: Duration | None = None
    timeout: Duration | None = None
    wait: bool = True
    prune: bool = True
    health: Sequence[HealthExpression] = ()
