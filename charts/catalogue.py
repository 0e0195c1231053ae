"""Upstream components: charts, versions, and the API groups whose CRDs they install.

An entry has the version of one platform; another platform uses `ENTRY.at("1.2.3")`, and one whose
CRDs are installed by another component uses `ENTRY.without_crds()`; `crd_source.py` has these.
"""

from msgspec.structs import replace

from kubestrata import ChartRepository, Image
from kubestrata.constructs import HelmChart

_ACTIONS = ChartRepository("actions", "oci://ghcr.io/actions/actions-runner-controller-charts")
_BITNAMI = ChartRepository("bitnami", "oci://registry-1.docker.io/bitnamicharts")
_GRAFANA = ChartRepository("grafana", "https://grafana.github.io/helm-charts")
_JETSTACK = ChartRepository("jetstack", "https://charts.jetstack.io")
_PROMETHEUS_COMMUNITY = ChartRepository(
    "prometheus-community", "https://prometheus-community.github.io/helm-charts"
)
_VICTORIA_METRICS = ChartRepository(
    "victoria-metrics", "https://victoriametrics.github.io/helm-charts"
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
    repository=_JETSTACK,
    provides=frozenset({"acme.cert-manager.io", "cert-manager.io"}),
    crds="CreateReplace",
)

TRAEFIK = HelmChart(
    name="traefik",
    version="38.0.2",
    repository=ChartRepository("traefik", "https://traefik.github.io/charts"),
    # Its crds/ folder has an older Gateway API, whose admission policy rejects a downgrade.
    crds="Skip",
)

TRAEFIK_CRDS = HelmChart(
    name="traefik-crds",
    version="1.13.1",  # released with 38.0.2 of the other chart
    repository=TRAEFIK.repository,
    # Those of Hub with the value `hub`.
    provides=frozenset({"hub.traefik.io", "traefik.io"}),
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
    repository=_PROMETHEUS_COMMUNITY,
    provides=frozenset({"monitoring.coreos.com"}),
    crds="CreateReplace",
)

LOKI = HelmChart(name="loki", version="6.53.0", repository=_GRAFANA)

ALLOY = HelmChart(name="alloy", version="1.6.0", repository=_GRAFANA)

ADGUARD_HOME = HelmChart(
    name="adguard-home",
    version="0.3.25",
    repository=ChartRepository("gabe565", "https://charts.gabe565.com"),
)

UNBOUND = HelmChart(
    name="unbound",
    version="0.2.0",
    repository=ChartRepository("unbound", "https://pixelfederation.github.io/unbound"),
)

FORGEJO = HelmChart(
    name="forgejo",
    version="16.2.0",
    repository=ChartRepository("forgejo-helm", "oci://code.forgejo.org/forgejo-helm"),
)

FORGEJO_RUNNER = HelmChart(
    name="forgejo-runner",
    version="0.7.1",
    repository=ChartRepository("wrenix", "oci://codeberg.org/wrenix/helm-charts"),
)

RENOVATE = HelmChart(
    name="renovate",
    version="46.31.5",
    repository=ChartRepository("renovate", "oci://ghcr.io/renovatebot/charts"),
)

# Platform mycluster-0

# The `system` variant has Barman Cloud, which instances need to send backups.
POSTGRES_17 = Image("ghcr.io/cloudnative-pg/postgresql:17-system-trixie")
POSTGRES_18 = Image("ghcr.io/cloudnative-pg/postgresql:18-system-trixie")

PROMETHEUS_OPERATOR_CRDS = HelmChart(
    name="prometheus-operator-crds",
    version="26.0.0",
    repository=_PROMETHEUS_COMMUNITY,
    provides=frozenset({"monitoring.coreos.com"}),
)

FLUX_OPERATOR = HelmChart(
    name="flux-operator",
    version="0.38.1",
    repository=ChartRepository("flux-operator", "oci://ghcr.io/controlplaneio-fluxcd/charts"),
    provides=frozenset({"fluxcd.controlplane.io"}),
)

ATLAS_OPERATOR = HelmChart(
    name="atlas-operator",
    version="0.7.11",
    repository=ChartRepository("ariga", "oci://ghcr.io/ariga/charts"),
    provides=frozenset({"db.atlasgo.io"}),
)

