"""Valid objects of twelve kinds, each of them different."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubestrata.core.identity import Identity

Manifest = dict[str, Any]


def _manifest(version: str, kind: str, name: str, **body: Any) -> Manifest:
    metadata = {
        "name": name,
        "namespace": "shop",
        "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop"},
    }
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **body}


def _deployment(name: str) -> Manifest:
    labels = {"app.kubernetes.io/name": name}
    container = {
        "name": "web",
        "image": f"registry.example.org/shop/{name}:1.4.2",
        "ports": [{"name": "http", "containerPort": 8080}, {"name": "metrics", "containerPort": 9}],
        "env": [
            {"name": "PORT", "value": "8080"},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": name, "key": "password"}}},
        ],
        "resources": {
            "requests": {"cpu": "100m", "memory": "128Mi"},
            "limits": {"memory": "256Mi"},
        },
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5},
        "livenessProbe": {"httpGet": {"path": "/live", "port": "http"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  # in the container
    }
    pod = {
        "serviceAccountName": name,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
    }
    spec = {
        "replicas": 2,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return _manifest("apps/v1", "Deployment", name, spec=spec)


def _service(name: str) -> Manifest:
    ports = [
        {"name": "http", "port": 80, "targetPort": "http"},
        {"name": "metrics", "port": 9090, "targetPort": "metrics"},
    ]
    spec = {"selector": {"app.kubernetes.io/name": name}, "ports": ports}
    return _manifest("v1", "Service", name, spec=spec)


def _route(name: str) -> Manifest:
    rules = [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": path}}],
            "backendRefs": [{"name": name, "port": 80}],
        }
        for path in ("/", "/api")
    ]
    spec = {
        "parentRefs": [{"name": "web", "namespace": "gateway"}],
        "hostnames": [f"{name}.example.org"],
        "rules": rules,
    }
    return _manifest("gateway.networking.k8s.io/v1", "HTTPRoute", name, spec=spec)


def _release(name: str) -> Manifest:
    chart = {
        "chart": name,
        "version": "1.2.3",
        "sourceRef": {"kind": "HelmRepository", "name": "shop"},
    }
    spec = {
        "interval": "10m",
        "chart": {"spec": chart},
        "values": {"image": {"tag": "1.4.2"}, "replicas": 2},
    }
    return _manifest("helm.toolkit.fluxcd.io/v2", "HelmRelease", name, spec=spec)


def _kustomization(name: str) -> Manifest:
    spec = {
        "interval": "10m",
        "path": f"./{name}",
        "prune": True,
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        "dependsOn": [{"name": "storage"}],
    }
    return _manifest("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, spec=spec)


def _secret(name: str) -> Manifest:
    spec = {
        "refreshInterval": "1h",
        "secretStoreRef": {"name": "vault", "kind": "ClusterSecretStore"},
        "target": {"name": name},
        "data": [{"secretKey": "password", "remoteRef": {"key": name, "property": "password"}}],
    }
    return _manifest("external-secrets.io/v1", "ExternalSecret", name, spec=spec)


def _monitor(name: str) -> Manifest:
    spec = {
        "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
        "endpoints": [{"port": "metrics", "interval": "30s"}],
    }
    return _manifest("monitoring.coreos.com/v1", "ServiceMonitor", name, spec=spec)


def _certificate(name: str) -> Manifest:
    spec = {
        "secretName": f"{name}-tls",
        "dnsNames": [f"{name}.example.org"],
        "issuerRef": {"name": "letsencrypt", "kind": "ClusterIssuer"},
    }
    return _manifest("cert-manager.io/v1", "Certificate", name, spec=spec)


def _policy(name: str) -> Manifest:
    ports = [{"port": "8080", "protocol": "TCP"}]
    ingress = [{"fromEndpoints": [{"matchLabels": {"app": "web"}}], "toPorts": [{"ports": ports}]}]
    spec = {
        "endpointSelector": {"matchLabels": {"app.kubernetes.io/name": name}},
        "ingress": ingress,
    }
    return _manifest("cilium.io/v2", "CiliumNetworkPolicy", name, spec=spec)


def _scaled(name: str) -> Manifest:
    trigger = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "60"}}
    spec = {
        "scaleTargetRef": {"name": name},
        "minReplicaCount": 1,
        "maxReplicaCount": 5,
        "triggers": [trigger],
    }
    return _manifest("keda.sh/v1alpha1", "ScaledObject", name, spec=spec)


def _cluster(name: str) -> Manifest:
    spec = {
        "instances": 3,
        "storage": {"size": "10Gi"},
        "bootstrap": {"initdb": {"database": "shop", "owner": "shop"}},
    }
    return _manifest("postgresql.cnpg.io/v1", "Cluster", name, spec=spec)


def _dashboard(name: str) -> Manifest:
    spec = {
        "instanceSelector": {"matchLabels": {"dashboards": "grafana"}},
        "url": f"https://example.org/{name}.json",
    }
    return _manifest("grafana.integreatly.org/v1beta1", "GrafanaDashboard", name, spec=spec)


NAMED = frozenset(
    {
        Identity("", "Namespace", "", "shop"),
        Identity("cert-manager.io", "ClusterIssuer", "", "letsencrypt"),
        Identity("external-secrets.io", "ClusterSecretStore", "", "vault"),
        Identity("gateway.networking.k8s.io", "Gateway", "gateway", "web"),
        Identity("kustomize.toolkit.fluxcd.io", "Kustomization", "shop", "storage"),
        Identity("source.toolkit.fluxcd.io", "GitRepository", "shop", "flux-system"),
        Identity("source.toolkit.fluxcd.io", "HelmRepository", "shop", "shop"),
    }
)
"""Names of objects that they refer to and that do not exist here."""

MAKERS = (
    _deployment,
    _service,
    _route,
    _release,
    _kustomization,
    _secret,
    _monitor,
    _certificate,
    _policy,
    _scaled,
    _cluster,
    _dashboard,
)


def objects(count: int) -> Iterator[Manifest]:
    """Yield `count` objects, every kind equally often."""
    for index in range(count):
        yield MAKERS[index % len(MAKERS)](f"app-{index}")
