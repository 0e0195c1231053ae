"""The phases before Flux: nodes, namespaces, CRDs, core releases, the FluxInstance."""

from charts.clusters.monosense.namespaces import Namespaces
from charts.infrastructure.crds import CrdChart, Crds
from charts.infrastructure.flux_instance import FluxInstance
from charts.infrastructure.flux_operator import PlainFluxOperator
from kubestrata import Cluster, Component, Flux, Frozen, Quantity
from kubestrata.constructs.bootstrap import Bootstrap, BootstrapRelease, BootstrapSecret, Wait
from kubestrata.constructs.talos import ExtraManifest, MachineConfiguration, SecretUri

FLUX_OPERATOR, FLUX = "0.32.0", "2.7.2"
_LIMITS = {
    "source-controller": Quantity("1Gi"),
    "helm-controller": Quantity("1Gi"),
    "kustomize-controller": Quantity("2Gi"),
    "image-reflector-controller": Quantity("512Mi"),
    "image-automation-controller": Quantity("512Mi"),
    "notification-controller": Quantity("256Mi"),
}
_GATEWAY_API = (
    "https://github.com/kubernetes-sigs/gateway-api/releases/download/{revision}"
    "/standard-install.yaml"
)
_EXTERNAL_SECRETS = (
    "https://raw.githubusercontent.com/external-secrets/external-secrets/{revision}"
    "/deploy/crds/bundle.yaml"
)
_CONNECT_TOKEN = SecretUri("op://Infra/shared-1password/OP_CONNECT_TOKEN")


class Definitions(Frozen):
    """The components that install CRDs and nothing else."""

    gateway_api: Crds
    external_secrets: Crds
    prometheus_operator: CrdChart
    victoria_metrics_operator: CrdChart


class Core(Frozen):
    """The releases without which a cluster runs no workload and fetches no Secret."""

    cilium: Component
    coredns: Component
    cert_manager: Component
    external_secrets: Component


def bootstrap(
    cluster: Cluster,
    namespaces: Namespaces,
    definitions: Definitions,
    core: Core,
    *,
    delivery: Flux,
    machines: MachineConfiguration,
) -> Bootstrap:
    """Add the Flux Operator with its FluxInstance, and write the phases."""
    operator = PlainFluxOperator(cluster, namespace=namespaces.flux_system, version=FLUX_OPERATOR)
    flux = FluxInstance(cluster, operator=operator, delivery=delivery, version=FLUX, limits=_LIMITS)
    return Bootstrap(
        cluster,
        machines=machines,
        prerequisites=[
            namespaces.cert_manager,
            namespaces.external_secrets,
            namespaces.flux_system,
            namespaces.observability,
            BootstrapSecret(
                "onepassword-connect-token", namespaces.external_secrets, {"token": _CONNECT_TOKEN}
            ),
        ],
        crds=[
            ExtraManifest(definitions.gateway_api, _GATEWAY_API),
            ExtraManifest(definitions.external_secrets, _EXTERNAL_SECRETS),
            definitions.prometheus_operator,
            definitions.victoria_metrics_operator,
        ],
        releases=[
            # No node is ready before it has a network.
            BootstrapRelease(core.cilium, waits=[Wait("nodes")]),
            core.coredns,
            core.cert_manager,
            core.external_secrets,
            operator,
        ],
        delivery=[flux.instance],
        waits=[Wait("fluxinstance/flux", namespace=flux.instance.namespace or "")],
    )
