"""Charts of upstream projects: versions, and the API groups whose CRDs they install.

An entry has the version of one platform; another platform uses `ENTRY.at("1.2.3")`, and one whose
CRDs are installed by another component uses `ENTRY.without_crds()`; `crd_source.py` has these.
Images without a chart are in `container_image.py`.
"""

from msgspec.structs import replace

from kubestrata import ChartRepository
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

_NFS_PROVISIONER = ChartRepository(
    "nfs-subdir-external-provisioner",
    "https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner/",
)
NFS_PROVISIONER = HelmChart("nfs-subdir-external-provisioner", "4.0.18", _NFS_PROVISIONER)

CERT_MANAGER = HelmChart(
    "cert-manager",
    "v1.19.3",
    _JETSTACK,
    provides=frozenset({"acme.cert-manager.io", "cert-manager.io"}),
    crds="CreateReplace",
)

_TRAEFIK = ChartRepository("traefik", "https://traefik.github.io/charts")
TRAEFIK = HelmChart(
    "traefik",
    "38.0.2",
    _TRAEFIK,
    # Its crds/ folder has an older Gateway API, whose admission policy rejects a downgrade.
    crds="Skip",
)

TRAEFIK_CRDS = HelmChart(
    "traefik-crds",
    "1.13.1",  # released with 38.0.2 of the other chart
    _TRAEFIK,
    # Those of Hub with the value `hub`.
    provides=frozenset({"hub.traefik.io", "traefik.io"}),
)

_KYVERNO = ChartRepository("kyverno", "https://kyverno.github.io/kyverno/")
KYVERNO = HelmChart(
    "kyverno",
    "3.7.1",
    _KYVERNO,
    provides=frozenset(
        {"kyverno.io", "policies.kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io"}
    ),
)

KUBE_PROMETHEUS_STACK = HelmChart(
    "kube-prometheus-stack",
    "82.2.1",
    _PROMETHEUS_COMMUNITY,
    provides=frozenset({"monitoring.coreos.com"}),
    crds="CreateReplace",
)

LOKI = HelmChart("loki", "6.53.0", _GRAFANA)

ALLOY = HelmChart("alloy", "1.6.0", _GRAFANA)

_ADGUARD_HOME = ChartRepository("gabe565", "https://charts.gabe565.com")
ADGUARD_HOME = HelmChart("adguard-home", "0.3.25", _ADGUARD_HOME)

_UNBOUND = ChartRepository("unbound", "https://pixelfederation.github.io/unbound")
UNBOUND = HelmChart("unbound", "0.2.0", _UNBOUND)

_FORGEJO = ChartRepository("forgejo-helm", "oci://code.forgejo.org/forgejo-helm")
FORGEJO = HelmChart("forgejo", "16.2.0", _FORGEJO)

_FORGEJO_RUNNER = ChartRepository("wrenix", "oci://codeberg.org/wrenix/helm-charts")
FORGEJO_RUNNER = HelmChart("forgejo-runner", "0.7.1", _FORGEJO_RUNNER)

_RENOVATE = ChartRepository("renovate", "oci://ghcr.io/renovatebot/charts")
RENOVATE = HelmChart("renovate", "46.31.5", _RENOVATE)

# Platform mycluster-0

PROMETHEUS_OPERATOR_CRDS = HelmChart(
    "prometheus-operator-crds",
    "26.0.0",
    _PROMETHEUS_COMMUNITY,
    provides=frozenset({"monitoring.coreos.com"}),
)

_FLUX_OPERATOR = ChartRepository("flux-operator", "oci://ghcr.io/controlplaneio-fluxcd/charts")
FLUX_OPERATOR = HelmChart(
    "flux-operator", "0.38.1", _FLUX_OPERATOR, provides=frozenset({"fluxcd.controlplane.io"})
)

_ATLAS_OPERATOR = ChartRepository("ariga", "oci://ghcr.io/ariga/charts")
ATLAS_OPERATOR = HelmChart(
    "atlas-operator", "0.7.11", _ATLAS_OPERATOR, provides=frozenset({"db.atlasgo.io"})
)

_AWS_LOAD_BALANCER_CONTROLLER = ChartRepository("eks", "https://aws.github.io/eks-charts")
AWS_LOAD_BALANCER_CONTROLLER = HelmChart(
    "aws-load-balancer-controller",
    "1.17.1",
    _AWS_LOAD_BALANCER_CONTROLLER,
    provides=frozenset({"aga.k8s.aws", "elbv2.k8s.aws", "gateway.k8s.aws"}),
    crds="CreateReplace",
)

_CLOUDNATIVE_PG = ChartRepository("cnpg", "https://cloudnative-pg.github.io/charts")
CLOUDNATIVE_PG = HelmChart(
    "cloudnative-pg", "0.27.0", _CLOUDNATIVE_PG, provides=frozenset({"postgresql.cnpg.io"})
)

