"""Crossplane packages, and RBAC for kinds that no provider brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubeapis import crossplane, k8s
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.value.image import Image


class CrossplaneProvider(Construct):
    """One Provider; the CRDs of `groups` exist once it is healthy.

    Objects of these groups in the same component are applied after it. `runtime` configures its
    pods; None is Crossplane's own default.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        package: Image,
        groups: Iterable[str],
        runtime: crossplane.DeploymentRuntimeConfig | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-provider")
        provided = frozenset(groups)
        if not provided:
            fix = "name the API groups of its managed resources"
            raise InvalidValue(f"provider {id!r}", "provides no API group", fix)
        runtime_ref = None
        if runtime is not None:
            runtime_ref = crossplane.ProviderSpecRuntimeConfigRef(name=runtime.name)
        self.resource = crossplane.Provider(
            self,
            id,
            spec=crossplane.ProviderSpec(package=package, runtime_config_ref=runtime_ref),
        )
        component_of(scope).provides(provided, by=self.resource)


class CrossplaneFunction(Construct):
    """One Function, for the pipelines of Compositions."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        package: Image,
        runtime: crossplane.DeploymentRuntimeConfig | None = None,
    ) -> None:
        super().__init__(scope, f"{id}-function")
        runtime_ref = None
        if runtime is not None:
            runtime_ref = crossplane.FunctionSpecRuntimeConfigRef(name=runtime.name)
        self.resource = crossplane.Function(
            self,
            id,
            spec=crossplane.FunctionSpec(package=package, runtime_config_ref=runtime_ref),
        )


_AGGREGATE = "rbac.crossplane.io/aggregate-to-crossplane"
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")


class AggregatedRole(Construct):
    """A ClusterRole aggregated into Crossplane's own, to compose `resources` of one API group.

    Crossplane grants itself what the kinds of its providers need; this is for all other kinds.
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
