"""A network that enforces no policies."""

from __future__ import annotations

from collections.abc import Sequence

from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference


class OpenNetwork(Network):
    """No objects: every pod reaches every other, and a policy would promise what nobody keeps.

    Connections still hold, and still order components. Source: flannel has no policy engine.
    """

    def policy(self, scope: Construct, id: str, pods: Pods, flows: Sequence[Flow]) -> None:
        """Nothing."""

    def deny_all(self, scope: Construct, id: str, namespace: Reference) -> None:
        """Nothing."""

    def allow_dns(self, scope: Construct, id: str, pods: Pods) -> None:
        """Nothing."""
