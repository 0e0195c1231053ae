"""The 171 settings that infra and apps had as substitution variables, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Typed:
    """A field of ClusterSettings, by its path, with the values of infra and apps."""

    field: str
    infra: object
    apps: object


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of a component: its text in `dist/` of the clusters, in files named `file`."""

    text: str
    clusters: tuple[str, ...] = ("infra", "apps")
    file: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A value that follows from an object, and so cannot differ from it; else as a Constant."""

    text: str
    clusters: tuple[str, ...] = ("infra", "apps")
    file: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A value that nothing needs."""

    reason: str


Setting = Typed | Constant | Derived | Gone
UNREAD = Gone("read by nobody")
_INFRA, _APPS = ("infra",), ("apps",)


def _unread(*keys: str) -> dict[str, Gone]:
    return dict.fromkeys(keys, UNREAD)


NETWORK: dict[str, Setting] = {
    "CLUSTER": Typed("name", "infra", "apps"),
    "CLUSTER_ID": Typed("number", 1, 2),
    "POD_CIDR_STRING": Typed("pods", "10.244.0.0/16", "10.246.0.0/16"),
    "K8S_SERVICE_HOST": Gone("Cilium reaches the API server by KubePrism"),
    "K8S_SERVICE_PORT": Gone("Cilium reaches the API server by KubePrism"),
    "POD_CIDR": UNREAD,
    "SERVICE_CIDR": UNREAD,
    "CILIUM_VERSION": UNREAD,
    "CLUSTERMESH_IP": UNREAD,
    "CILIUM_CLUSTERMESH_FQDN": UNREAD,
    "CILIUM_CLUSTERMESH_APPS_FQDN": UNREAD,
    "CILIUM_CLUSTERMESH_INFRA_FQDN": UNREAD,
    "CILIUM_LB_POOL_START": UNREAD,
    "CILIUM_LB_POOL_END": UNREAD,
    "INFRA_POOL_DISABLED": UNREAD,
    "APPS_POOL_DISABLED": UNREAD,
    "CILIUM_GATEWAY_LB_IP": UNREAD,
    "CILIUM_GATEWAY_EXTERNAL_NAME": Constant("cilium-gateway-external"),
    "CILIUM_GATEWAY_INTERNAL_NAME": Constant("cilium-gateway-internal"),
    "CILIUM_GATEWAY_LB_IP_EXTERNAL": Typed("gateways.external", "10.25.11.110", "10.25.11.121"),
    "CILIUM_GATEWAY_LB_IP_INTERNAL": Typed("gateways.internal", "10.25.11.111", "10.25.11.122"),
    "CILIUM_BGP_LOCAL_ASN": Typed("asn", 64512, 64513),
    "CILIUM_BGP_PEER_ASN": Constant("peerASN: 64501"),
    "CILIUM_BGP_PEER_ADDRESS": Constant("peerAddress: 10.25.11.1"),
    "COREDNS_CLUSTER_IP": Typed("dns_address", "10.245.0.10", "10.247.0.10"),
    "COREDNS_REPLICAS": Constant("replicaCount: 2", file="coredns"),
    "EXTERNAL_SECRET_STORE": Derived("name: onepassword"),
    "ONEPASSWORD_CONNECT_HOST": Constant("connectHost: http://opconnect.monosense.dev"),
    "ONEPASSWORD_VAULT_NAME": Constant("Infra: 1"),
    "ONEPASSWORD_CONNECT_TOKEN_SECRET": UNREAD,
    "CILIUM_CLUSTERMESH_SECRET_PATH": Derived("/cilium-clustermesh"),
    "CERTMANAGER_CLOUDFLARE_SECRET_PATH": Derived("/cert-manager/cloudflare"),
    "SECRET_DOMAIN": Constant("monosense.io"),
    "LETSENCRYPT_EMAIL": Constant("email: acme-contact@example.com"),
    "EXTERNALDNS_INTERVAL": Constant("--interval=1m"),
    "EXTERNALDNS_LOG_LEVEL": Constant("--log-level=info"),
    "EXTERNALDNS_TXT_PREFIX": Constant("--txt-prefix=k8s."),
    "CLOUDFLARED_REPLICAS": UNREAD,
    "CLOUDFLARED_TARGET_SERVICE": Derived(
        "https://cilium-gateway-cilium-gateway-external.kube-system.svc.cluster.local"
    ),
}