AWS_LOAD_BALANCER_CONTROLLER = HelmChart(
    name="aws-load-balancer-controller",
    version="1.17.1",
    repository=ChartRepository("eks", "https://aws.github.io/eks-charts"),
    provides=frozenset({"aga.k8s.aws", "elbv2.k8s.aws", "gateway.k8s.aws"}),
    crds="CreateReplace",
)

CLOUDNATIVE_PG = HelmChart(
    name="cloudnative-pg",
    version="0.27.0",
    repository=ChartRepository("cnpg", "https://cloudnative-pg.github.io/charts"),
    provides=frozenset({"postgresql.cnpg.io"}),
)

CROSSPLANE = HelmChart(
    name="crossplane",
    version="2.1.3",
    repository=ChartRepository("crossplane", "https://charts.crossplane.io/stable"),
    # Its init container installs them, before the release becomes ready.
    provides=frozenset(
        {
            "apiextensions.crossplane.io",
            "ops.crossplane.io",
            "pkg.crossplane.io",
            "protection.crossplane.io",
        }
    ),
)

EXTERNAL_DNS = HelmChart(
    name="external-dns",
    version="1.20.0",
    repository=ChartRepository("external-dns", "https://kubernetes-sigs.github.io/external-dns/"),
    provides=frozenset({"externaldns.k8s.io"}),
    crds="CreateReplace",
)

KARPENTER = HelmChart(
    name="karpenter",
    version="1.8.2",
    repository=ChartRepository("karpenter", "oci://public.ecr.aws/karpenter"),
    provides=frozenset({"karpenter.k8s.aws", "karpenter.sh"}),
    crds="CreateReplace",
)

ONCALL = HelmChart(name="oncall", version="1.16.5", repository=_GRAFANA)

RABBITMQ = HelmChart(name="rabbitmq", version="16.0.14", repository=_BITNAMI)

VALKEY = HelmChart(name="valkey", version="3.0.31", repository=_BITNAMI)

KUBERNETES_EVENT_EXPORTER = HelmChart(
    name="kubernetes-event-exporter", version="3.6.3", repository=_BITNAMI
)

GRAFANA_OPERATOR = HelmChart(
    name="grafana-operator",
    version="5.21.4",
    repository=ChartRepository("grafana-operator", "oci://ghcr.io/grafana/helm-charts"),
    provides=frozenset({"grafana.integreatly.org"}),
)

LOGGEN = HelmChart(
    name="loggen",
    version="0.1.4",
    repository=ChartRepository("loggen", "https://smana.github.io/loggen/helm/loggen"),
)

METRICS_SERVER = HelmChart(
    name="metrics-server",
    version="3.13.0",
    repository=ChartRepository(
        "metrics-server", "https://kubernetes-sigs.github.io/metrics-server/"
    ),
)

VICTORIA_LOGS_CLUSTER = HelmChart(
    name="victoria-logs-cluster", version="0.0.25", repository=_VICTORIA_METRICS
)

VICTORIA_LOGS_SINGLE = HelmChart(
    name="victoria-logs-single", version="0.11.24", repository=_VICTORIA_METRICS
)

VICTORIA_METRICS_K8S_STACK = HelmChart(
    name="victoria-metrics-k8s-stack",
    version="0.68.0",
    repository=_VICTORIA_METRICS,
    provides=frozenset({"operator.victoriametrics.com"}),
)

VICTORIA_TRACES_SINGLE = HelmChart(
    name="victoria-traces-single", version="0.0.5", repository=_VICTORIA_METRICS
)

EXTERNAL_SECRETS = HelmChart(
    name="external-secrets",
    version="1.2.1",
    repository=ChartRepository("external-secrets", "https://charts.external-secrets.io"),
    provides=frozenset({"external-secrets.io", "generators.external-secrets.io"}),
)

KYVERNO_POLICIES = HelmChart(
    name="kyverno-policies", version="3.6.2", repository=KYVERNO.repository
)

TAILSCALE_OPERATOR = HelmChart(
    name="tailscale-operator",
    version="1.90.6",
    repository=ChartRepository("tailscale", "https://pkgs.tailscale.com/helmcharts"),
    provides=frozenset({"tailscale.com"}),
)

