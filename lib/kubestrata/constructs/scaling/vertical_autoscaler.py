"""Autoscaler of requests, and its recommendation-only variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubeapis import k8s, vpa
from kubestrata.constructs.scaling.scale_target import (
    api_version,
    require_sizable,
    scale_vertically,
)
from kubestrata.constructs.scaling.scaling import Scaling, Sized, VerticalScaling
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference
from kubestrata.core.value.amount import quantity
from kubestrata.core.value.quantity import Quantity


class ContainerBounds(Frozen):
    """The least and the most that is recommended for one container, requests and limits alike.

    Raises InvalidValue if the least is above the most.
    """

    container: str
    smallest: Mapping[Sized, Quantity]
    largest: Mapping[Sized, Quantity]

    def __post_init__(self) -> None:
        for name, least in self.smallest.items():
            most = self.largest.get(name)
            if most is not None and quantity(least) > quantity(most):
                what = f"smallest {name} of container {self.container!r}"
                raise InvalidValue(what, f"is {str(least)!r}, more than {str(most)!r}", "swap them")

    @classmethod
    def of(
        cls, container: str, smallest: tuple[str, str], largest: tuple[str, str]
    ) -> ContainerBounds:
        """Return bounds of CPU and memory: `of("web", ("50m", "64Mi"), ("1", "1Gi"))`."""
        return cls(container, _both(smallest), _both(largest))

    @property
    def policy(self) -> vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPolicies:
        """Return the policy of the container."""
        return vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPolicies(
            container_name=self.container,
            controlled_resources=["cpu", "memory"],
            controlled_values="RequestsAndLimits",
            min_allowed=_amounts(self.smallest),
            max_allowed=_amounts(self.largest),
        )


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
        containers: Sequence[ContainerBounds] = (),
    ) -> None:
        """`containers` have bounds of their own, in place of those of `scaling` for every one."""
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
                resource_policy=_policy(scaling, containers),
            ),
        )


class VerticalRecommendation(VerticalAutoscaler):
    """One VerticalPodAutoscaler that changes no pod: its status has the recommended requests."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: Reference,
        containers: Sequence[ContainerBounds] = (),
    ) -> None:
        super().__init__(
            scope, id, target=target, scaling=VerticalScaling(mode="Off"), containers=containers
        )


def _policy(
    scaling: VerticalScaling, containers: Sequence[ContainerBounds]
) -> vpa.VerticalPodAutoscalerSpecResourcePolicy:
    if containers:
        own = [each.policy for each in containers]
        return vpa.VerticalPodAutoscalerSpecResourcePolicy(container_policies=own)
    every = vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPolicies(
        container_name="*",
        controlled_resources=scaling.resources,
        min_allowed=_amounts(scaling.smallest),
        max_allowed=_amounts(scaling.largest),
    )
    return vpa.VerticalPodAutoscalerSpecResourcePolicy(container_policies=[every])


def _both(amounts: tuple[str, str]) -> dict[Sized, Quantity]:
    cpu, memory = amounts
    return {"cpu": Quantity(cpu), "memory": Quantity(memory)}


def _amounts(limits: Mapping[Sized, Quantity]) -> dict[str, int | str] | None:
    found: dict[str, int | str] = {str(name): amount for name, amount in limits.items()}
    return found or None