STORAGE: dict[str, Setting] = {
    "ROOK_CEPH_NAMESPACE": Constant("namespace: rook-ceph"),
    "ROOK_CEPH_CLUSTER_NAME": Constant("name: rook-ceph", file="ceph"),
    "ROOK_CEPH_BLOCKPOOL_NAME": Constant("name: rook-ceph-block", file="ceph"),
    "ROOK_CEPH_IMAGE_TAG": Constant("quay.io/ceph/ceph:v19.2.3", file="ceph"),
    "ROOK_CEPH_OSD_DEVICE_CLASS": Constant("deviceClass: ssd", file="ceph"),
    **_unread(
        "ROOK_CEPH_MON_COUNT",
        "ROOK_CEPH_OPERATOR_VERSION",
        "ROOK_CEPH_OPERATOR_REPLICAS",
        "ROOK_CEPH_LOG_LEVEL",
        "ROOK_CEPH_CSI_ENABLE_RBD",
        "ROOK_CEPH_CSI_ENABLE_CEPHFS",
        "ROOK_CEPH_CSI_LOG_LEVEL",
    ),
    "BLOCK_SC": Derived("rook-ceph-block"),
    "OPENEBS_LOCAL_SC": Derived("openebs-local-nvme", file="openebs"),
    "OPENEBS_BASEPATH": Constant("/var/mnt/openebs", file="openebs"),
}

OBSERVABILITY: dict[str, Setting] = {
    "OBSERVABILITY_METRICS_RETENTION": UNREAD,
    "OBSERVABILITY_LOGS_RETENTION": Constant("30d", _INFRA),
    "OBSERVABILITY_LOGS_STORAGE_SIZE": Constant("100Gi", _INFRA),
    "OBSERVABILITY_LOG_ENDPOINT_HOST": Derived("vmauth-victoria-logs"),
    "OBSERVABILITY_LOG_ENDPOINT_PORT": Derived("8427"),
    "OBSERVABILITY_LOG_ENDPOINT_PATH": Constant("/insert/jsonline"),
    "OBSERVABILITY_LOG_ENDPOINT_TLS": UNREAD,
    "OBSERVABILITY_LOG_TENANT": Derived("X-Scope-OrgID"),
    "OBSERVABILITY_GRAFANA_SECRET_PATH": Derived("kubernetes/infra/grafana-admin", _INFRA),
    "GLOBAL_VM_INSERT_ENDPOINT": Derived("vminsert-victoria-metrics-global"),
    "GLOBAL_VM_SELECT_ENDPOINT": Derived("vmselect-victoria-metrics-global", _INFRA),
    "GLOBAL_ALERTMANAGER_ENDPOINT": Derived("vmalertmanager-victoria-metrics-global", _INFRA),
    "VICTORIAMETRICS_IMAGE_REGISTRY": Constant("quay.io/victoriametrics"),
    "VICTORIAMETRICS_VERSION": Constant("v1.122.1"),
    "VICTORIAMETRICS_K8S_STACK_VERSION": Constant("0.61.11"),
    "VICTORIAMETRICS_OPERATOR_VERSION": UNREAD,
    "VICTORIAMETRICS_VM_RETENTION_PERIOD": Constant("30d", _INFRA),
    "VICTORIAMETRICS_VM_STORAGE_SIZE": Constant("50Gi", _INFRA),
    "VICTORIAMETRICS_VM_REPLICATION_FACTOR": Constant("replicationFactor: 2", _INFRA),
}

