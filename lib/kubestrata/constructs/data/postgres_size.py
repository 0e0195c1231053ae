"""What a size means: requests, limits, and PostgreSQL's share of the memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kubeapis import k8s
from kubestrata.constructs.data.postgres_spec import Size


@dataclass(frozen=True, slots=True)
class _Preset:
    cpu: str
    memory: str
    shared_buffers: str
    effective_cache_size: str
    max_connections: str


# A quarter of the memory for shared buffers, three quarters as what the planner may count on
# (source: PostgreSQL's own advice for dedicated machines).
_PRESETS: Mapping[Size, _Preset] = {
    "small": _Preset("100m", "512Mi", "128MB", "384MB", "100"),
    "medium": _Preset("500m", "2Gi", "512MB", "1536MB", "200"),
    "large": _Preset("2", "8Gi", "2GB", "6GB", "400"),
}


def resources(size: Size) -> k8s.ResourceRequirements:
    """Requests, and a memory limit equal to the request: a database is evicted last."""
    preset = _PRESETS[size]
    return k8s.ResourceRequirements(
        requests={"cpu": preset.cpu, "memory": preset.memory}, limits={"memory": preset.memory}
    )


def parameters(size: Size) -> dict[str, str]:
    """PostgreSQL's parameters that follow from the memory."""
    preset = _PRESETS[size]
    return {
        "effective_cache_size": preset.effective_cache_size,
        "max_connections": preset.max_connections,
        "shared_buffers": preset.shared_buffers,
    }
