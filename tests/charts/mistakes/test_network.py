"""Mistakes of the network of the original of infra and apps, each found by its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.charts.mistakes.mistake import findings

GATEWAY = """apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: cilium}
spec: {controllerName: io.cilium/gateway-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: cilium-gateway-external, namespace: kube-system}
spec:
  gatewayClassName: cilium
  listeners:
  - {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}
  - name: https
    port: 443
    protocol: HTTPS
    allowedRoutes: {namespaces: {from: All}}
    tls: {mode: Terminate, certificateRefs: [{name: wildcard-tls}]}"""
CERTIFICATE = """apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: wildcard-tls, namespace: kube-system}
spec:
  secretName: wildcard-tls
  commonName: "*.monosense.io"
  dnsNames: ["*.monosense.io", monosense.io]
  issuerRef: {kind: ClusterIssuer, name: letsencrypt-production}"""


def namespace(name: str) -> str:
    return f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}"


def deployment(home: str, name: str, *, label: str = "app", env: str = "") -> str:
    """Return a Deployment; `env` are variables in the flow style of YAML."""
    return f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {home}}}
spec:
  selector: {{matchLabels: {{{label}: {name}}}}}
  template:
    metadata: {{labels: {{{label}: {name}}}}}
    spec:
      containers:
      - name: main
        image: registry.example.com/{name}:1.0
        ports: [{{name: http, containerPort: 8080}}]
        env: [{env}]"""


def route(host: str) -> str:
    return f"""apiVersion: v1
kind: Service
metadata: {{name: harbor, namespace: harbor}}
spec: {{selector: {{app: harbor}}, ports: [{{name: http, port: 80, targetPort: http}}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: harbor-web, namespace: harbor}}
spec:
  parentRefs: [{{name: cilium-gateway-external, namespace: kube-system, sectionName: https}}]
  hostnames: [{host}]
  rules: [{{backendRefs: [{{name: harbor, port: 80}}]}}]"""


def policy(home: str, name: str, rule: str, *, direction: str = "egress") -> str:
    """Return a NetworkPolicy for the pods `app: <name>` with one rule in the flow style."""
    return f"""apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: {home}}}
spec:
  podSelector: {{matchLabels: {{app: {name}}}}}
  policyTypes: [{direction.title()}]
  {direction}: [{rule}]"""


