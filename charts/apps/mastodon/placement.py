"""Nodes and priorities of Mastodon's pods."""

from kubeapis import k8s
from kubestrata import Cluster, Component
from kubestrata.constructs.scaling import PriorityClass

ON_SPARE_NODES = k8s.Toleration(
    key="autoscaler-node", operator="Equal", value="true", effect="NoSchedule"
)
"""The toleration of nodes that the cluster autoscaler adds."""

ANY_NODE = k8s.Affinity(
    node_affinity=k8s.NodeAffinity(
        required_during_scheduling_ignored_during_execution=k8s.NodeSelector(
            node_selector_terms=[
                k8s.NodeSelectorTerm(
                    match_expressions=[
                        k8s.NodeSelectorRequirement(key="kubernetes.io/os", operator="Exists")
                    ]
                )
            ]
        )
    )
)
"""A condition that every node meets, so that no webhook excludes those of the autoscaler."""


class MastodonPriorities(Component):
    """The PriorityClasses of Mastodon's data, and of its own pods."""

    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope, "mastodon-priorities", layer="platform")
        self.critical = PriorityClass(
            self, "mastodon-critical", value=1_000_000_000, description="Data of Mastodon."
        )
        self.high = PriorityClass(
            self, "mastodon-high", value=900_000_000, description="Pods that serve Mastodon."
        )
