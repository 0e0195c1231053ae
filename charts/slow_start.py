"""Startup probes with times of their own."""

from msgspec.structs import replace

from kubeapis import k8s
from kubestrata import TypedPatch


def slow_start(
    *, period_seconds: int, failures: int, timeout_seconds: int = 1, delay_seconds: int = 0
) -> TypedPatch[k8s.Container]:
    """Return a patch of the startup probe of a container that has one."""

    def change(container: k8s.Container) -> k8s.Container:
        probe = container.startup_probe
        if not isinstance(probe, k8s.Probe):
            return container
        timed = replace(
            probe,
            initial_delay_seconds=delay_seconds or None,
            period_seconds=period_seconds,
            failure_threshold=failures,
            timeout_seconds=timeout_seconds if timeout_seconds > 1 else None,
        )
        return replace(container, startup_probe=timed)

    return TypedPatch(k8s.Container, change)
