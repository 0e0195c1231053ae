"""How the kubelet asks a container."""

from __future__ import annotations

import math

from kubeapis import k8s
from kubestrata.constructs.workload.container import HTTP, Probes

_STARTUP_PERIOD = 5


def liveness(probes: Probes) -> k8s.Probe:
    """Two minutes without an answer and the container restarts: later than it loses requests."""
    return _probe(probes.liveness, period_seconds=20, failure_threshold=6)


def readiness(probes: Probes) -> k8s.Probe:
    """Half a minute without an answer and no more requests come."""
    return _probe(probes.readiness, period_seconds=10, failure_threshold=3)


def startup(probes: Probes) -> k8s.Probe | None:
    """Liveness counts once this has answered; None where the start needs no time of its own."""
    if probes.startup_seconds is None:
        return None
    times = math.ceil(probes.startup_seconds / _STARTUP_PERIOD)
    return _probe(probes.liveness, period_seconds=_STARTUP_PERIOD, failure_threshold=times)


def _probe(path: str | None, *, period_seconds: int, failure_threshold: int) -> k8s.Probe:
    return k8s.Probe(
        http_get=k8s.HTTPGetAction(path=path, port=HTTP) if path is not None else None,
        tcp_socket=k8s.TCPSocketAction(port=HTTP) if path is None else None,
        period_seconds=period_seconds,
        failure_threshold=failure_threshold,
    )
