"""Crossplane, for cloud resources and the platform's own API."""

from charts import catalogue
from charts.resource_request import resources
from charts.security_context import restricted_pod
from kubestrata import Cluster, JsonObject, Reference
from kubestrata.constructs import Flow, HelmComponent, Pods
from kubestrata.constructs.observability import Scrape

# Packages are OCI images: the registry redirects to hosts of GitHub.
_REGISTRY = ("xpkg.crossplane.io", "ghcr.io", "pkg-containers.githubusercontent.com")
_WEBHOOKS = 9443
FUNCTION_PORT = 9443
PACKAGES = {"app.kubernetes.io/part-of": "crossplane-packages"}
"""Label of all pods that Crossplane runs for packages."""


class Crossplane(HelmComponent):
    """The controller and its RBAC manager; packages are a separate component."""

    def __init__(self, scope: Cluster, *, namespace: Reference) -> None:
        packages = Pods("crossplane-packages", namespace.object_name, PACKAGES)
        super().__init__(
            scope,
            "crossplane",
            layer="infrastructure",
            namespace=namespace,
            chart=catalogue.CROSSPLANE,
            values=_VALUES,
            flows=[
                Flow.to_kubernetes_api(),
                Flow.from_kubernetes_api(_WEBHOOKS),
                Flow.to_hosts(*_REGISTRY),
                Flow.to_pods(packages, FUNCTION_PORT),
            ],
        )
        # Only the controller calls functions; the RBAC manager has the same instance label.
        self.controller = Pods("crossplane", namespace.object_name, {"app": "crossplane"})
        Scrape(self, "crossplane", pods=self.controller, port="metrics")


_POD = restricted_pod()
_CONTAINER: JsonObject = {
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "runAsGroup": 65532,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
_VALUES: JsonObject = {
    "resourcesCrossplane": resources("100m", "1Gi", "1Gi"),
    "resourcesRBACManager": resources("50m", "512Mi", "512Mi"),
    "podSecurityContextCrossplane": _POD,
    "podSecurityContextRBACManager": _POD,
    "securityContextCrossplane": _CONTAINER,
    "securityContextRBACManager": _CONTAINER,
    "metrics": {"enabled": True},
}