DATA: dict[str, Setting] = {
    "DRAGONFLY_AUTH_SECRET_PATH": Derived(
        "kubernetes/infra/dragonfly/auth", _INFRA, file="dragonfly"
    ),
    "DRAGONFLY_STORAGE_CLASS": Derived("openebs-local-nvme", _INFRA, file="dragonfly"),
    "DRAGONFLY_DATA_SIZE": Constant("10Gi", _INFRA, file="dragonfly"),
    "DRAGONFLY_IMAGE_TAG": Constant("v1.34.2", _INFRA, file="dragonfly"),
    "DRAGONFLY_REPLICAS": Constant("replicas: 3", _INFRA, file="dragonfly"),
    "DRAGONFLY_CPU_REQUEST": Constant("cpu: 500m", _INFRA, file="dragonfly"),
    "DRAGONFLY_CPU_LIMIT": Constant("cpu: '2'", _INFRA, file="dragonfly"),
    "DRAGONFLY_MEMORY_REQUEST": Constant("memory: 1Gi", _INFRA, file="dragonfly"),
    "DRAGONFLY_MEMORY_LIMIT": Constant("memory: 2Gi", _INFRA, file="dragonfly"),
    "DRAGONFLY_MAXMEMORY": Constant("--maxmemory", _INFRA, file="dragonfly"),
    "DRAGONFLY_CACHE_MODE": Constant("--cache_mode", _INFRA, file="dragonfly"),
    "CNPG_OPERATOR_VERSION": UNREAD,
    "CNPG_POSTGRES_VERSION": Constant(
        "ghcr.io/cloudnative-pg/postgresql:16.8", _INFRA, file="shared-postgres"
    ),
    "CNPG_STORAGE_CLASS": Derived("openebs-local-nvme", _INFRA, file="shared-postgres"),
    "CNPG_DATA_SIZE": Constant("80Gi", _INFRA, file="shared-postgres"),
    "CNPG_WAL_SIZE": Constant("20Gi", _INFRA, file="shared-postgres"),
    "CNPG_INSTANCES": Constant("instances: 3", _INFRA, file="shared-postgres"),
    "CNPG_SYNC_METHOD": Constant("method: any", _INFRA, file="shared-postgres"),
    "CNPG_SYNC_NUMBER": Constant("number: 1", _INFRA, file="shared-postgres"),
    "CNPG_SYNC_MAX_STANDBYS": Constant(
        "maxStandbyNamesFromCluster: 2", _INFRA, file="shared-postgres"
    ),
    "CNPG_DATA_DURABILITY": Constant("dataDurability: preferred", _INFRA, file="shared-postgres"),
    "CNPG_SHARED_CLUSTER_NAME": Constant("name: shared-postgres", _INFRA, file="shared-postgres"),
    "CNPG_BACKUP_BUCKET": Constant("s3://monosense-cnpg", _INFRA, file="shared-postgres"),
    "CNPG_BACKUP_SCHEDULE": Constant("0 0 2 * * *", _INFRA, file="shared-postgres"),
    "CNPG_BACKUP_RETENTION": Constant("retentionPolicy: 30d", _INFRA, file="shared-postgres"),
    "CNPG_MINIO_ENDPOINT_URL": Constant("http://10.25.11.3:9000", _INFRA, file="shared-postgres"),
    "CNPG_POOLER_REPLICAS": Constant("instances: 3", _INFRA, file="shared-postgres"),
    "CNPG_MINIO_SECRET_PATH": Constant("kubernetes/infra/cloudnative-pg/minio", _INFRA),
    "CNPG_SUPERUSER_SECRET_PATH": Constant("kubernetes/infra/cloudnative-pg/superuser", _INFRA),
    "CNPG_HARBOR_SECRET_PATH": Constant("kubernetes/infra/cloudnative-pg/harbor", _INFRA),
    "CNPG_KEYCLOAK_SECRET_PATH": Constant("kubernetes/infra/cloudnative-pg/keycloak", _INFRA),
    "CNPG_GITLAB_SECRET_PATH": Constant("kubernetes/infra/cloudnative-pg/gitlab", _INFRA),
    "CNPG_SYNERGYFLOW_SECRET_PATH": UNREAD,
    **_unread(
        "KAFKA_VERSION",
        "KAFKA_REPLICAS",
        "KAFKA_STORAGE_SIZE",
        "KAFKA_CPU_REQUEST",
        "KAFKA_CPU_LIMIT",
        "KAFKA_MEMORY_REQUEST",
        "KAFKA_MEMORY_LIMIT",
        "KAFKA_JVM_XMS",
        "KAFKA_JVM_XMX",
        "KAFKA_REPLICATION_FACTOR",
        "KAFKA_MIN_ISR",
        "KAFKA_LOG_RETENTION_HOURS",
    ),
}

