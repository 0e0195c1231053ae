"""Autoscaler of requests, and its recommendation-only variant."""

from __future__ import annotations

from collections.abc import Mapping

from kubeapis import k8s, vpa
from kubestrata.constructs.scaling.scale_target import (
    api_version,
    require_sizable,
    scale_vertically,
)
from kubestrata.constructs.scaling.scaling import Scaling, Sized, VerticalScaling
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.value.quantity import Quantity


class VerticalAutoscaler(Construct):
    """One VerticalPodAutoscaler for `target`; `horizontal` is the scaling of its replicas, if any.

    Raises InvalidValue if both use the same resource, DuplicateObject if `target` already has an
    autoscaler.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: Reference,
        scaling: VerticalScaling,
        horizontal: Scaling | None = None,
    ) -> None:
        if horizontal is not None:
            scaling.check_beside(horizontal)
        require_sizable(target)
        scale_vertically(target, scaling)
        super().__init__(scope, f"{id}-vertical-autoscaler")
        self.resource = vpa.VerticalPodAutoscaler(
            self,
            id,
            spec=vpa.VerticalPodAutoscalerSpec(
                target_ref=k8s.CrossVersionObjectReference(
                    api_version=api_version(target), kind=target.kind, name=target.name
                ),
                update_policy=vpa.VerticalPodAutoscalerSpecUpdatePolicy(update_mode=scaling.mode),
                resource_policy=_policy(scaling),
            ),
        )


class VerticalRecommendation(VerticalAutoscaler):
    """One VerticalPodAutoscaler that changes no pod: its status has the recommended requests."""

    def __init__(self, scope: Construct, id: str, *, target: Reference) -> None:
        super().__init__(scope, id, target=target, scaling=VerticalScaling(mode="Off"))


def _policy(scaling: VerticalScaling) -> vpa.VerticalPodAutoscalerSpecResourcePolicy:
    every = vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPolicies(
        container_name="*",
        controlled_resources=scaling.resources,
        min_allowed=_amounts(scaling.smallest),
        max_allowed=_amounts(scaling.largest),
    )
    return vpa.VerticalPodAutoscalerSpecResourcePolicy(container_policies=[every])


def _amounts(limits: Mapping[Sized, Quantity]) -> dict[str, int | str] | None:
    found: dict[str, int | str] = {str(name): amount for name, amount in limits.items()}
    return found or None
