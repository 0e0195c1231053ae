"""Reconciliation settings of a component, independent of its delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubestrata.core.value.duration import Duration


@dataclass(frozen=True, slots=True)
class HealthExpression:
    """The readiness of a kind as CEL expressions over the object.

    It is needed for kinds without a standard status. `current` is true when an object is ready,
    `failed` when it never will be; test fields that may be absent with `has()`.
    Source: Kustomization spec.healthCheckExprs.
    """

    api_version: str
    kind: str
    current: str
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Intervals, timeout and behaviour of one component; None is the delivery's default.

    With `wait` all objects must become ready; without, only those that report their health.
    `health` adds expressions, and takes precedence over the built-in ones.
    """

    interval: Duration | None = None
    retry_interval: Duration | None = None
    timeout: Duration | None = None
    wait: bool = True
    prune: bool = True
    health: Sequence[HealthExpression] = ()
