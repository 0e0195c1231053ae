"""The policy engine of cloudlab, and the verification of images."""

from charts.resource_request import resources
from charts.security.kyverno import ControllerResources, Generated, Kyverno
from charts.security.verify_images import VerifyImages
from kubestrata import Cluster, Frozen, Namespace

# Images of these are not verified: of Kubernetes itself, and of the engine that verifies.
_UNVERIFIED = ("kube-system", "kyverno")
# The node has 16 GiB of memory.
_KYVERNO = ControllerResources(
    admission=resources("50m", "128Mi", "384Mi"),
    background=resources("25m", "64Mi", "256Mi"),
    cleanup=resources("25m", "64Mi", "128Mi"),
    reports=resources("25m", "64Mi", "256Mi"),
)


class Policies(Frozen):
    """The engine, and the policy of images."""

    kyverno: Kyverno
    verify_images: VerifyImages


def enforce(cluster: Cluster) -> Policies:
    """Add the engine, which may create Middlewares, and the policy."""
    kyverno = Kyverno(
        cluster,
        namespace=Namespace("kyverno", pod_security="restricted"),
        resources=_KYVERNO,
        generates=[Generated("traefik.io", "middlewares")],
    )
    # In effect the controllers of Flux; Kyverno's own images only in reports.
    verify_images = VerifyImages(
        cluster,
        images=["ghcr.io/fluxcd/*", "reg.kyverno.io/kyverno/*"],
        excluded_namespaces=_UNVERIFIED,
    )
    return Policies(kyverno, verify_images)
