"""The platform's own API: its kinds, what composes them, and what Crossplane may do for that."""

from collections.abc import Sequence

from kubestrata import Cluster, Component
from kubestrata.constructs.cloud import AggregatedRole, AwsEnvironment
from kubestrata.constructs.platform_api import (
    CompositionFunctions,
    PlatformApi,
    PlatformDefinition,
)


class CrossplaneConfiguration(Component):
    """A definition and a composition for each kind of the cluster's PlatformApi.

    Beside them the EnvironmentConfig that compositions read, and a ClusterRole for each API group
    whose objects they make.
    """

    def __init__(self, scope: Cluster, *, functions: CompositionFunctions) -> None:
        super().__init__(scope, "crossplane-configuration", layer="infrastructure")
        api = scope.ask(PlatformApi)
        environment = AwsEnvironment(self, f"eks-{scope.name}", more={"domain": scope.domain})
        for kind in api.kinds:
            PlatformDefinition(
                self,
                kind.plural,
                api=api,
                kind=kind,
                environment=environment.resource.ref,
                functions=functions,
            )
        for name, group, resources in _COMPOSED:
            AggregatedRole(self, f"compose-{name}", group=group, resources=resources)


_COMPOSED: Sequence[tuple[str, str, Sequence[str]]] = ()
