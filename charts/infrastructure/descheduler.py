"""Eviction of pods that would be scheduled elsewhere now."""

from charts import catalogue
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent

_EVERY = ("cpu", "memory", "pods")


class Descheduler(HelmComponent):
    """One pod that evicts pods from wrong and from busy nodes.

    Nodes below `idle` percent of every resource attract the pods of those above `busy`.
    """

    def __init__(self, scope: Cluster, *, namespace: Reference, idle: int, busy: int) -> None:
        super().__init__(
            scope,
            "descheduler",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.DESCHEDULER,
            values={
                "kind": "Deployment",
                "deschedulerPolicyAPIVersion": "descheduler/v1alpha2",
                "deschedulerPolicy": {"profiles": [_profile(namespace, idle, busy)]},
            },
            flows=[Flow.to_kubernetes_api()],
        )


def _profile(spared: Reference, idle: int, busy: int) -> JsonObject:
    """Return the profile; pods in the namespace `spared` stay on busy nodes."""
    utilization: JsonObject = {
        "thresholds": dict.fromkeys(_EVERY, idle),
        "targetThresholds": dict.fromkeys(_EVERY, busy),
        "useDeviationThresholds": False,
        "evictableNamespaces": {"exclude": [spared.object_name]},
    }
    affinity: JsonObject = {"nodeAffinityType": ["requiredDuringSchedulingIgnoredDuringExecution"]}
    spread: JsonObject = {"constraints": ["DoNotSchedule", "ScheduleAnyway"]}
    return {
        "name": "default",
        "pluginConfig": [
            {"name": "DefaultEvictor"},
            {"name": "RemovePodsViolatingInterPodAntiAffinity"},
            {"name": "RemovePodsViolatingNodeAffinity", "args": affinity},
            {"name": "RemovePodsViolatingNodeTaints"},
            {"name": "LowNodeUtilization", "args": utilization},
            {"name": "RemoveDuplicates"},
            {"name": "RemovePodsViolatingTopologySpreadConstraint", "args": spread},
        ],
        "plugins": {
            "balance": {
                "enabled": [
                    "LowNodeUtilization",
                    "RemoveDuplicates",
                    "RemovePodsViolatingTopologySpreadConstraint",
                ]
            },
            "deschedule": {
                "enabled": [
                    "RemovePodsViolatingInterPodAntiAffinity",
                    "RemovePodsViolatingNodeAffinity",
                    "RemovePodsViolatingNodeTaints",
                ]
            },
        },
    }