ZITADEL = HelmChart(
    name="zitadel",
    version="9.16.0",
    repository=ChartRepository("zitadel", "https://charts.zitadel.com"),
)

GHA_RUNNER_SCALE_SET_CONTROLLER = HelmChart(
    name="gha-runner-scale-set-controller",
    version="0.13.1",
    repository=_ACTIONS,
    provides=frozenset({"actions.github.com"}),
)

# Of the controller's version: it deletes runner sets of any other minor version.
GHA_RUNNER_SCALE_SET = HelmChart(name="gha-runner-scale-set", version="0.13.1", repository=_ACTIONS)

HARBOR = HelmChart(
    name="harbor",
    version="1.17.1",
    repository=ChartRepository("harbor", "https://helm.goharbor.io"),
)

HEADLAMP = HelmChart(
    name="headlamp",
    version="0.37.0",
    repository=ChartRepository("headlamp", "https://kubernetes-sigs.github.io/headlamp/"),
)

HOMEPAGE = HelmChart(
    name="homepage",
    version="2.1.0",
    repository=ChartRepository("jameswynn", "https://jameswynn.github.io/helm-charts"),
)

# Platform goingdark

ARGO_CD = HelmChart(
    name="argo-cd",
    version="9.1.0",
    repository=ChartRepository("argo", "https://argoproj.github.io/argo-helm"),
    provides=frozenset({"argoproj.io"}),
)

# Of the versions of the chart, the one that has version 0.5.0 of the plugin.
BARMAN_PLUGIN = HelmChart(
    name="plugin-barman-cloud",
    version="0.1.0",
    repository=CLOUDNATIVE_PG.repository,
    provides=frozenset({"barmancloud.cnpg.io"}),
)

# The operator of Cilium installs its CRDs, before the release becomes ready.
CILIUM = HelmChart(
    name="cilium",
    version="1.18.3",
    repository=ChartRepository("cilium", "https://helm.cilium.io"),
    provides=frozenset({"cilium.io"}),
)

DESCHEDULER = HelmChart(
    name="descheduler",
    version="0.34.0",
    repository=ChartRepository("descheduler", "https://kubernetes-sigs.github.io/descheduler/"),
)

DEX = HelmChart(
    name="dex",
    version="0.24.0",
    repository=ChartRepository("dex", "https://charts.dexidp.io"),
)

ECK_OPERATOR = HelmChart(
    name="eck-operator",
    version="3.2.0",
    repository=ChartRepository("elastic", "https://helm.elastic.co"),
    provides=frozenset(
        {
            "agent.k8s.elastic.co",
            "apm.k8s.elastic.co",
            "autoscaling.k8s.elastic.co",
            "beat.k8s.elastic.co",
            "elasticsearch.k8s.elastic.co",
            "enterprisesearch.k8s.elastic.co",
            "kibana.k8s.elastic.co",
            "logstash.k8s.elastic.co",
            "maps.k8s.elastic.co",
            "stackconfigpolicy.k8s.elastic.co",
        }
    ),
)

PROMETHEUS_ADAPTER = HelmChart(
    name="prometheus-adapter", version="5.2.0", repository=_PROMETHEUS_COMMUNITY
)

# Version 1.4.1 of the autoscaler.
VERTICAL_POD_AUTOSCALER = HelmChart(
    name="vpa",
    version="4.10.0",
    repository=ChartRepository("fairwinds-stable", "https://charts.fairwinds.com/stable"),
    provides=frozenset({"autoscaling.k8s.io"}),
)

# Platforms infra and apps

APP_TEMPLATE = HelmChart(
    name="app-template",
    version="4.4.0",
    repository=ChartRepository("bjw-s", "oci://ghcr.io/bjw-s-labs/helm"),
)

CLOUDNATIVE_PG_OCI = replace(
    CLOUDNATIVE_PG,
    version="0.26.1",
    repository=ChartRepository("cnpg-oci", "oci://ghcr.io/cloudnative-pg/charts"),
)

COREDNS = HelmChart(
    name="coredns",
    version="1.45.0",
    repository=ChartRepository("coredns", "oci://ghcr.io/coredns/charts"),
)

