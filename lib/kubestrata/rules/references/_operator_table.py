"""The table of R13: which field of which operator's kind names what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubestrata.rules.api_group import GATEWAY, HELM, KUSTOMIZE, NOTIFICATION, SOURCE
from kubestrata.rules.references._kubernetes_table import REFERENCES as BUILT_IN
from kubestrata.rules.references._reference import Charts, Reference, Target, of_kinds, of_pods

_AGENTS = "kagent.dev"
_AI = "aigateway.envoyproxy.io"
_AWS = "aws.m.upbound.io"
_CNPG = "postgresql.cnpg.io"
_CROSSPLANE = "pkg.crossplane.io"
_ENVOY = "gateway.envoyproxy.io"
_GRAFANA = "grafana.integreatly.org"
_IAM = f"iam.{_AWS}"
_KAFKA = "kafka.strimzi.io"
_S3 = f"s3.{_AWS}"
_TOFU = "infra.contrib.fluxcd.io"
_TRAEFIK = "traefik.io"
_VM = "operator.victoriametrics.com"


def _cluster_wide(group: str, kind: str, charts: Charts = Charts.TOLD) -> Target:
    return Target(group, kind, namespaced=False, charts=charts)


_CLUSTER = Target(_CNPG, "Cluster")
_OF_CLUSTERS = (
    *("Backup", "Database", "DatabaseRole", "Pooler"),
    *("Publication", "ScheduledBackup", "Subscription"),
)
_CATALOGUES = (Target(_CNPG, "ImageCatalog"), _cluster_wide(_CNPG, "ClusterImageCatalog"))
_FOLDER = Target(_GRAFANA, "GrafanaFolder")
_KAFKA_CLUSTER = Target(_KAFKA, "Kafka")
_CLAIM = Target("", "PersistentVolumeClaim")
_BUCKET = Target(_S3, "Bucket")
_POOL = Target("metallb.io", "IPAddressPool")
_PROXY_CLASS = _cluster_wide("tailscale.com", "ProxyClass")
_PROJECT = Target("argoproj.io", "AppProject", charts=Charts.TOLD, builtin=("default",))
_MIDDLEWARE = Target(_TRAEFIK, "Middleware")
_ROUTED = (
    Target(GATEWAY, "Gateway"),
    Target(GATEWAY, "HTTPRoute"),
    Target(GATEWAY, "GRPCRoute"),
    Target(GATEWAY, "TLSRoute"),
)
_EVENTED = (
    Target(KUSTOMIZE, "Kustomization", charts=Charts.NONE),
    Target(HELM, "HelmRelease", charts=Charts.NONE),
    *(
        Target(SOURCE, kind, charts=Charts.NONE)
        for kind in ("GitRepository", "OCIRepository", "HelmRepository", "HelmChart", "Bucket")
    ),
)


def _one(reference: Mapping[str, Any]) -> bool:
    return reference.get("name") != "*"


def _not_of_a_set(claim: Mapping[str, Any]) -> bool:
    """A StatefulSet makes claims with names that end in a number."""
    return not str(claim.get("claimName")).rpartition("-")[2].isdigit()


_VM_PARTS = {
    "VLCluster": ("vlinsert", "vlselect", "vlstorage"),
    "VMCluster": ("vminsert", "vmselect", "vmstorage"),
    "VTCluster": ("vtinsert", "vtselect", "vtstorage"),
}
_PROXIED = (
    *(
        Target(_VM, kind)
        for kind in ("VMAgent", "VMAlert", "VMAlertmanager", "VMAnomaly", "VMSingle")
    ),
    *(Target(_VM, kind) for kind in ("VLAgent", "VLSingle", "VLogs", "VTSingle")),
    Target(_VM, "VMAlertmanager", said="VMAlertManager"),
    *(
        Target(_VM, kind, said=f"{kind}/{part}")
        for kind, parts in _VM_PARTS.items()
        for part in parts
    ),
)
_BACKEND = Target(_ENVOY, "Backend")
_AI_BACKEND = Target(_AI, "AIServiceBackend")
_SERVICE = Target("", "Service")
_TOOLS = (Target(_AGENTS, "RemoteMCPServer"), Target(_AGENTS, "MCPServer"))
_TERRAFORM = Target(_TOFU, "Terraform", charts=Charts.NONE)
_BUCKET_PARTS = (
    "BucketLifecycleConfiguration",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketPublicAccessBlock",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
)
_ATTACHMENTS = ("RolePolicyAttachment", "UserPolicyAttachment")
_MANAGED = (
    *((_S3, each) for each in ("Bucket", *_BUCKET_PARTS)),
    *((_IAM, each) for each in ("AccessKey", "Policy", "Role", "User", *_ATTACHMENTS)),
    (f"kms.{_AWS}", "Alias"),
    (f"kms.{_AWS}", "Key"),
    (f"eks.{_AWS}", "PodIdentityAssociation"),
)
_CONFIGS = (_cluster_wide(_AWS, "ClusterProviderConfig"), Target(_AWS, "ProviderConfig"))


def _forwarded(group: str, kind: str, field: str, target: Target) -> Reference:
    return Reference(group, kind, f"spec.forProvider.{field}", (target,))


REFERENCES: tuple[Reference, ...] = (
    *BUILT_IN,
    *of_kinds(_CNPG, _OF_CLUSTERS, "spec.cluster", _CLUSTER),
    Reference(_CNPG, "Cluster", "spec.imageCatalogRef", _CATALOGUES),
    Reference(
        _CNPG,
        "Cluster",
        "spec.plugins[].parameters",
        (Target("barmancloud.cnpg.io", "ObjectStore"),),
        "barmanObjectName",
    ),
    *of_kinds(
        _KAFKA,
        ("KafkaNodePool", "KafkaRebalance", "KafkaTopic", "KafkaUser"),
        'metadata.labels."strimzi.io/cluster"',
        _KAFKA_CLUSTER,
        name="",
    ),
    *of_kinds(
        _KAFKA,
        ("KafkaConnector",),
        'metadata.labels."strimzi.io/cluster"',
        Target(_KAFKA, "KafkaConnect"),
        name="",
    ),
    *of_kinds(
        _GRAFANA, ("GrafanaAlertRuleGroup", "GrafanaDashboard"), "spec.folderRef", _FOLDER, name=""
    ),
    *of_kinds(_GRAFANA, ("GrafanaFolder",), "spec.parentFolderRef", _FOLDER, name=""),
    Reference(
        NOTIFICATION,
        "Alert",
        "spec.providerRef",
        (Target(NOTIFICATION, "Provider", charts=Charts.NONE),),
    ),
    Reference(NOTIFICATION, "Alert", "spec.eventSources[]", _EVENTED, when=_one),
    Reference(NOTIFICATION, "Receiver", "spec.resources[]", _EVENTED, when=_one),
    Reference(
        "karpenter.sh",
        "NodePool",
        "spec.template.spec.nodeClassRef",
        (_cluster_wide("karpenter.k8s.aws", "EC2NodeClass"),),
    ),
    *(
        Reference(
            "keda.sh",
            kind,
            "spec.triggers[].authenticationRef",
            (
                Target("keda.sh", "TriggerAuthentication"),
                _cluster_wide("keda.sh", "ClusterTriggerAuthentication"),
            ),
        )
        for kind in ("ScaledObject", "ScaledJob")
    ),
    *of_kinds(
        "metallb.io",
        ("BGPAdvertisement", "L2Advertisement"),
        "spec.ipAddressPools[]",
        _POOL,
        name="",
    ),
    *of_kinds(
        "metallb.io",
        ("BGPAdvertisement",),
        "spec.peers[]",
        Target("metallb.io", "BGPPeer"),
        name="",
    ),
    Reference(
        "cilium.io",
        "CiliumBGPClusterConfig",
        "spec.bgpInstances[].peers[].peerConfigRef",
        (_cluster_wide("cilium.io", "CiliumBGPPeerConfig"),),
    ),
    Reference(
        GATEWAY,
        "GatewayClass",
        "spec.parametersRef",
        (Target("cilium.io", "CiliumGatewayClassConfig"), Target(_ENVOY, "EnvoyProxy")),
    ),
    *(
        Reference(_ENVOY, kind, f"spec.{field}", _ROUTED, namespace="")
        for kind in (
            "BackendTrafficPolicy",
            "ClientTrafficPolicy",
            "EnvoyExtensionPolicy",
            "EnvoyPatchPolicy",
            "SecurityPolicy",
        )
        for field in ("targetRef", "targetRefs[]")
    ),
    *(
        Reference(
            GATEWAY,
            kind,
            "spec.rules[].filters[].extensionRef",
            (_MIDDLEWARE, Target(_ENVOY, "HTTPRouteFilter")),
        )
        for kind in ("GRPCRoute", "HTTPRoute")
    ),
    Reference(_TRAEFIK, "IngressRoute", "spec.routes[].middlewares[]", (_MIDDLEWARE,)),
    Reference(_TRAEFIK, "IngressRoute", "spec.tls.options", (Target(_TRAEFIK, "TLSOption"),)),
    *of_kinds(
        "k8s.keycloak.org",
        ("KeycloakRealmImport",),
        "spec.keycloakCRName",
        Target("k8s.keycloak.org", "Keycloak"),
        name="",
    ),
    Reference(_AI, "AIGatewayRoute", "spec.parentRefs[]", _ROUTED[:1]),
    Reference(_AI, "AIGatewayRoute", "spec.rules[].backendRefs[]", (_AI_BACKEND,)),
    Reference(_AI, "AIServiceBackend", "spec.backendRef", (_SERVICE, _BACKEND)),
    *(
        Reference(_ENVOY, "SecurityPolicy", f"spec.extAuth.{each}.backendRefs[]", (_SERVICE,))
        for each in ("grpc", "http")
    ),
    Reference(
        GATEWAY,
        "Gateway",
        "spec.infrastructure.parametersRef",
        (Target(_ENVOY, "EnvoyProxy"),),
        namespace="",
    ),
    Reference(_CNPG, "Cluster", "spec.bootstrap.recovery.backup", (Target(_CNPG, "Backup"),)),
    Reference(
        "fluxcd.controlplane.io",
        "ResourceSet",
        "spec.inputsFrom[]",
        (Target("fluxcd.controlplane.io", "ResourceSetInputProvider", charts=Charts.NONE),),
        namespace="",
    ),
    Reference(_TOFU, "Terraform", "spec.dependsOn[]", (_TERRAFORM,)),
    Reference(_VM, "VMUser", "spec.targetRefs[].crd", _PROXIED),
    *(
        Reference(_AGENTS, "Agent", f"spec.declarative.tools[].{field}", targets)
        for field, targets in (("agent", (Target(_AGENTS, "Agent"),)), ("mcpServer", _TOOLS))
    ),
    *of_kinds("argoproj.io", ("Application",), "spec.project", _PROJECT, name=""),
    *of_kinds("argoproj.io", ("ApplicationSet",), "spec.template.spec.project", _PROJECT, name=""),
    *of_kinds(
        "tailscale.com", ("Connector", "ProxyGroup"), "spec.proxyClass", _PROXY_CLASS, name=""
    ),
    *of_kinds(
        _AGENTS,
        ("Agent",),
        "spec.declarative.modelConfig",
        Target(_AGENTS, "ModelConfig"),
        name="",
    ),
    *of_kinds(
        "kyverno.io",
        ("PolicyException",),
        "spec.exceptions[].policyName",
        Target("kyverno.io", "ClusterPolicy", namespaced=False),
        name="",
    ),
    Reference(
        "apiextensions.crossplane.io",
        "Composition",
        "spec.pipeline[].functionRef",
        (_cluster_wide(_CROSSPLANE, "Function"),),
    ),
    *(
        Reference(
            _CROSSPLANE,
            kind,
            "spec.runtimeConfigRef",
            (_cluster_wide(_CROSSPLANE, "DeploymentRuntimeConfig"),),
        )
        for kind in ("Function", "Provider")
    ),
    *(Reference(group, kind, "spec.providerConfigRef", _CONFIGS) for group, kind in _MANAGED),
    *(_forwarded(_S3, kind, "bucketRef", _BUCKET) for kind in _BUCKET_PARTS),
    _forwarded(_IAM, "AccessKey", "userRef", Target(_IAM, "User")),
    _forwarded(_IAM, "UserPolicyAttachment", "userRef", Target(_IAM, "User")),
    _forwarded(_IAM, "UserPolicyAttachment", "policyArnRef", Target(_IAM, "Policy")),
    _forwarded(_IAM, "RolePolicyAttachment", "roleRef", Target(_IAM, "Role")),
    _forwarded(_IAM, "RolePolicyAttachment", "policyArnRef", Target(_IAM, "Policy")),
    _forwarded(f"kms.{_AWS}", "Alias", "targetKeyIdRef", Target(f"kms.{_AWS}", "Key")),
    _forwarded(f"eks.{_AWS}", "PodIdentityAssociation", "roleArnRef", Target(_IAM, "Role")),
    *(
        replace(each, when=_not_of_a_set)
        for each in of_pods("volumes[].persistentVolumeClaim", _CLAIM, "claimName")
    ),
)
