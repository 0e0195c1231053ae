"""Reconciliation settings of a component, independent of its delivery."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.core.frozen import Frozen
from kubestrata.core.value.duration import Duration
from kubestrata.core.value.typed_text import check_texts


class HealthExpression(Frozen):
    """The readiness of a kind as CEL expressions over the object.

    It is needed for kinds without a standard status. `current` is true when an object is ready,
    `failed` when it never will be; test fields that may be absent with `has()`.
    Source: Kustomization spec.healthCheckExprs.
    """

    api_version: str
    kind: str
    current: str
    failed: str | None = None


class HealthCheck(Frozen):
    """An object that a chart or an operator of the component creates, and its readiness.

    Without a check, a component is ready once its own objects are: a HelmRelease is, even if an
    operator rejects an object of its chart. Source: Kustomization spec.healthChecks.
    """

    name: str
    namespace: str
    readiness: HealthExpression


class Reconcile(Frozen):
    """Intervals, timeout and behaviour of one component; None is the delivery's default.

    With `wait` all objects must become ready; without, only those that report their health.
    `health` adds expressions, and takes precedence over the built-in ones. Objects of `checks` must
    become ready, too; Flux then checks only those of the component's own that report their health.
    """

    interval: Duration | None = None
    retry_interval: Duration | None = None
    timeout: Duration | None = None
    wait: bool = True
    prune: bool = True
    health: Sequence[HealthExpression] = ()
    checks: Sequence[HealthCheck] = ()

    def __post_init__(self) -> None:
        check_texts(self)