CEPH_19 = Image("quay.io/ceph/ceph:v19.2.3")

DRAGONFLY = Image("docker.dragonflydb.io/dragonflydb/dragonfly:v1.34.2")

DRAGONFLY_OPERATOR = HelmChart(
    name="dragonfly-operator",
    version="v1.3.0",
    repository=ChartRepository(
        "dragonfly-operator", "oci://ghcr.io/dragonflydb/dragonfly-operator/helm"
    ),
    provides=frozenset({"dragonflydb.io"}),
    crds="CreateReplace",
)

MINIO_CLIENT = Image("docker.io/minio/mc:RELEASE.2025-08-13T08-35-41Z")

FLUENT_BIT = HelmChart(
    name="fluent-bit",
    version="0.54.0",
    repository=ChartRepository("fluent", "oci://ghcr.io/fluent/helm-charts"),
)

MIRRORED_CILIUM = replace(
    CILIUM,
    repository=ChartRepository("home-operations", "oci://ghcr.io/home-operations/charts-mirror"),
)

MIRRORED_EXTERNAL_SECRETS = replace(
    EXTERNAL_SECRETS,
    version="0.20.4",
    repository=ChartRepository("external-secrets-oci", "oci://ghcr.io/external-secrets/charts"),
)

OPENEBS = HelmChart(
    name="openebs",
    version="4.3.3",
    repository=ChartRepository("openebs", "https://openebs.github.io/openebs"),
)

# Of the images without a variant, which have Barman Cloud.
POSTGRES_16 = Image("ghcr.io/cloudnative-pg/postgresql:16.8")

ROOK_CEPH = HelmChart(
    name="rook-ceph",
    version="v1.18.6",
    repository=ChartRepository("rook-release", "https://charts.rook.io/release"),
    provides=frozenset({"ceph.rook.io", "csi.ceph.io", "objectbucket.io"}),
)

OCI_RELOADER = HelmChart(
    name="reloader",
    version="2.2.5",
    repository=ChartRepository("stakater", "oci://ghcr.io/stakater/charts"),
)

SPEGEL = HelmChart(
    name="spegel",
    version="0.4.0",
    repository=ChartRepository("spegel", "oci://ghcr.io/spegel-org/helm-charts"),
)

STRIMZI = HelmChart(
    name="strimzi-kafka-operator",
    version="0.48.0",
    repository=ChartRepository("strimzi", "oci://quay.io/strimzi-helm"),
    provides=frozenset({"core.strimzi.io", "kafka.strimzi.io"}),
    crds="CreateReplace",
)

_VICTORIA_METRICS_OCI = ChartRepository(
    "victoria-metrics-oci", "oci://ghcr.io/victoriametrics/helm-charts"
)

CENTRAL_LOGS = replace(VICTORIA_LOGS_SINGLE, version="0.11.12", repository=_VICTORIA_METRICS_OCI)

# Its operator is v0.63.0.
CENTRAL_METRICS = replace(
    VICTORIA_METRICS_K8S_STACK, version="0.61.11", repository=_VICTORIA_METRICS_OCI
)

# The CRDs of operator v0.63, which the stack runs: 0.6.0 has those of v0.64.
VICTORIA_METRICS_OPERATOR_CRDS = HelmChart(
    name="victoria-metrics-operator-crds",
    version="0.5.1",
    repository=_VICTORIA_METRICS_OCI,
    provides=frozenset({"operator.victoriametrics.com"}),
)

KEYCLOAK = Image("quay.io/keycloak/keycloak:26.4.5")
KEYCLOAK_OPERATOR = Image("quay.io/keycloak/keycloak-operator:26.4.5")

_GITLAB = ChartRepository("gitlab", "https://charts.gitlab.io/")
GITLAB = HelmChart(name="gitlab", version="9.5.1", repository=_GITLAB)
GITLAB_RUNNER = HelmChart(name="gitlab-runner", version="0.70.0", repository=_GITLAB)
GITLAB_RUNNER_HELPER = Image(
    "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v18.5.1"
)

ACTIONS_RUNNER = Image("ghcr.io/actions/actions-runner:2.329.0")
BUSYBOX = Image("busybox:1.36")
DOCKER_ROOTLESS = Image("docker:28.5.2-dind-rootless")

