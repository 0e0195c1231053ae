"""The phases of talos before Flux: nodes, the key of sealed Secrets, the network, Flux."""

from charts.clusters.talos.namespaces import Namespaces
from charts.infrastructure.cilium.routed import RoutedCilium
from kubestrata import Cluster
from kubestrata.constructs.bootstrap import Bootstrap, BootstrapRelease, Command, Wait
from kubestrata.constructs.talos import MachineConfiguration

_CILIUM, _FLUX = "1.16.5", "v2.7.3"
_API, _PODS = ("10.2.3.1", 6443), "10.244.0.0/16"
_REPOSITORY = "ssh://git@github.com/agentydragon/cluster.git"
_SEALING = "sealed-secrets-key"
_NODES = (
    Command(
        "Images that still lack a version, which pods could not pull",
        "grep --recursive --files-with-matches to-be-pinned --include='*.yaml' ..",
        phase="nodes",
    ),
    Command(
        "Sealed files that the key of the keyring does not open",
        "for each in ../*/*/*-sealedsecret.yaml; do kubeseal --recovery-unseal"
        " --recovery-private-key sealed-secrets.key < $each > /dev/null || echo $each; done",
        phase="nodes",
    ),
    Command(
        "Modules of Terraform that the repository lacks",
        "grep --recursive --no-filename --only-matching './terraform/.*' ../security ../tooling"
        " | while read -r each; do test -d ../../../$each || echo $each; done",
        phase="nodes",
    ),
    Command(
        "The secrets of the cluster, made once and kept outside of the repository",
        "test -f secrets.yaml || talosctl gen secrets --output-file secrets.yaml",
        phase="nodes",
    ),
    Command(
        "The access of talosctl",
        f"talosctl gen config talos-cluster https://{_API[0]}:{_API[1]}"
        " --with-secrets secrets.yaml --output-types talosconfig --output talosconfig\n"
        "export TALOSCONFIG=$PWD/talosconfig",
        phase="nodes",
    ),
    Command(
        "A key of Headscale that all nodes may use within the hour",
        "read -rs TS_AUTHKEY && export TS_AUTHKEY",
        phase="nodes",
    ),
)


def bootstrap(
    cluster: Cluster, namespaces: Namespaces, machines: MachineConfiguration
) -> Bootstrap:
    """Add Cilium, which Flux upgrades from then on, and write the phases."""
    cilium = RoutedCilium(
        cluster,
        namespace=namespaces.kube_system,
        version=_CILIUM,
        cluster_name="talos-cluster",
        api=_API,
        pods=_PODS,
    )
    return Bootstrap(
        cluster,
        machines=machines,
        releases=[BootstrapRelease(cilium, waits=[Wait("nodes")])],
        commands=[
            *_NODES,
            Command(
                "The API server answers from now on",
                "until kubectl get --raw=/readyz; do sleep 10; done",
                phase="prerequisites",
            ),
            Command(
                "The key that opens the sealed Secrets of the repository, from the keyring",
                f"kubectl --namespace kube-system create secret tls {_SEALING}"
                " --cert=sealed-secrets.crt --key=sealed-secrets.key",
                phase="prerequisites",
            ),
            Command(
                "Its controller finds it by this label",
                f"kubectl --namespace kube-system label secret {_SEALING}"
                f" sealedsecrets.bitnami.com/{_SEALING}=active",
                phase="prerequisites",
            ),
            Command("The controllers of Flux", f"flux install --version={_FLUX}"),
            Command(
                "The deploy key of the repository",
                f"flux create secret git flux-system --url={_REPOSITORY}"
                " --private-key-file=$HOME/.ssh/id_ed25519",
            ),
            Command("The sources and Kustomizations", "kubectl apply --kustomize ../flux"),
        ],
    )
