"""The phases of cloudlab before Flux: its node, Flux itself, and two Secrets."""

from kubestrata import Cluster
from kubestrata.constructs.bootstrap import Bootstrap, Command
from kubestrata.constructs.talos import MachineConfiguration

_REPOSITORY = "ssh://git@github.com/connormckinnon93/cloudlab"


def bootstrap(cluster: Cluster, machines: MachineConfiguration) -> Bootstrap:
    """Write the phases; Talos brings the network, so there are no releases."""
    return Bootstrap(
        cluster,
        machines=machines,
        commands=[
            Command("The controllers of Flux", "flux install --version=v2.7.5"),
            Command(
                "The deploy key of the repository",
                f"flux create secret git flux-system --url={_REPOSITORY}",
            ),
            Command(
                "The key of encrypted files",
                "kubectl --namespace flux-system create secret generic sops-age"
                " --from-file=age.agekey=cloudlab.agekey",
            ),
            Command("The sources and Kustomizations", "kubectl apply --kustomize ../flux"),
        ],
    )