# Platform talos

AUTHENTIK = HelmChart(
    name="authentik",
    version="2025.10.1",
    repository=ChartRepository("authentik", "https://charts.goauthentik.io"),
)

INGRESS_NGINX = HelmChart(
    name="ingress-nginx",
    version="4.11.3",
    repository=ChartRepository("ingress-nginx", "https://kubernetes.github.io/ingress-nginx"),
)

MARIADB = HelmChart(name="mariadb", version="23.2.4", repository=_BITNAMI)

METALLB = HelmChart(
    name="metallb",
    version="0.15.2",
    repository=ChartRepository("metallb", "https://metallb.github.io/metallb"),
    provides=frozenset({"metallb.io"}),
)

PDNS_WEBHOOK = HelmChart(
    name="cert-manager-webhook-pdns",
    version="3.2.3",
    repository=ChartRepository(
        "cert-manager-webhook-pdns", "https://zachomedia.github.io/cert-manager-webhook-pdns"
    ),
)

POWERDNS_OPERATOR = HelmChart(
    name="powerdns-operator",
    version="0.6.0",
    repository=ChartRepository(
        "powerdns-operator",
        "https://powerdns-operator.github.io/PowerDNS-Operator-helm-chart",
    ),
    provides=frozenset({"dns.cav.enablers.ob"}),
    crds="CreateReplace",
)

PROXMOX_CSI = HelmChart(
    name="proxmox-csi-plugin",
    version="0.2.11",
    repository=ChartRepository("sergelogvinov", "oci://ghcr.io/sergelogvinov/charts"),
)

REFLECTOR = HelmChart(
    name="reflector",
    version="7.1.288",
    repository=ChartRepository("emberstack", "https://emberstack.github.io/helm-charts"),
)

RELOADER = HelmChart(
    name="reloader",
    version="1.2.1",
    repository=ChartRepository("stakater", "https://stakater.github.io/stakater-charts"),
)

SEALED_SECRETS = HelmChart(
    name="sealed-secrets",
    version="2.16.2",
    repository=ChartRepository("sealed-secrets", "https://bitnami-labs.github.io/sealed-secrets"),
    provides=frozenset({"bitnami.com"}),
    crds="CreateReplace",
)

TOFU_CONTROLLER = HelmChart(
    name="tf-controller",
    version="0.15.1",
    repository=ChartRepository("tofu-controller", "https://flux-iac.github.io/tofu-controller"),
    provides=frozenset({"infra.contrib.fluxcd.io"}),
    crds="CreateReplace",
)

TRUST_MANAGER = HelmChart(
    name="trust-manager",
    version="v0.14.0",
    repository=_JETSTACK,
    provides=frozenset({"trust.cert-manager.io"}),
)

VAULT_OPERATOR = HelmChart(
    name="vault-operator",
    version="1.23.0",
    repository=ChartRepository("bank-vaults", "oci://ghcr.io/bank-vaults/helm-charts"),
    provides=frozenset({"vault.banzaicloud.com"}),
    crds="CreateReplace",
)

# Applications of talos

GITEA = HelmChart(
    name="gitea",
    version="12.4.0",
    repository=ChartRepository("gitea", "https://dl.gitea.com/charts/"),
)

KAGENT = HelmChart(
    name="kagent",
    # The newest release that the chart of the repository's main branch follows.
    version="0.7.7",
    repository=ChartRepository("kagent", "oci://ghcr.io/kagent-dev/kagent/helm"),
)

KAGENT_CRDS = HelmChart(
    name="kagent-crds",
    version="0.7.7",
    repository=ChartRepository("kagent", "oci://ghcr.io/kagent-dev/kagent/helm"),
    provides=frozenset({"kagent.dev"}),
)

LOKI_STACK = HelmChart(name="loki-stack", version="2.10.2", repository=_GRAFANA)

MATRIX_SYNAPSE = HelmChart(
    name="matrix-synapse",
    version="3.12.17",
    repository=ChartRepository("ananace-charts", "https://ananace.gitlab.io/charts"),
)

POSTGRESQL = HelmChart(name="postgresql", version="18.1.13", repository=_BITNAMI)
