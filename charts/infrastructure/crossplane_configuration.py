"""The platform's own API: definitions, compositions, and RBAC for Crossplane."""

from collections.abc import Mapping, Sequence

from kubestrata import Cluster, Component
from kubestrata.constructs.cloud import AggregatedRole, AwsEnvironment
from kubestrata.constructs.platform_api import (
    CompositionFunctions,
    PlatformApi,
    PlatformDefinition,
    app_environment,
    sql_environment,
)


class CrossplaneConfiguration(Component):
    """A definition and a composition for each kind of the cluster's PlatformApi.

    Also the EnvironmentConfig that compositions read, with the gateways and the secret store that
    the cluster has so far, and a ClusterRole for each API group of composed objects without a
    provider.
    """

    def __init__(self, scope: Cluster, *, functions: CompositionFunctions) -> None:
        super().__init__(scope, "crossplane-configuration", layer="infrastructure")
        api = scope.ask(PlatformApi)
        facts = {
            **sql_environment(scope),
            **app_environment(scope),
            "environment": scope.placeholder("environment"),
        }
        environment = AwsEnvironment(self, f"eks-{scope.name}", more=facts)
        for kind in api.kinds:
            PlatformDefinition(
                self,
                kind.plural,
                api=api,
                kind=kind,
                environment=environment.resource.ref,
                functions=functions,
            )
        for group, resources in _COMPOSED.items():
            name = f"crossplane-composes-{group or 'core'}"
            AggregatedRole(self, name, group=group, resources=resources)


# Composed objects without a provider: group -> plurals.
_COMPOSED: Mapping[str, Sequence[str]] = {
    "": ("configmaps", "serviceaccounts", "services"),
    "apps": ("deployments",),
    "barmancloud.cnpg.io": ("objectstores",),
    "autoscaling": ("horizontalpodautoscalers",),
    "db.atlasgo.io": ("atlasmigrations",),
    "external-secrets.io": ("externalsecrets",),
    "gateway.networking.k8s.io": ("httproutes",),
    "kustomize.toolkit.fluxcd.io": ("kustomizations",),
    "policy": ("poddisruptionbudgets",),
    "postgresql.cnpg.io": ("clusters", "databases", "poolers", "scheduledbackups"),
    "source.toolkit.fluxcd.io": ("gitrepositories",),
}
