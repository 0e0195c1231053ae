"""CRDs that outlive the charts of their controllers, in their upstream repositories."""

from msgspec.structs import replace

from charts import catalogue
from kubestrata import RemoteManifests

ACTIONS_RUNNER_CONTROLLER = RemoteManifests(
    url="https://github.com/actions/actions-runner-controller",
    tag="gha-runner-scale-set-0.13.1",
    path="config/crd/bases",
    groups=frozenset({"actions.github.com", "actions.summerwind.dev"}),
)

CLOUDNATIVE_PG = RemoteManifests(
    url="https://github.com/cloudnative-pg/cloudnative-pg",
    tag="v1.28.0",
    path="config/crd/bases",
    groups=frozenset({"postgresql.cnpg.io"}),
)

EXTERNAL_SECRETS = RemoteManifests(
    url="https://github.com/external-secrets/external-secrets",
    tag="v1.2.1",
    path="deploy/crds",
    groups=frozenset({"external-secrets.io", "generators.external-secrets.io"}),
)
EXTERNAL_SECRETS_0_20 = replace(EXTERNAL_SECRETS, tag="v0.20.4")  # of the controllers

# Both have HTTPRoutes; the experimental channel alone has TLSRoutes, TCPRoutes and UDPRoutes.
GATEWAY_API = RemoteManifests(
    url="https://github.com/kubernetes-sigs/gateway-api",
    tag="v1.4.0",
    path="config/crd/standard",
    groups=frozenset({"gateway.networking.k8s.io"}),
)
GATEWAY_API_EXPERIMENTAL = replace(GATEWAY_API, tag="v1.4.1", path="config/crd/experimental")
# Cilium reads TLSRoutes, kube-state-metrics TCPRoutes and UDPRoutes.
GATEWAY_API_EXPERIMENTAL_1_3 = replace(
    GATEWAY_API_EXPERIMENTAL,
    tag="v1.3.0",
    groups=GATEWAY_API.groups | {"gateway.networking.x-k8s.io"},
)
# v1.4.1: Traefik 3.6 implements 1.4.
GATEWAY_API_OF_TRAEFIK = replace(
    GATEWAY_API, tag=None, commit="062b039bc61f68334198240553a4ac9053074a7d", path="config/crd"
)

GRAFANA_OPERATOR = RemoteManifests(
    url="https://github.com/grafana/grafana-operator",
    tag="v5.21.4",
    path="config/crd/bases",
    groups=frozenset({"grafana.integreatly.org"}),
)

# The folder has the operator, too.
KEYCLOAK = RemoteManifests(
    url="https://github.com/keycloak/keycloak-k8s-resources",
    tag="26.4.5",
    path="kubernetes",
    files=("keycloakrealmimports.k8s.keycloak.org-v1.yml", "keycloaks.k8s.keycloak.org-v1.yml"),
    groups=frozenset({"k8s.keycloak.org"}),
)

KYVERNO = RemoteManifests(
    url="https://github.com/kyverno/kyverno",
    tag="v1.16.2",  # what chart 3.6.2 installs
    path="config/crds",
    groups=catalogue.KYVERNO.provides,
)

TAILSCALE_OPERATOR = RemoteManifests(
    url="https://github.com/tailscale/tailscale",
    tag="v1.90.6",
    path="cmd/k8s-operator/deploy/crds",
    groups=frozenset({"tailscale.com"}),
)

VICTORIA_METRICS_OPERATOR = RemoteManifests(
    url="https://github.com/VictoriaMetrics/operator",
    tag="v0.66.1",  # of the operator that chart victoria-metrics-k8s-stack 0.68.0 locks
    path="config/crd/overlay",
    groups=frozenset({"operator.victoriametrics.com"}),
)
