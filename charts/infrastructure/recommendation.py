"""Recommended requests of a workload, in the status of an object."""

from kubeapis import k8s, vpa
from kubestrata import Construct, Frozen, Quantity, Reference


class Bounds(Frozen):
    """The least and the most that is recommended for a container."""

    container: str
    least: tuple[str, str]
    most: tuple[str, str]
    """CPU and memory."""

    @property
    def policy(self) -> vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPolicies:
        """Return the policy of the container."""
        return vpa.VerticalPodAutoscalerSpecResourcePolicyContainerPolicies(
            container_name=self.container,
            controlled_resources=["cpu", "memory"],
            controlled_values="RequestsAndLimits",
            min_allowed=_amounts(self.least),
            max_allowed=_amounts(self.most),
        )


def recommend(scope: Construct, id: str, *, target: Reference, bounds: Bounds) -> None:
    """Create a VerticalPodAutoscaler that recommends, and changes no pod."""
    vpa.VerticalPodAutoscaler(
        scope,
        id,
        spec=vpa.VerticalPodAutoscalerSpec(
            target_ref=k8s.CrossVersionObjectReference(
                api_version=f"{target.group}/v1", kind=target.kind, name=target.name
            ),
            update_policy=vpa.VerticalPodAutoscalerSpecUpdatePolicy(update_mode="Off"),
            resource_policy=vpa.VerticalPodAutoscalerSpecResourcePolicy(
                container_policies=[bounds.policy]
            ),
        ),
    )


def _amounts(amounts: tuple[str, str]) -> dict[str, int | str]:
    cpu, memory = amounts
    return {"cpu": Quantity(cpu), "memory": Quantity(memory)}
