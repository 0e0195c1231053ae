"""Nodes and priorities of Mastodon's pods."""

from kubestrata import Cluster, Component
from kubestrata.constructs import Scheduling, Toleration
from kubestrata.constructs.scaling import PriorityClass

SPARE_NODES = Scheduling(
    tolerations=[Toleration(key="autoscaler-node", value="true", effect="NoSchedule")],
    # Every node has it, so no webhook excludes those of the autoscaler.
    one_of={"kubernetes.io/os": ["linux"]},
)
"""The nodes of pods that may run on those that the cluster autoscaler adds."""


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
