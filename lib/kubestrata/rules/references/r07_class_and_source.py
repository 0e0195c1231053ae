"""R07: accounts, classes, issuers and sources that are named exist."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.api_group import GATEWAY, HELM, KUSTOMIZE, SOURCE
from kubestrata.rules.references._reference import (
    Charts,
    Reference,
    Target,
    judge_references,
    of_pods,
)
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding

_GENERATED = "source.extensions.fluxcd.io"
_CNPG = "postgresql.cnpg.io"
_VM = "operator.victoriametrics.com"
_PROMETHEUS = "monitoring.coreos.com"


def _source(kind: str) -> Target:
    return Target(SOURCE, kind, charts=Charts.NONE)


_GIT, _OCI, _BUCKET = _source("GitRepository"), _source("OCIRepository"), _source("Bucket")
_HELM_REPOSITORY, _CHART = _source("HelmRepository"), _source("HelmChart")
_ACCOUNT = Target("", "ServiceAccount", builtin=("default",))
_PRIORITY = Target("scheduling.k8s.io", "PriorityClass", namespaced=False, builtin=("system-*",))
_RUNTIME = Target("node.k8s.io", "RuntimeClass", namespaced=False)
_STORAGE = Target("storage.k8s.io", "StorageClass", namespaced=False)
_INGRESS = Target("networking.k8s.io", "IngressClass", namespaced=False)
_GATEWAY = Target(GATEWAY, "GatewayClass", namespaced=False)
_ISSUER = Target("cert-manager.io", "Issuer", charts=Charts.TOLD)
_CLUSTER_ISSUER = Target("cert-manager.io", "ClusterIssuer", namespaced=False, charts=Charts.TOLD)
_ANNOTATED = (("networking.k8s.io", "Ingress"), (GATEWAY, "Gateway"))
_CLAIMS = "volumeClaimTemplates[].spec.storageClassName"
_STORED = (
    ("", "PersistentVolumeClaim", "spec.storageClassName"),
    ("apps", "StatefulSet", f"spec.{_CLAIMS}"),
    (_CNPG, "Cluster", "spec.storage.storageClass"),
    (_CNPG, "Cluster", "spec.walStorage.storageClass"),
    ("ceph.rook.io", "CephCluster", "spec.mon.volumeClaimTemplate.spec.storageClassName"),
    ("ceph.rook.io", "CephCluster", f"spec.storage.storageClassDeviceSets[].{_CLAIMS}"),
    ("dragonflydb.io", "Dragonfly", "spec.snapshot.persistentVolumeClaimSpec.storageClassName"),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch", f"spec.nodeSets[].{_CLAIMS}"),
    ("kafka.strimzi.io", "KafkaNodePool", "spec.storage.class"),
    ("kafka.strimzi.io", "KafkaNodePool", "spec.storage.volumes[].class"),
    (_PROMETHEUS, "Prometheus", "spec.storage.volumeClaimTemplate.spec.storageClassName"),
    (_PROMETHEUS, "Alertmanager", "spec.storage.volumeClaimTemplate.spec.storageClassName"),
    (_VM, "VMSingle", "spec.storage.storageClassName"),
    (_VM, "VLSingle", "spec.storage.storageClassName"),
    (_VM, "VTSingle", "spec.storage.storageClassName"),
)
_ACTING = (
    (HELM, "HelmRelease", "spec.serviceAccountName"),
    (KUSTOMIZE, "Kustomization", "spec.serviceAccountName"),
    ("fluxcd.controlplane.io", "ResourceSet", "spec.serviceAccountName"),
    ("infra.contrib.fluxcd.io", "Terraform", "spec.serviceAccountName"),
    ("vault.banzaicloud.com", "Vault", "spec.serviceAccount"),
    *((_VM, kind, "spec.serviceAccountName") for kind in ("VMAgent", "VMAlert", "VMSingle")),
)
REFERENCES = (
    *of_pods("serviceAccountName", _ACCOUNT),
    *of_pods("priorityClassName", _PRIORITY),
    *of_pods("runtimeClassName", _RUNTIME),
    *(Reference(group, kind, path, (_STORAGE,), "") for group, kind, path in _STORED),
    Reference("networking.k8s.io", "Ingress", "spec.ingressClassName", (_INGRESS,), ""),
    Reference(GATEWAY, "Gateway", "spec.gatewayClassName", (_GATEWAY,), ""),
    Reference("cert-manager.io", "Certificate", "spec.issuerRef", (_ISSUER, _CLUSTER_ISSUER)),
    *(
        Reference(group, kind, f'metadata.annotations."{annotation}"', (target,), "")
        for group, kind in _ANNOTATED
        for annotation, target in (
            ("cert-manager.io/issuer", _ISSUER),
            ("cert-manager.io/cluster-issuer", _CLUSTER_ISSUER),
        )
    ),
    Reference(HELM, "HelmRelease", "spec.chart.spec.sourceRef", (_HELM_REPOSITORY, _GIT, _BUCKET)),
    Reference(HELM, "HelmRelease", "spec.chartRef", (_OCI, _CHART)),
    Reference(KUSTOMIZE, "Kustomization", "spec.sourceRef", (_GIT, _OCI, _BUCKET)),
    Reference(SOURCE, "HelmChart", "spec.sourceRef", (_HELM_REPOSITORY, _GIT, _BUCKET)),
    Reference("infra.contrib.fluxcd.io", "Terraform", "spec.sourceRef", (_GIT, _OCI, _BUCKET)),
    Reference(_GENERATED, "ArtifactGenerator", "spec.sources[]", (_GIT, _OCI, _BUCKET, _CHART)),
    *(Reference(group, kind, path, (_ACCOUNT,), "") for group, kind, path in _ACTING),
    *(
        Reference("external-secrets.io", kind, f"spec.provider.{path}", (_ACCOUNT,))
        for kind in ("ClusterSecretStore", "SecretStore")
        for path in (
            "aws.auth.jwt.serviceAccountRef",
            "kubernetes.auth.serviceAccount",
            "vault.auth.kubernetes.serviceAccountRef",
        )
    ),
    Reference(_CNPG, "Cluster", "spec.priorityClassName", (_PRIORITY,), ""),
)


def _judge(tree: ClusterTree) -> Iterator[Finding]:
    yield from judge_references(tree, REFERENCES)


RULE = Rule(
    "R07",
    "service accounts, classes, issuers and Flux sources that are named exist",
    "the object waits for something that never comes",
    _judge,
)
