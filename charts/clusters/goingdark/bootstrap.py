"""The phases of goingdark before Argo CD delivers: first Secrets, and Argo CD itself."""

from charts.clusters.goingdark.namespaces import Namespaces
from charts.infrastructure.argo_cd import ArgoCdControllers
from kubestrata import Cluster
from kubestrata.constructs.bootstrap import Bootstrap, Command

_CREATE = "kubectl --namespace {namespace} create secret generic {name}"


def bootstrap(cluster: Cluster, namespaces: Namespaces, argo: ArgoCdControllers) -> Bootstrap:
    """Write the phases; OpenTofu makes the nodes and installs the network."""
    return Bootstrap(
        cluster,
        prerequisites=[namespaces.argocd, namespaces.external_secrets],
        releases=[argo],
        commands=[
            Command(
                "The server of Argo CD exits without it, and fills it in",
                _CREATE.format(namespace="argocd", name="argocd-secret"),
                phase="prerequisites",
            ),
            Command(
                "Argo CD finds it by this label",
                "kubectl --namespace argocd label secret argocd-secret"
                " app.kubernetes.io/part-of=argocd",
                phase="prerequisites",
            ),
            Command(
                "The token of Bitwarden, in the file `token`",
                _CREATE.format(namespace="external-secrets", name="bitwarden-access-token")
                + " --from-file=token",
                phase="prerequisites",
            ),
            Command("The Applications", "kubectl apply --kustomize ../argocd"),
        ],
    )