TENANTS: dict[str, Setting] = {
    "KEYCLOAK_OPERATOR_VERSION": Constant("26.4.5", _INFRA, file="keycloak"),
    "KEYCLOAK_IMAGE_TAG": Constant("26.4.5", _INFRA, file="keycloak"),
    "KEYCLOAK_REPLICAS": Constant("instances: 2", _INFRA, file="keycloak"),
    "KEYCLOAK_HOSTNAME": Constant("sso.monosense.io", _INFRA, file="keycloak"),
    "KEYCLOAK_ADMIN_SECRET_PATH": Constant(
        "kubernetes/infra/keycloak/admin", _INFRA, file="keycloak"
    ),
    "KEYCLOAK_CPU_REQUEST": Constant("cpu: 500m", _INFRA, file="keycloak"),
    "KEYCLOAK_CPU_LIMIT": Constant("cpu: '2'", _INFRA, file="keycloak"),
    "KEYCLOAK_MEMORY_REQUEST": Constant("memory: 1Gi", _INFRA, file="keycloak"),
    "KEYCLOAK_MEMORY_LIMIT": Constant("memory: 2Gi", _INFRA, file="keycloak"),
    "KEYCLOAK_DB_HOST": Derived("keycloak-pooler.cnpg-system.svc", _INFRA, file="keycloak"),
    "KEYCLOAK_DB_PORT": Derived("5432", _INFRA, file="keycloak"),
    "KEYCLOAK_DB_NAME": Constant("name: keycloak", _INFRA, file="keycloak"),
    "KEYCLOAK_DB_SECRET_NAME": Derived("keycloak-db-credentials", _INFRA, file="keycloak"),
    "KEYCLOAK_TLS_SECRET_NAME": Derived("sso-tls", _INFRA, file="keycloak"),
    "KEYCLOAK_GATEWAY_NAME": Derived("name: cilium-gateway-external", _INFRA, file="keycloak"),
    "KEYCLOAK_GATEWAY_NAMESPACE": Derived("namespace: kube-system", _INFRA, file="keycloak"),
    "HARBOR_HOST": Constant("harbor.infra.monosense.io", _INFRA),
    "HARBOR_DB_SECRET_PATH": Constant("kubernetes/infra/harbor/database", _INFRA),
    "HARBOR_REDIS_SECRET_PATH": Constant("kubernetes/infra/harbor/redis", _INFRA),
    "HARBOR_S3_SECRET_PATH": Constant("kubernetes/infra/harbor/s3", _INFRA),
    "HARBOR_ADMIN_SECRET_PATH": Constant("kubernetes/infra/harbor/admin", _INFRA),
    "HARBOR_CORE_SECRET_PATH": Constant("kubernetes/infra/harbor/core", _INFRA),
    **_unread(
        "HARBOR_VERSION",
        "HARBOR_CHART_VERSION",
        "HARBOR_CORE_REPLICAS",
        "HARBOR_REGISTRY_REPLICAS",
        "HARBOR_PORTAL_REPLICAS",
        "HARBOR_JOBSERVICE_REPLICAS",
        "HARBOR_TRIVY_REPLICAS",
        "GITHUB_CONFIG_URL",
    ),
    "GITLAB_HOST": Constant("gitlab.apps.monosense.io", _APPS),
    "GITLAB_REGISTRY_HOST": Constant("registry.gitlab.apps.monosense.io", _APPS),
    "GITLAB_DB_SECRET_PATH": Constant("kubernetes/apps/gitlab/db", _APPS),
    "GITLAB_REDIS_SECRET_PATH": Constant("kubernetes/apps/gitlab/redis", _APPS),
    "GITLAB_S3_SECRET_PATH": Constant("kubernetes/apps/gitlab/s3", _APPS),
    "GITLAB_ROOT_SECRET_PATH": Constant("kubernetes/apps/gitlab/root", _APPS),
    "GITLAB_OIDC_SECRET_PATH": Constant("kubernetes/apps/gitlab/oidc", _APPS),
    "GITLAB_RUNNER_REG_TOKEN_PATH": Constant("kubernetes/apps/gitlab/runner-token", _APPS),
    "GITLAB_S3_ENDPOINT": Constant("10.25.11.3:9000", _APPS),
    "GITLAB_S3_REGION": Constant("us-east-1", _APPS),
    "GITLAB_S3_BUCKET_ARTIFACTS": Constant("gitlab-artifacts", _APPS),
    "GITLAB_S3_BUCKET_LFS": Constant("gitlab-lfs", _APPS),
    "GITLAB_S3_BUCKET_UPLOADS": Constant("gitlab-uploads", _APPS),
    "GITLAB_S3_BUCKET_PACKAGES": Constant("gitlab-packages", _APPS),
    "GITLAB_S3_BUCKET_REGISTRY": Constant("gitlab-registry", _APPS),
    "GITLAB_S3_BUCKET_CACHE": Constant("gitlab-cache", _APPS),
    "GITLAB_OIDC_CLIENT_ID": UNREAD,
    "KEYCLOAK_HOST": Constant("sso.monosense.io", _APPS),
    "KEYCLOAK_REALM": Constant("realms/platform", _APPS),
    "GITHUB_ARC_REPO": Constant("https://github.com/monosense/pilar", _APPS),
    "GITHUB_ARC_RUNNER_SET_NAME": Constant("pilar-runner", _APPS),
    "GITHUB_ARC_SECRET_PATH": Constant("kubernetes/apps/github-arc/auth", _APPS),
    "ARGOCD_OIDC_SECRET_PATH": UNREAD,
}

SETTINGS: dict[str, Setting] = {
    **NETWORK,
    **STORAGE,
    **OBSERVABILITY,
    **DATA,
    **TENANTS,
}
