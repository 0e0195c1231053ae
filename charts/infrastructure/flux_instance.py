"""The FluxInstance: the controllers of Flux, and the source that they reconcile."""

from collections.abc import Mapping, Sequence

from charts.infrastructure.flux_operator import PlainFluxOperator
from kubeapis import flux_operator
from kubestrata import Cluster, Component, Flux, Quantity, Reconcile, Reference

_REGISTRY = "ghcr.io/fluxcd"
_LIMITS = "/spec/template/spec/containers/0/resources/limits"


class FluxInstance(Component):
    """The FluxInstance `flux`, by which Flux reconciles the output and then this very object.

    `limits` are the memory limits of controllers, by their name. Network policies are those of the
    cluster.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        operator: PlainFluxOperator,
        delivery: Flux,
        version: str,
        limits: Mapping[str, Quantity],
    ) -> None:
        # Deleting it would uninstall Flux.
        reconcile = Reconcile(prune=False)
        super().__init__(
            scope,
            "flux-instance",
            layer="infrastructure",
            namespace=operator.home_namespace,
            reconcile=reconcile,
        )
        self.needs(operator.release.resource.ref)
        spec = flux_operator.FluxInstanceSpec(
            distribution=flux_operator.FluxInstanceSpecDistribution(
                registry=_REGISTRY, version=version
            ),
            components=[
                "source-controller",
                "kustomize-controller",
                "helm-controller",
                "notification-controller",
                "image-reflector-controller",
                "image-automation-controller",
            ],
            cluster=flux_operator.FluxInstanceSpecCluster(
                type="kubernetes", domain="cluster.local", network_policy=False
            ),
            sync=flux_operator.FluxInstanceSpecSync(
                kind="GitRepository",
                url=delivery.repository.url,
                ref=f"refs/heads/{delivery.repository.branch}",
                path=f"{delivery.path}/{scope.name}/flux",
                interval="1m",
            ),
            kustomize=flux_operator.FluxInstanceSpecKustomize(patches=_patches(limits)),
        )
        instance = flux_operator.FluxInstance(self, "flux", spec=spec)
        self.instance: Reference = instance.ref


def _patches(
    limits: Mapping[str, Quantity],
) -> Sequence[flux_operator.FluxInstanceSpecKustomizePatches]:
    """Return a patch for each controller with a memory limit."""
    return [
        flux_operator.FluxInstanceSpecKustomizePatches(
            target=flux_operator.FluxInstanceSpecKustomizePatchesTarget(
                kind="Deployment", name=name
            ),
            patch=f"- op: add\n  path: {_LIMITS}/memory\n  value: {limit}\n",
        )
        for name, limit in sorted(limits.items())
    ]
