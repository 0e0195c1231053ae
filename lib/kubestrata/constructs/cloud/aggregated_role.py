"""What Crossplane may do beside its own kinds."""

from __future__ import annotations

from collections.abc import Sequence

from kubeapis import k8s
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct

_AGGREGATE = "rbac.crossplane.io/aggregate-to-crossplane"
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")


class AggregatedRole(Construct):
    """A ClusterRole that Crossplane's own takes in, to compose `resources` of one API group.

    Crossplane gives itself what its providers' kinds need; this is for all others.
    """

    def __init__(self, scope: Construct, id: str, *, group: str, resources: Sequence[str]) -> None:
        super().__init__(scope, f"{id}-role")
        if not resources or "*" in resources or group == "*":
            why = f"grants {', '.join(resources) or 'nothing'} of {group!r}"
            fix = "name each resource in the plural: 'deployments'"
            raise InvalidValue(f"role {id!r}", why, fix)
        rule = k8s.PolicyRule(api_groups=[group], resources=resources, verbs=_VERBS)
        self.resource = k8s.ClusterRole(
            self, id, metadata=k8s.ObjectMeta(labels={_AGGREGATE: "true"}), rules=[rule]
        )