WRONG: dict[str, tuple[list[str], str, str]] = {
    "9: wildcard-tls lacks the hosts of a subdomain": (
        [
            namespace("harbor"),
            GATEWAY,
            CERTIFICATE,
            deployment("harbor", "harbor"),
            route("harbor.infra.monosense.io"),
        ],
        "R26",
        "harbor.infra.monosense.io is not in the certificate of the listener",
    ),
    "6: the Service of a gateway has another name": (
        [
            namespace("networking"),
            GATEWAY,
            (
                "apiVersion: v1\nkind: ConfigMap\n"
                "metadata: {name: cluster-settings, namespace: networking}\n"
                "data:\n  CLOUDFLARED_TARGET_SERVICE: "
                "https://cilium-gateway-external.kube-system.svc.cluster.local"
            ),
        ],
        "R27",
        "no Service cilium-gateway-external in namespace kube-system",
    ),
    "6: a Service of another cluster is not global": (
        [
            namespace("observability"),
            deployment(
                "observability",
                "vmagent",
                env='{name: URL, value: "http://vminsert.observability.svc.cluster.local:8480"}',
            ),
        ],
        "R19",
        "no Service vminsert in namespace observability",
    ),
    "5: a policy of Cilium with empty lists denies nothing": (
        [
            namespace("dragonfly-system"),
            deployment("dragonfly-system", "dragonfly"),
            (
                "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
                "metadata: {name: default-deny-all, namespace: dragonfly-system}\n"
                "spec: {endpointSelector: {}, ingress: [], egress: []}"
            ),
        ],
        "P95",
        "is empty, so that the policy denies no ingress",
    ),
    "11: a BGP advertisement without a selector": (
        [
            (
                "apiVersion: cilium.io/v2alpha1\nkind: CiliumBGPAdvertisement\n"
                "metadata: {name: bgp-loadbalancer-ips, labels: {advertise: bgp}}\n"
                "spec: {advertisements: [{advertisementType: Service, "
                "service: {addresses: [LoadBalancerIP]}}]}"
            ),
        ],
        "R25",
        "without a selector the advertisement matches no Service",
    ),
    "12: selectors never reach MinIO": (
        [
            namespace("gitlab-runner"),
            deployment(
                "gitlab-runner",
                "runner",
                env='{name: S3_ENDPOINT, value: "http://10.25.11.3:9000"}',
            ),
            policy(
                "gitlab-runner",
                "runner",
                "{to: [{namespaceSelector: {}}], ports: [{port: 9000}, {port: 443}]}",
            ),
        ],
        "P96",
        "egress to 10.25.11.3 at port 9000 is denied",
    ),
    "12: the items of a list are alternatives": (
        [
            namespace("gitlab-system"),
            namespace("dragonfly-system"),
            deployment("gitlab-system", "gitlab"),
            deployment("dragonfly-system", "dragonfly"),
            policy(
                "gitlab-system",
                "gitlab",
                "{to: [{namespaceSelector: {matchLabels: "
                "{kubernetes.io/metadata.name: dragonfly-system}}}, "
                "{podSelector: {matchLabels: {app: dragonfly}}}], ports: [{port: 6379}]}",
            ),
        ],
        "R12",
        "spec.egress[0].to[1].podSelector: selects no pod of namespace gitlab-system",
    ),
    "12: the gateway is in no namespace": (
        [
            namespace("harbor"),
            GATEWAY,
            CERTIFICATE,
            deployment("harbor", "harbor"),
            route("harbor.monosense.io"),
            policy(
                "harbor",
                "harbor",
                "{from: [{namespaceSelector: {matchLabels: "
                "{kubernetes.io/metadata.name: kube-system}}}], ports: [{port: 8080}]}",
                direction="ingress",
            ),
        ],
        "P77",
        "ingress on port 8080 is denied",
    ),
    "12: no namespace has the label cluster": (
        [
            namespace("observability"),
            deployment("observability", "vminsert"),
            policy(
                "observability",
                "vminsert",
                "{from: [{namespaceSelector: {matchLabels: {cluster: apps}}}]}",
                direction="ingress",
            ),
        ],
        "R12",
        "selects no namespace: none has the label cluster",
    ),
    "4: namespaces that nothing creates": (
        [deployment("networking", "cloudflared")],
        "R11",
        "namespace networking is not declared",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_of_the_network_is_found(tmp_path: Path, case: str) -> None:
    documents, rule, message = WRONG[case]
    found = findings(tmp_path, *documents)
    assert [each for each in found if each.startswith(f"{rule} ") and message in each] != []


ORDER = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s, namespace: flux-system}
spec:
  interval: 10m
  path: ./%s
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  dependsOn: [{name: %s}]"""


def test_a_dependency_on_a_name_that_does_not_exist_is_found(tmp_path: Path) -> None:
    unit = ORDER % ("cloudflared", "cloudflared", "cluster-infra-gateway")
    more = {"cloudflared__a": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: a}"}
    found = findings(tmp_path, unit, **more)
    assert any(each.startswith("G01 ") and "cluster-infra-gateway" in each for each in found)


def test_a_root_that_waits_for_what_only_it_creates_is_found(tmp_path: Path) -> None:
    root = ORDER % ("cluster-apps-infrastructure", "infrastructure", "cilium-core")
    core = ORDER.partition("  dependsOn")[0] % ("cilium-core", "cilium")
    more = {
        "infrastructure__cilium-core": core,
        "cilium__a": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: a}",
    }
    found = findings(tmp_path, root, **more)
    assert any(each.startswith("G03 ") and "cilium-core" in each for each in found)


DENY = """apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: default-deny-all, namespace: cert-manager}
spec: {endpointSelector: {}, ingress: [{}], egress: [{}]}"""
CONTROLLER = """apiVersion: apps/v1
kind: Deployment
metadata: {name: cert-manager, namespace: cert-manager}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: cert-manager}}
  template:
    metadata:
      labels: {app.kubernetes.io/name: cert-manager, app.kubernetes.io/component: controller}
    spec: {containers: [{name: main, image: "example.org/cert-manager-controller:v1.19.0"}]}"""
ISSUER = """apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt-production}
spec:
  acme:
    server: https://acme-v02.api.letsencrypt.org/directory
    privateKeySecretRef: {name: letsencrypt-production-account-key}
    solvers:
    - dns01: {cloudflare: {apiTokenSecretRef: {name: cloudflare-api-token, key: api-token}}}"""


def test_a_baseline_that_starves_cert_manager_is_found(tmp_path: Path) -> None:
    found = findings(tmp_path, namespace("cert-manager"), DENY, CONTROLLER, ISSUER)
    starved = [each for each in found if each.startswith("R38 ")]
    hosts = ("acme-v02.api.letsencrypt.org", "api.cloudflare.com")
    assert [next(host for host in hosts if host in each) for each in starved] == list(hosts)


def test_dns_without_the_label_of_the_baseline_is_found(tmp_path: Path) -> None:
    service = """apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec:
  selector: {k8s-app: coredns}
  ports: [{name: dns, port: 53, protocol: UDP}]"""
    policy = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: allow-dns-egress, namespace: harbor}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
      podSelector: {matchLabels: {k8s-app: kube-dns}}
    ports: [{port: 53, protocol: UDP}]"""
    dns = deployment("kube-system", "coredns", label="k8s-app")
    found = findings(tmp_path, namespace("harbor"), dns, service, policy)
    (missed,) = (each for each in found if each.startswith("R12 "))
    assert missed.startswith("R12 NetworkPolicy.networking.k8s.io harbor/allow-dns-egress ")
    assert "podSelector: selects no pod of namespace kube-system" in missed
