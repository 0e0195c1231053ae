"""Delivered objects of the cluster goingdark, and their order, read as by Argo CD."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from charts.apps.mastodon.route import MastodonRoute
from charts.clusters.goingdark.mastodon import _R2
from kubestrata import ArgoCd, Component, Host, Reference, ServiceReference
from kubestrata.constructs import GatewayReference
from tests.charts.goingdark_tree import (
    applications,
    applied,
    delivered,
    entry,
    objects,
    values,
    wave,
)
from tests.small_platform import new_cluster, new_component

FLOOR = {
    # Without the adapter of metrics, which is a chart.
    ("apps/v1", "DaemonSet"): 1,
    ("apps/v1", "Deployment"): 12,
    ("apps/v1", "StatefulSet"): 1,
    ("argoproj.io/v1alpha1", "AppProject"): 3,
    ("argoproj.io/v1alpha1", "ApplicationSet"): 2,
    ("autoscaling.k8s.io/v1", "VerticalPodAutoscaler"): 5,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): 5,
    ("barmancloud.cnpg.io/v1", "ObjectStore"): 1,
    ("batch/v1", "CronJob"): 2,
    # Without two that made keys and a role, which come from the store and from the Cluster.
    ("batch/v1", "Job"): 7,
    ("cert-manager.io/v1", "Certificate"): 11,
    ("cert-manager.io/v1", "ClusterIssuer"): 5,
    ("cilium.io/v2", "CiliumLoadBalancerIPPool"): 1,
    ("cilium.io/v2", "CiliumNetworkPolicy"): 3,
    ("cilium.io/v2alpha1", "CiliumL2AnnouncementPolicy"): 1,
    ("elasticsearch.k8s.elastic.co/v1", "Elasticsearch"): 1,
    ("external-secrets.io/v1", "ClusterSecretStore"): 1,
    ("external-secrets.io/v1", "ExternalSecret"): 14,
    ("external-secrets.io/v1", "SecretStore"): 1,
    ("gateway.networking.k8s.io/v1", "Gateway"): 1,
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): 6,
    ("monitoring.coreos.com/v1", "PrometheusRule"): 1,
    ("networking.k8s.io/v1", "NetworkPolicy"): 3,
    ("operator.victoriametrics.com/v1beta1", "VMServiceScrape"): 2,
    ("policy/v1", "PodDisruptionBudget"): 6,
    ("postgresql.cnpg.io/v1", "Backup"): 1,
    # Without the sketch of a recovery, which is an argument: it would start a second database.
    ("postgresql.cnpg.io/v1", "Cluster"): 1,
    ("postgresql.cnpg.io/v1", "Pooler"): 2,
    ("postgresql.cnpg.io/v1", "ScheduledBackup"): 1,
    ("rbac.authorization.k8s.io/v1", "ClusterRole"): 1,
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): 1,
    ("rbac.authorization.k8s.io/v1", "Role"): 2,
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): 2,
    ("scheduling.k8s.io/v1", "PriorityClass"): 2,
    ("v1", "ConfigMap"): 8,
    # Without the empty namespace of the base system.
    ("v1", "Namespace"): 13,
    ("v1", "ResourceQuota"): 2,
    ("v1", "PersistentVolumeClaim"): 2,
    # Without that of the adapter, which is a chart, and one for Tor, which has no port.
    ("v1", "Service"): 9,
    ("v1", "ServiceAccount"): 4,
}
CHARTS = {
    "argocd": ("argo-cd", "9.1.0", "argocd"),
    "cert-manager": ("cert-manager", "v1.19.1", "cert-manager"),
    "cilium": ("cilium", "1.18.3", "cilium"),
    "cloudnative-pg": ("cloudnative-pg", "0.26.1", "cloudnative-pg"),
    "crds-prometheus-operator": (
        "prometheus-operator-crds",
        "24.0.1",
        "crds-prometheus-operator",
    ),
    "descheduler": ("descheduler", "0.34.0", "descheduler"),
    "dex": ("dex", "0.24.0", "dex"),
    "eck-operator": ("eck-operator", "3.2.0", "eck-operator"),
    "external-secrets": ("external-secrets", "0.20.4", "external-secrets"),
    "metrics-server": ("metrics-server", "3.13.0", "metrics-server"),
    "plugin-barman-cloud": ("plugin-barman-cloud", "0.1.0", "plugin-barman-cloud"),
    "prometheus-adapter": ("prometheus-adapter", "5.2.0", "prometheus-adapter"),
    "victoria-logs": ("victoria-logs-single", "0.11.17", "vl"),
    "victoria-metrics": ("victoria-metrics-k8s-stack", "0.63.3", "vm"),
    "vpa": ("vpa", "4.10.0", "vpa"),
}
# The API group of a kind -> the Application that brings its CRD.
CRDS = {
    "autoscaling.k8s.io": "vpa",
    "barmancloud.cnpg.io": "plugin-barman-cloud",
    "cert-manager.io": "cert-manager",
    "cilium.io": "cilium",
    "elasticsearch.k8s.elastic.co": "eck-operator",
    "external-secrets.io": "crds-external-secrets",
    "gateway.networking.k8s.io": "crds-gateway-api",
    "generators.external-secrets.io": "crds-external-secrets",
    "monitoring.coreos.com": "crds-prometheus-operator",
    "operator.victoriametrics.com": "victoria-metrics",
    "postgresql.cnpg.io": "cloudnative-pg",
}
# Each waits for the one before.
CHAINS = (
    (
        "cert-manager",
        "cert-manager-config",
        "external-secrets",
        "bitwarden-store",
        "cloudflare-issuer",
        "gateway",
        "dex",
    ),
    ("gateway", "argocd"),
    ("gateway", "victoria-metrics", "prometheus-adapter"),
    ("cilium", "cilium-config", "gateway"),
    ("cilium", "network-policies"),
    ("bitwarden-store", "mastodon-secrets", "mastodon-database", "mastodon-database-login"),
    ("cloudnative-pg", "plugin-barman-cloud", "mastodon-database"),
    ("cert-manager", "plugin-barman-cloud"),
    ("eck-operator", "mastodon-search"),
    ("cert-manager-config", "mastodon-search"),
    ("mastodon-priorities", "mastodon-database"),
    ("mastodon-database", "mastodon-database-login", "mastodon", "mastodon-onion"),
    ("mastodon-redis", "mastodon"),
    ("mastodon-search", "mastodon"),
    ("mastodon-secrets", "mastodon"),
    ("mastodon-tor-proxy", "mastodon"),
    ("prometheus-adapter", "mastodon", "mastodon-runbooks"),
    ("cilium", "mastodon-network"),
    ("gateway", "mastodon"),
    ("gateway", "cloudflared"),
    ("gateway", "cryptpad"),
    ("cloudflared-credentials", "cloudflared"),
    ("hcloud-exporter-credentials", "hcloud-exporter"),
    ("hypebot-credentials", "hypebot"),
    ("masto-claims-proxy", "dex"),
    ("victoria-logs", "victoria-metrics"),
)


def test_goingdark_has_the_kinds_of_its_inventory() -> None:
    found = Counter((each["apiVersion"], each["kind"]) for _, each in applied())
    for kind in ("AppProject", "ApplicationSet"):
        found += Counter((each["apiVersion"], each["kind"]) for each in entry(kind).values())
    assert {kind: found[kind] for kind in FLOOR if found[kind] < FLOOR[kind]} == {}


def test_charts_have_their_versions_and_release_names() -> None:
    found = {}
    for name, application in applications().items():
        spec = application["spec"]
        for source in (*spec.get("sources", ()), spec.get("source", {})):
            if "chart" in source:
                found[name] = (
                    source["chart"],
                    source["targetRevision"],
                    source["helm"]["releaseName"],
                )
    assert found == CHARTS


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: f"{chain[0]}-{chain[-1]}")
def test_applications_wait_for_what_they_need(chain: tuple[str, ...]) -> None:
    for first, then in pairwise(chain):
        assert wave(first) < wave(then), (first, then)


def test_crds_come_before_their_objects() -> None:
    for application, manifest in applied():
        group = manifest["apiVersion"].rpartition("/")[0]
        if group in CRDS:
            assert wave(CRDS[group]) < wave(application), manifest["metadata"]["name"]


def test_stores_come_before_their_secrets() -> None:
    stores = {"bitwarden-backend": "bitwarden-store"}
    checked = 0
    for application, manifest in applied():
        if manifest["kind"] == "ExternalSecret":
            store = manifest["spec"].get("secretStoreRef", {}).get("name")
            if store in stores:
                assert wave(stores[store]) < wave(application)
                checked += 1
    assert checked == 13


def test_every_namespace_is_declared_with_a_level() -> None:
    levels = {
        name: each["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for name, each in objects("Namespace").items()
    }
    privileged = {"mastodon", "victorialogs", "victoriametrics"}
    assert {name for name, level in levels.items() if level == "privileged"} == privileged
    assert levels["dex"] == "baseline"
    used = {each["metadata"].get("namespace") for _, each in applied()} - {None}
    assert used <= {*levels, "kube-system"}


def test_quotas_leave_room_for_the_pods_of_argo_cd() -> None:
    quota = objects("ResourceQuota")["argocd/argocd-resource-quota"]["spec"]["hard"]
    assert quota == {
        "requests.cpu": "400m",
        "requests.memory": "1.5Gi",
        "limits.cpu": "1.5",
        "limits.memory": "3Gi",
        "pods": "15",
        "persistentvolumeclaims": "5",
    }
    given = values("argocd")
    parts = ("controller", "server", "repoServer", "applicationSet", "redis", "redisSecretInit")
    cpu = sum(int(given[part]["resources"]["limits"]["cpu"].rstrip("m")) for part in parts)
    assert cpu <= 1500


def test_argo_cd_waits_for_waves_and_logs_in_by_dex() -> None:
    settings = values("argocd")["configs"]["cm"]
    assert settings[ArgoCd.HEALTH_KEY] == ArgoCd.HEALTH
    assert settings["application.resourceTrackingMethod"] == "annotation"
    assert settings["admin.enabled"] is False
    assert '"clientSecret": "$argocd-oidc-client:clientSecret"' in settings["oidc.config"]
    # Argo CD applies the Endpoints of the scrapes.
    assert '"Endpoints"' not in settings["resource.exclusions"]
    assert values("argocd")["configs"]["secret"] == {"createSecret": False}
    assert values("argocd")["configs"]["rbac"] == {
        "policy.csv": (
            "g, mastodon:Owner, role:admin\n"
            "g, mastodon:Admin, role:admin\n"
            "g, mastodon:Moderator, role:readonly\n"
        ),
        "policy.default": "",
        "scopes": "[groups]",
    }


def test_recommendations_name_containers_and_change_no_pod() -> None:
    found = {
        name: (
            each["spec"]["targetRef"]["kind"],
            each["spec"]["resourcePolicy"]["containerPolicies"][0]["containerName"],
            each["spec"]["updatePolicy"]["updateMode"],
        )
        for name, each in objects("VerticalPodAutoscaler").items()
    }
    assert found == {
        "argocd/argocd-application-controller-vpa": (
            "StatefulSet",
            "application-controller",
            "Off",
        ),
        "argocd/argocd-applicationset-controller-vpa": (
            "Deployment",
            "applicationset-controller",
            "Off",
        ),
        "argocd/argocd-repo-server-vpa": ("Deployment", "repo-server", "Off"),
        "argocd/argocd-server-vpa": ("Deployment", "server", "Off"),
        "kube-system/vpa-recommender-vpa": ("Deployment", "vpa", "Off"),
    }


def test_the_gateway_has_two_listeners_with_one_certificate() -> None:
    spec = objects("Gateway")["gateway/external"]["spec"]
    assert spec["infrastructure"] == {"annotations": {"lbipam.cilium.io/ips": "10.0.32.240"}}
    assert {each["name"]: each["hostname"] for each in spec["listeners"]} == {
        "https-goingdark-gateway": "goingdark.social",
        "https-domain-goingdark-gateway": "*.goingdark.social",
    }
    for listener in spec["listeners"]:
        assert (listener["port"], listener["protocol"]) == (443, "HTTPS")
        assert listener["allowedRoutes"] == {"namespaces": {"from": "All"}}
        assert listener["tls"] == {
            "mode": "Terminate",
            "certificateRefs": [{"name": "cert-goingdark"}],
        }


def test_the_addresses_of_services_are_outside_of_other_networks() -> None:
    (block,) = objects("CiliumLoadBalancerIPPool")["service-pool"]["spec"]["blocks"]
    assert block == {"start": "10.0.32.240", "stop": "10.0.32.250"}
    config = objects("CiliumGatewayClassConfig")["kube-system/cilium"]["spec"]
    assert config["service"]["loadBalancerClass"] == "io.cilium/l2-announcer"
    given = values("cilium")
    assert given["cluster"] == {"name": "goingdark", "id": 1}
    assert given["encryption"] == {"enabled": True, "type": "wireguard"}
    assert (given["routingMode"], given["ipv4NativeRoutingCIDR"]) == ("native", "10.0.0.0/16")


def test_routes_lead_to_their_services() -> None:
    found = {
        name: (each["spec"]["hostnames"], each["spec"]["rules"][0]["backendRefs"][0])
        for name, each in objects("HTTPRoute").items()
    }
    server = {"name": "argocd-server", "port": 80}
    assert found == {
        "argocd/argocd": (["argocd.goingdark.social"], server),
        "argocd/argocd-webhook": (["argocd.goingdark.social"], server),
        "cryptpad/cryptpad": (
            ["pad.goingdark.social", "cryptpad.goingdark.social"],
            {"name": "cryptpad", "port": 3000},
        ),
        "dex/idp-route": (["idp.goingdark.social"], {"name": "dex", "port": 5556}),
        "mastodon/mastodon": (
            ["goingdark.social"],
            {"name": "mastodon-streaming", "port": 4000},
        ),
        "victoriametrics/grafana-monitoring": (
            ["monitoring.goingdark.social"],
            {"name": "vm-grafana", "port": 80},
        ),
    }
    webhook = objects("HTTPRoute")["argocd/argocd-webhook"]["spec"]["rules"][0]["matches"]
    assert webhook == [{"path": {"type": "PathPrefix", "value": "/api/webhook"}}]


def test_mastodon_serves_web_and_streaming_below_one_host() -> None:
    component: Component = new_component(new_cluster(groups=("gateway.networking.k8s.io",)), "web")
    home = component.home_namespace.object_name
    gateway = GatewayReference(
        Reference(component, "gateway.networking.k8s.io", "Gateway", "external", "gateway"),
        "https",
        Host("example.com"),
    )

    def service(name: str, port: int) -> ServiceReference:
        return ServiceReference(Reference(component, "", "Service", name, home), port)

    route = MastodonRoute(
        component,
        "mastodon",
        host=Host("example.com"),
        gateway=gateway,
        web=service("web", 3000),
        streaming=service("streaming", 4000),
        onion="abc.onion",
    )
    spec: Any = route.resource.body["spec"]
    rules = [(rule["matches"][0]["path"]["value"], rule["backendRefs"]) for rule in spec["rules"]]
    assert rules == [
        ("/api/v1/streaming", [{"name": "streaming", "port": 4000}]),
        ("/", [{"name": "web", "port": 3000}]),
    ]
    for rule in spec["rules"]:
        assert rule["filters"] == [
            {
                "type": "ResponseHeaderModifier",
                "responseHeaderModifier": {
                    "add": [{"name": "Onion-Location", "value": "http://abc.onion"}]
                },
            }
        ]


def test_the_database_is_as_stated() -> None:
    spec = objects("Cluster")["mastodon/database-cnpg"]["spec"]
    assert (spec["instances"], spec["imageName"], spec["enablePDB"]) == (
        2,
        "ghcr.io/cloudnative-pg/postgresql:17.5",
        True,
    )
    assert spec["bootstrap"] == {"initdb": {"database": "mastodon", "owner": "app"}}
    assert (spec["storage"]["size"], spec["walStorage"]["size"]) == ("80Gi", "20Gi")
    assert len(spec["postgresql"]["parameters"]) == 19
    # Streaming verifies the names of the pools.
    assert "database-cnpg-pooler-rw" in spec["certificates"]["serverAltDNSNames"]
    for kind in ("rw", "ro"):
        pooler = objects("Pooler")[f"mastodon/database-cnpg-pooler-{kind}"]["spec"]
        assert (pooler["type"], pooler["instances"]) == (kind, 2)
        assert pooler["pgbouncer"] == {
            "poolMode": "transaction",
            "parameters": {"max_client_conn": "1000", "default_pool_size": "125"},
        }


def test_backups_go_to_r2_twice_a_week() -> None:
    schedule = objects("ScheduledBackup")["mastodon/database-backup"]["spec"]
    assert (schedule["schedule"], schedule["method"]) == ("0 0 6 * * 1,4", "plugin")
    spec = objects("ObjectStore")["mastodon/database-backup"]["spec"]
    assert spec["retentionPolicy"] == "14d"
    configuration = spec["configuration"]
    assert configuration["destinationPath"] == "s3://mastovault/cnpg/mastodon-database"
    assert configuration["endpointURL"] == _R2
    assert configuration["wal"] == {"compression": "gzip", "maxParallel": 8}
    assert configuration["data"] == {"compression": "gzip", "jobs": 2}
    names = {each["name"] for each in spec["instanceSidecarConfiguration"]["env"]}
    assert {"AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"} <= names


def test_elasticsearch_serves_with_the_internal_certificate() -> None:
    spec = objects("Elasticsearch")["mastodon/elasticsearch"]["spec"]
    assert spec["version"] == "8.18.1"
    assert spec["http"]["tls"]["certificate"] == {"secretName": "mastodon-elastic-server"}
    (nodes,) = spec["nodeSets"]
    # Its volume keeps it on one node, so it tolerates no other.
    assert "tolerations" not in nodes["podTemplate"]["spec"]
    assert nodes["podTemplate"]["spec"]["priorityClassName"] == "mastodon-critical"


def test_no_object_of_a_chart_is_committed() -> None:
    kinds = {each["kind"] for application, each in applied() if application in CHARTS}
    assert not kinds & {"CustomResourceDefinition", "DaemonSet", "Deployment", "StatefulSet"}
    made = [unit.applied_by.manifest or {} for unit in delivered().units]
    assert {each.get("kind") for each in made} == {"Application"}