_CROSSPLANE = ChartRepository("crossplane", "https://charts.crossplane.io/stable")
CROSSPLANE = HelmChart(
    "crossplane",
    "2.1.3",
    _CROSSPLANE,
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

_EXTERNAL_DNS = ChartRepository("external-dns", "https://kubernetes-sigs.github.io/external-dns/")
EXTERNAL_DNS = HelmChart(
    "external-dns",
    "1.20.0",
    _EXTERNAL_DNS,
    provides=frozenset({"externaldns.k8s.io"}),
    crds="CreateReplace",
)

_KARPENTER = ChartRepository("karpenter", "oci://public.ecr.aws/karpenter")
KARPENTER = HelmChart(
    "karpenter",
    "1.8.2",
    _KARPENTER,
    provides=frozenset({"karpenter.k8s.aws", "karpenter.sh"}),
    crds="CreateReplace",
)

ONCALL = HelmChart("oncall", "1.16.5", _GRAFANA)

RABBITMQ = HelmChart("rabbitmq", "16.0.14", _BITNAMI)

VALKEY = HelmChart("valkey", "3.0.31", _BITNAMI)

KUBERNETES_EVENT_EXPORTER = HelmChart("kubernetes-event-exporter", "3.6.3", _BITNAMI)

_GRAFANA_OPERATOR = ChartRepository("grafana-operator", "oci://ghcr.io/grafana/helm-charts")
GRAFANA_OPERATOR = HelmChart(
    "grafana-operator", "5.21.4", _GRAFANA_OPERATOR, provides=frozenset({"grafana.integreatly.org"})
)

_LOGGEN = ChartRepository("loggen", "https://smana.github.io/loggen/helm/loggen")
LOGGEN = HelmChart("loggen", "0.1.4", _LOGGEN)

_METRICS_SERVER = ChartRepository(
    "metrics-server", "https://kubernetes-sigs.github.io/metrics-server/"
)
METRICS_SERVER = HelmChart("metrics-server", "3.13.0", _METRICS_SERVER)

VICTORIA_LOGS_CLUSTER = HelmChart("victoria-logs-cluster", "0.0.25", _VICTORIA_METRICS)

VICTORIA_LOGS_SINGLE = HelmChart("victoria-logs-single", "0.11.24", _VICTORIA_METRICS)

VICTORIA_METRICS_K8S_STACK = HelmChart(
    "victoria-metrics-k8s-stack",
    "0.68.0",
    _VICTORIA_METRICS,
    provides=frozenset({"operator.victoriametrics.com"}),
)

VICTORIA_TRACES_SINGLE = HelmChart("victoria-traces-single", "0.0.5", _VICTORIA_METRICS)

_EXTERNAL_SECRETS = ChartRepository("external-secrets", "https://charts.external-secrets.io")
EXTERNAL_SECRETS = HelmChart(
    "external-secrets",
    "1.2.1",
    _EXTERNAL_SECRETS,
    provides=frozenset({"external-secrets.io", "generators.external-secrets.io"}),
)

KYVERNO_POLICIES = HelmChart("kyverno-policies", "3.6.2", _KYVERNO)

_TAILSCALE_OPERATOR = ChartRepository("tailscale", "https://pkgs.tailscale.com/helmcharts")
TAILSCALE_OPERATOR = HelmChart(
    "tailscale-operator", "1.90.6", _TAILSCALE_OPERATOR, provides=frozenset({"tailscale.com"})
)

_ZITADEL = ChartRepository("zitadel", "https://charts.zitadel.com")
ZITADEL = HelmChart("zitadel", "9.16.0", _ZITADEL)

GHA_RUNNER_SCALE_SET_CONTROLLER = HelmChart(
    "gha-runner-scale-set-controller",
    "0.13.1",
    _ACTIONS,
    provides=frozenset({"actions.github.com"}),
)

# Of the controller's version: it deletes runner sets of any other minor version.
GHA_RUNNER_SCALE_SET = HelmChart("gha-runner-scale-set", "0.13.1", _ACTIONS)

_HARBOR = ChartRepository("harbor", "https://helm.goharbor.io")
HARBOR = HelmChart("harbor", "1.17.1", _HARBOR)

_HEADLAMP = ChartRepository("headlamp", "https://kubernetes-sigs.github.io/headlamp/")
HEADLAMP = HelmChart("headlamp", "0.37.0", _HEADLAMP)

_HOMEPAGE = ChartRepository("jameswynn", "https://jameswynn.github.io/helm-charts")
HOMEPAGE = HelmChart("homepage", "2.1.0", _HOMEPAGE)

# Platform goingdark

_ARGO_CD = ChartRepository("argo", "https://argoproj.github.io/argo-helm")
ARGO_CD = HelmChart("argo-cd", "9.1.0", _ARGO_CD, provides=frozenset({"argoproj.io"}))

# Of the versions of the chart, the one that has version 0.5.0 of the plugin.
BARMAN_PLUGIN = HelmChart(
    "plugin-barman-cloud",
    "0.1.0",
    _CLOUDNATIVE_PG,
    provides=frozenset({"barmancloud.cnpg.io"}),
)

# The operator of Cilium installs its CRDs, before the release becomes ready.
_CILIUM = ChartRepository("cilium", "https://helm.cilium.io")
CILIUM = HelmChart("cilium", "1.18.3", _CILIUM, provides=frozenset({"cilium.io"}))

_DESCHEDULER = ChartRepository("descheduler", "https://kubernetes-sigs.github.io/descheduler/")
DESCHEDULER = HelmChart("descheduler", "0.34.0", _DESCHEDULER)

_DEX = ChartRepository("dex", "https://charts.dexidp.io")
DEX = HelmChart("dex", "0.24.0", _DEX)

_ECK_OPERATOR = ChartRepository("elastic", "https://helm.elastic.co")
ECK_OPERATOR = HelmChart(
    "eck-operator",
    "3.2.0",
    _ECK_OPERATOR,
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

PROMETHEUS_ADAPTER = HelmChart("prometheus-adapter", "5.2.0", _PROMETHEUS_COMMUNITY)

# Version 1.4.1 of the autoscaler.
_VERTICAL_POD_AUTOSCALER = ChartRepository(
    "fairwinds-stable", "https://charts.fairwinds.com/stable"
)
VERTICAL_POD_AUTOSCALER = HelmChart(
    "vpa", "4.10.0", _VERTICAL_POD_AUTOSCALER, provides=frozenset({"autoscaling.k8s.io"})
)

# Platforms infra and apps

_APP_TEMPLATE = ChartRepository("bjw-s", "oci://ghcr.io/bjw-s-labs/helm")
APP_TEMPLATE = HelmChart("app-template", "4.4.0", _APP_TEMPLATE)

CLOUDNATIVE_PG_OCI = replace(
    CLOUDNATIVE_PG,
    version="0.26.1",
    repository=ChartRepository("cnpg-oci", "oci://ghcr.io/cloudnative-pg/charts"),
)

_COREDNS = ChartRepository("coredns", "oci://ghcr.io/coredns/charts")
COREDNS = HelmChart("coredns", "1.45.0", _COREDNS)

_DRAGONFLY_OPERATOR = ChartRepository(
    "dragonfly-operator", "oci://ghcr.io/dragonflydb/dragonfly-operator/helm"
)
DRAGONFLY_OPERATOR = HelmChart(
    "dragonfly-operator",
    "v1.3.0",
    _DRAGONFLY_OPERATOR,
    provides=frozenset({"dragonflydb.io"}),
    crds="CreateReplace",
)

_FLUENT_BIT = ChartRepository("fluent", "oci://ghcr.io/fluent/helm-charts")
FLUENT_BIT = HelmChart("fluent-bit", "0.54.0", _FLUENT_BIT)

MIRRORED_CILIUM = replace(
    CILIUM,
    repository=ChartRepository("home-operations", "oci://ghcr.io/home-operations/charts-mirror"),
)

MIRRORED_EXTERNAL_SECRETS = replace(
    EXTERNAL_SECRETS,
    version="0.20.4",
    repository=ChartRepository("external-secrets-oci", "oci://ghcr.io/external-secrets/charts"),
)

_OPENEBS = ChartRepository("openebs", "https://openebs.github.io/openebs")
OPENEBS = HelmChart("openebs", "4.3.3", _OPENEBS)

_ROOK_CEPH = ChartRepository("rook-release", "https://charts.rook.io/release")
ROOK_CEPH = HelmChart(
    "rook-ceph",
    "v1.18.6",
    _ROOK_CEPH,
    provides=frozenset({"ceph.rook.io", "csi.ceph.io", "objectbucket.io"}),
)

_OCI_RELOADER = ChartRepository("stakater", "oci://ghcr.io/stakater/charts")
OCI_RELOADER = HelmChart("reloader", "2.2.5", _OCI_RELOADER)

_SPEGEL = ChartRepository("spegel", "oci://ghcr.io/spegel-org/helm-charts")
SPEGEL = HelmChart("spegel", "0.4.0", _SPEGEL)

_STRIMZI = ChartRepository("strimzi", "oci://quay.io/strimzi-helm")
STRIMZI = HelmChart(
    "strimzi-kafka-operator",
    "0.48.0",
    _STRIMZI,
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
    "victoria-metrics-operator-crds",
    "0.5.1",
    _VICTORIA_METRICS_OCI,
    provides=frozenset({"operator.victoriametrics.com"}),
)

_GITLAB = ChartRepository("gitlab", "https://charts.gitlab.io/")
GITLAB = HelmChart("gitlab", "9.5.1", _GITLAB)
GITLAB_RUNNER = HelmChart("gitlab-runner", "0.70.0", _GITLAB)

# Platform talos

_AUTHENTIK = ChartRepository("authentik", "https://charts.goauthentik.io")
AUTHENTIK = HelmChart("authentik", "2025.10.1", _AUTHENTIK)

_INGRESS_NGINX = ChartRepository("ingress-nginx", "https://kubernetes.github.io/ingress-nginx")
INGRESS_NGINX = HelmChart("ingress-nginx", "4.11.3", _INGRESS_NGINX)

MARIADB = HelmChart("mariadb", "23.2.4", _BITNAMI)

_METALLB = ChartRepository("metallb", "https://metallb.github.io/metallb")
METALLB = HelmChart("metallb", "0.15.2", _METALLB, provides=frozenset({"metallb.io"}))

_PDNS_WEBHOOK = ChartRepository(
    "cert-manager-webhook-pdns", "https://zachomedia.github.io/cert-manager-webhook-pdns"
)
PDNS_WEBHOOK = HelmChart("cert-manager-webhook-pdns", "3.2.3", _PDNS_WEBHOOK)

_POWERDNS_OPERATOR = ChartRepository(
    "powerdns-operator", "https://powerdns-operator.github.io/PowerDNS-Operator-helm-chart"
)
POWERDNS_OPERATOR = HelmChart(
    "powerdns-operator",
    "0.6.0",
    _POWERDNS_OPERATOR,
    provides=frozenset({"dns.cav.enablers.ob"}),
    crds="CreateReplace",
)

_PROXMOX_CSI = ChartRepository("sergelogvinov", "oci://ghcr.io/sergelogvinov/charts")
PROXMOX_CSI = HelmChart("proxmox-csi-plugin", "0.2.11", _PROXMOX_CSI)

_REFLECTOR = ChartRepository("emberstack", "https://emberstack.github.io/helm-charts")
REFLECTOR = HelmChart("reflector", "7.1.288", _REFLECTOR)

_RELOADER = ChartRepository("stakater", "https://stakater.github.io/stakater-charts")
RELOADER = HelmChart("reloader", "1.2.1", _RELOADER)

_SEALED_SECRETS = ChartRepository("sealed-secrets", "https://bitnami-labs.github.io/sealed-secrets")
SEALED_SECRETS = HelmChart(
    "sealed-secrets",
    "2.16.2",
    _SEALED_SECRETS,
    provides=frozenset({"bitnami.com"}),
    crds="CreateReplace",
)

_TOFU_CONTROLLER = ChartRepository("tofu-controller", "https://flux-iac.github.io/tofu-controller")
TOFU_CONTROLLER = HelmChart(
    "tf-controller",
    "0.15.1",
    _TOFU_CONTROLLER,
    provides=frozenset({"infra.contrib.fluxcd.io"}),
    crds="CreateReplace",
)

TRUST_MANAGER = HelmChart(
    "trust-manager", "v0.14.0", _JETSTACK, provides=frozenset({"trust.cert-manager.io"})
)

_VAULT_OPERATOR = ChartRepository("bank-vaults", "oci://ghcr.io/bank-vaults/helm-charts")
VAULT_OPERATOR = HelmChart(
    "vault-operator",
    "1.23.0",
    _VAULT_OPERATOR,
    provides=frozenset({"vault.banzaicloud.com"}),
    crds="CreateReplace",
)

# Applications of talos

_GITEA = ChartRepository("gitea", "https://dl.gitea.com/charts/")
GITEA = HelmChart("gitea", "12.4.0", _GITEA)

_KAGENT = ChartRepository("kagent", "oci://ghcr.io/kagent-dev/kagent/helm")
KAGENT = HelmChart(
    "kagent",
    # The newest release that the chart of the repository's main branch follows.
    "0.7.7",
    _KAGENT,
)

_KAGENT_CRDS = ChartRepository("kagent", "oci://ghcr.io/kagent-dev/kagent/helm")
KAGENT_CRDS = HelmChart("kagent-crds", "0.7.7", _KAGENT_CRDS, provides=frozenset({"kagent.dev"}))

LOKI_STACK = HelmChart("loki-stack", "2.10.2", _GRAFANA)

_MATRIX_SYNAPSE = ChartRepository("ananace-charts", "https://ananace.gitlab.io/charts")
MATRIX_SYNAPSE = HelmChart("matrix-synapse", "3.12.17", _MATRIX_SYNAPSE)

POSTGRESQL = HelmChart("postgresql", "18.1.13", _BITNAMI)
