"""Mistakes of the original's applications of talos, each found by its rule in the original's form.

Of the others in the list, no file of the repository shows them: groups and signing keys that no
Terraform module creates, and outposts that exist only in Authentik.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.charts.mistakes.test_talos_core import (
    REPOSITORY,
    findings,
    generated,
    joined,
    namespace,
    release,
    unit,
)

CHART_OF_MAIN = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: kagent, namespace: kagent}
spec: {interval: 10m, url: "https://github.com/kagent-dev/kagent", ref: {branch: main}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: kagent, namespace: kagent}
spec:
  interval: 10m
  chart: {spec: {chart: helm/kagent, sourceRef: {kind: GitRepository, name: kagent}}}"""
FORWARD_AUTH = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: loki
  namespace: loki
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://authentik-server.authentik/outpost.goauthentik.io/auth/nginx
    nginx.ingress.kubernetes.io/auth-signin: https://auth.test-cluster.agentydragon.com/outpost.goauthentik.io/start
spec:
  ingressClassName: nginx
  rules:
  - host: loki.test-cluster.agentydragon.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: loki-stack, port: {number: 3100}}}}"""
MODULES = """apiVersion: infra.contrib.fluxcd.io/v1alpha2
kind: Terraform
metadata: {name: vault-oidc-auth, namespace: flux-system}
spec:
  interval: 15m
  approvePlan: auto
  path: ./terraform/vault-oidc-auth
  sourceRef: {kind: GitRepository, name: flux-system}
  vars:
  - {name: vault_address, value: "https://instance.vault.svc.cluster.local:8200"}
  - {name: kubernetes_api_url, value: "https://kubernetes.default.svc"}
  - {name: authentik_oidc_discovery_url, value: "http://authentik-server.authentik/application/o/vault/"}
---
apiVersion: infra.contrib.fluxcd.io/v1alpha2
kind: Terraform
metadata: {name: powerdns-secrets, namespace: flux-system}
spec:
  interval: 15m
  approvePlan: auto
  path: ./terraform/dns/secrets
  sourceRef: {kind: GitRepository, name: flux-system}"""
VARIABLES = """variable "vault_address" { type = string }
variable "authentik_oidc_discovery_url" { type = string }
"""
MODEL = """apiVersion: kagent.dev/v1alpha2
kind: ModelConfig
metadata: {name: devbot-anthropic, namespace: agents}
spec:
  provider: Anthropic
  model: claude-sonnet-4-20250514
  apiKeySecret: kagent-anthropic
  apiKeySecretKey: ANTHROPIC_API_KEY"""
DATABASE = """apiVersion: v1
kind: ConfigMap
metadata: {name: attic-config, namespace: nix-cache}
data:
  server.toml: |
    [database]
    url = "postgresql://attic:attic-password@attic-postgresql:5432/attic\""""


def deployment(home: str, name: str, *, image: str = "nginx:1.25.0", more: str = "") -> str:
    """Return a Deployment; `more` are lines of its metadata, or of its container behind a `|`."""
    above, _, inside = more.partition("|")
    return f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {home}{above}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
      - {{name: main, image: "{image}"{inside}}}"""


def values(name: str, home: str, text: str) -> str:
    """Return a HelmRelease with these values."""
    return joined(namespace(home), REPOSITORY, release(name, home, f"values: {text}"))


BUNDLE = "/etc/ssl/certs/cluster-ca/ca-certificates.crt"
MISTAKES = {
    "a chart of another repository's main branch": (
        joined(namespace("kagent"), CHART_OF_MAIN),
        "P79",
        "main of https://github.com/kagent-dev/kagent is followed",
    ),
    "the key of Gitea in its values": (
        values(
            "gitea",
            "gitea",
            "{gitea: {config: {security: {SECRET_KEY: t0hG7vK2xQ9mW4sZ8bR1cD6f}}}}",
        ),
        "X01",
        "SECRET_KEY in plain text",
    ),
    "the password of Harbor's database in its values": (
        values("harbor", "harbor", "{database: {internal: {password: harbor-db-password}}}"),
        "X01",
        "spec.values.database.internal.password",
    ),
    "the password of a cache in the values of Matrix": (
        values("matrix-synapse", "matrix", "{redis: {auth: {password: synapse-redis}}}"),
        "X01",
        "spec.values.redis.auth.password",
    ),
    "the password of a database in a ConfigMap": (
        joined(namespace("nix-cache"), DATABASE),
        "X01",
        "holds credentials in an address",
    ),
    "a bundle of certificates that the main container does not mount": (
        joined(
            namespace("gitea"),
            deployment(
                "gitea", "gitea", more=f"|, env: [{{name: SSL_CERT_FILE, value: {BUNDLE}}}]"
            ),
        ),
        "R33",
        "where no volume is mounted",
    ),
    "forward authentication without the host of the request": (
        joined(namespace("loki"), FORWARD_AUTH),
        "R36",
        "sets no X-Forwarded-Host",
    ),
    "a Secret that Reloader watches and no pod reads": (
        joined(
            namespace("authentik"),
            deployment(
                "authentik",
                "authentik-server",
                more=", annotations: {secret.reloader.stakater.com/reload: authentik-secrets}",
            ),
        ),
        "R32",
        "watches Secret authentik-secrets",
    ),
    "an issuer that only the cluster can resolve": (
        joined(
            namespace("authentik"),
            values(
                "matrix-synapse",
                "matrix",
                "{extraConfig: {oidc_providers: [{client_id: matrix, "
                "issuer: 'http://authentik-server.authentik/application/o/matrix/'}]}}",
            ),
        ),
        "R34",
        "http://authentik-server.authentik/application/o/matrix/",
    ),
    "an image of a registry's former address": (
        joined(
            namespace("agents"),
            deployment("agents", "devbot-desktop", image="10.107.3.162:5000/devbot-desktop:1.0"),
        ),
        "R35",
        "comes from the address 10.107.3.162",
    ),
    "a model whose key is in another namespace": (
        joined(namespace("agents"), MODEL),
        "R06",
        "nothing creates Secret kagent-anthropic in namespace agents",
    ),
    "a store that a generated password names": (
        joined(
            namespace("monitoring"),
            generated("grafana-admin-password", "monitoring", "8760h")
            + "\n  secretStoreRef: {kind: ClusterSecretStore, name: cluster-secret-store}",
        ),
        "R05",
        "cluster-secret-store",
    ),
}


def found_in(top: Path, text: str, **more: str) -> list[str]:
    """Return the findings of a tree with these objects; `more` are files of the repository."""
    files = {
        "k8s/kustomization.yaml": "resources: [apps.yaml]",
        "k8s/apps.yaml": unit("apps", "apps"),
        "apps/a.yaml": text,
    }
    return findings(top, files | {path.replace("__", "/"): each for path, each in more.items()})


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_of_the_original_is_found(mistake: str, tmp_path: Path) -> None:
    text, rule, words = MISTAKES[mistake]
    found = found_in(tmp_path, text)
    assert [line for line in found if line.startswith(f"{rule} ") and words in line], found


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("R37", "declares no variable kubernetes_api_url"),
        ("R37", "has no folder ./terraform/dns/secrets"),
        ("R34", "http://authentik-server.authentik/application/o/vault/"),
    ],
)
def test_a_mistake_of_a_module_is_found(rule: str, words: str, tmp_path: Path) -> None:
    code = {"terraform__vault-oidc-auth__variables.tf": VARIABLES}
    found = found_in(tmp_path, joined(namespace("authentik"), MODULES), **code)
    assert [line for line in found if line.startswith(f"{rule} ") and words in line], found
