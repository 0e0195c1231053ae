"""Every upstream component: its chart, its version, and the API groups whose CRDs it brings."""

from kubestrata import ChartRepository, RemoteManifests
from kubestrata.constructs import HelmChart

_GRAFANA = ChartRepository("grafana", "https://grafana.github.io/helm-charts")

GATEWAY_API = RemoteManifests(
    url="https://github.com/kubernetes-sigs/gateway-api",
    commit="8bb74df00e56ec8f944d48c25e6c1c9c2f6848e3",  # v1.6.1
    path="config/crd",
    groups=frozenset({"gateway.networking.k8s.io"}),
)

NFS_PROVISIONER = HelmChart(
    name="nfs-subdir-external-provisioner",
    version="4.0.18",
    repository=ChartRepository(
        "nfs-subdir-external-provisioner",
        "https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner/",
    ),
)

CERT_MANAGER = HelmChart(
    name="cert-manager",
    version="v1.19.3",
    repository=ChartRepository("jetstack", "https://charts.jetstack.io"),
    provides=frozenset({"acme.cert-manager.io", "cert-manager.io"}),
    crds="CreateReplace",
)

TRAEFIK = HelmChart(
    name="traefik",
    version="38.0.2",
    repository=ChartRepository("traefik", "https://traefik.github.io/charts"),
    # Its crds/ folder holds an older Gateway API, whose admission policy refuses a downgrade.
    crds="Skip",
)

KYVERNO = HelmChart(
    name="kyverno",
    version="3.7.1",
    repository=ChartRepository("kyverno", "https://kyverno.github.io/kyverno/"),
    provides=frozenset(
        {"kyverno.io", "policies.kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io"}
    ),
)

KUBE_PROMETHEUS_STACK = HelmChart(
    name="kube-prometheus-stack",
    version="82.2.1",
    repository=ChartRepository(
        "prometheus-community", "https://prometheus-community.github.io/helm-charts"
    ),
    provides=frozenset({"monitoring.coreos.com"}),
    crds="CreateReplace",
)

LOKI = HelmChart(name="loki", version="6.53.0", repository=_GRAFANA)

ALLOY = HelmChart(name="alloy", version="1.6.0", repository=_GRAFANA)
