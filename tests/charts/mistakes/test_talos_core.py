"""Mistakes of the core of the original of talos, each found by its rule in the original's form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import check_tree

TODAY = date(2026, 1, 2)
SOURCE = "sourceRef: {kind: GitRepository, name: flux-system}"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}{labels}}}"
REPOSITORY = """apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux-system}
spec: {interval: 24h, url: "https://charts.example.com"}"""


def unit(name: str, path: str, more: str = "") -> str:
    """Return a Kustomization of Flux; `more` are lines of its spec."""
    head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
    head += f"metadata: {{name: {name}, namespace: flux-system}}"
    spec = f"spec:\n  interval: 10m\n  path: ./{path}\n  prune: true\n  {SOURCE}"
    return "\n".join([head, spec, *(f"  {line}" for line in more.splitlines())])


def release(name: str, namespace: str, spec: str = "", *, version: str = "1.0.0") -> str:
    """Return a HelmRelease; `spec` are lines of its spec."""
    lines = "\n".join(f"  {line}" for line in spec.splitlines())
    return f"""apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  interval: 30m
  chart:
    spec:
      chart: {name}
      version: "{version}"
      sourceRef: {{kind: HelmRepository, name: charts, namespace: flux-system}}
{lines}""".rstrip()


def namespace(name: str, labels: str = "") -> str:
    return NAMESPACE.format(name=name, labels=f", labels: {{{labels}}}" if labels else "")


def generated(name: str, home: str, refresh: str, key: str = "password") -> str:
    """Return a generator and its ExternalSecret as the original has them."""
    return f"""apiVersion: generators.external-secrets.io/v1alpha1
kind: Password
metadata: {{name: {name}-generator, namespace: {home}}}
spec: {{length: 32, digits: 8, symbols: 0, noUpper: false, allowRepeat: true}}
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {{name: {name}, namespace: {home}}}
spec:
  refreshInterval: {refresh}
  target:
    name: {name}
    template: {{data: {{{key}: "{{{{ .password }}}}"}}}}
  dataFrom:
  - sourceRef:
      generatorRef:
        apiVersion: generators.external-secrets.io/v1alpha1
        kind: Password
        name: {name}-generator"""


def joined(*documents: str) -> str:
    return "\n---\n".join(documents)


CERTIFICATE = """apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: vault-ingress-tls, namespace: vault}
spec:
  secretName: vault-ingress-tls
  dnsNames: [vault.test-cluster.agentydragon.com]
  issuerRef: {kind: ClusterIssuer, name: letsencrypt-prod}"""
INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: vault
  namespace: vault
  annotations: {cert-manager.io/cluster-issuer: letsencrypt-prod}
spec:
  ingressClassName: nginx
  tls: [{hosts: [vault.test-cluster.agentydragon.com], secretName: vault-ingress-tls}]
  rules:
  - host: vault.test-cluster.agentydragon.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: instance, port: {number: 8200}}}}"""

MISTAKES = {
    "a health check of a CRD that a later Kustomization installs": (
        {
            "k8s/kustomization.yaml": "resources: [core.yaml, secrets.yaml]",
            "k8s/core.yaml": unit(
                "core",
                "core",
                "healthChecks:\n- apiVersion: apiextensions.k8s.io/v1\n"
                "  kind: CustomResourceDefinition\n  name: externalsecrets.external-secrets.io",
            ),
            "k8s/secrets.yaml": unit(
                "external-secrets-operator", "eso", "dependsOn: [{name: core}]"
            ),
            "core/a.yaml": namespace("core"),
            "eso/a.yaml": joined(
                namespace("external-secrets-system"),
                REPOSITORY,
                release(
                    "external-secrets", "external-secrets-system", "values: {installCRDs: true}"
                ),
            ),
        },
        "G06",
        "which starts after core",
    ),
    "health checks of Deployments under other names and namespaces": (
        {
            "k8s/kustomization.yaml": "resources: [vault-operator.yaml]",
            "k8s/vault-operator.yaml": unit(
                "vault-operator",
                "vault-operator",
                "healthChecks:\n- {apiVersion: apps/v1, kind: Deployment,"
                " name: ingress-nginx-controller, namespace: ingress-nginx}",
            ),
            "vault-operator/a.yaml": joined(
                namespace("vault"), REPOSITORY, release("operator", "vault")
            ),
        },
        "G06",
        "nothing creates Deployment",
    ),
    "a folder that no Kustomization applies": (
        {
            "k8s/kustomization.yaml": "resources: [core.yaml]",
            "k8s/core.yaml": unit("core", "core"),
            "core/a.yaml": namespace("core"),
            "k8s/applications/firecrawl/flux-kustomization.yaml": unit(
                "firecrawl", "k8s/applications/firecrawl"
            ),
            "k8s/applications/firecrawl/kustomization.yaml": "resources: [a.yaml]",
            "k8s/applications/firecrawl/a.yaml": namespace("firecrawl"),
        },
        "G07",
        "no Kustomization applies",
    ),
    "a folder that lists its own Kustomization": (
        {
            "k8s/kustomization.yaml": "resources: [metallb/flux-kustomization.yaml]",
            "k8s/metallb/kustomization.yaml": "resources: [flux-kustomization.yaml, a.yaml]",
            "k8s/metallb/flux-kustomization.yaml": unit("metallb", "k8s/metallb"),
            "k8s/metallb/a.yaml": namespace("metallb-system"),
        },
        "G08",
        "metallb applies it, and so does",
    ),
    "a Namespace twice, with other labels": (
        {
            "k8s/kustomization.yaml": "resources: [secret.yaml, app.yaml]",
            "k8s/secret.yaml": unit("gitea-secret", "gitea-secret"),
            "k8s/app.yaml": unit("gitea", "gitea", "dependsOn: [{name: gitea-secret}]"),
            "gitea-secret/a.yaml": namespace("gitea"),
            "gitea/a.yaml": namespace("gitea", "pod-security.kubernetes.io/enforce: baseline"),
        },
        "G08",
        "applies it, and so does",
    ),
    "a store that does not exist": (
        {
            "k8s/kustomization.yaml": "resources: [monitoring.yaml]",
            "k8s/monitoring.yaml": unit("monitoring", "monitoring"),
            "monitoring/a.yaml": joined(
                namespace("monitoring"),
                "apiVersion: external-secrets.io/v1beta1\nkind: ClusterSecretStore\nmetadata:"
                " {name: vault-backend}\nspec: {provider: {fake: {data: []}}}",
                generated("grafana-admin-password", "monitoring", "8760h")
                + "\n  secretStoreRef: {kind: ClusterSecretStore, name: cluster-secret-store}",
            ),
        },
        "R05",
        "no ClusterSecretStore cluster-secret-store",
    ),
    "a timeout below that of the release": (
        {
            "k8s/kustomization.yaml": "resources: [powerdns.yaml]",
            "k8s/powerdns.yaml": unit("powerdns", "powerdns", "timeout: 5m\nwait: true"),
            "powerdns/a.yaml": joined(
                namespace("dns-system"),
                REPOSITORY,
                release("powerdns", "dns-system", "timeout: 10m"),
            ),
        },
        "G30",
        "is 5m, but HelmRelease powerdns may take 10m",
    ),
    "a version that floats": (
        {
            "k8s/kustomization.yaml": "resources: [reloader.yaml]",
            "k8s/reloader.yaml": unit("reloader", "reloader"),
            "reloader/a.yaml": joined(
                REPOSITORY, release("reloader", "kube-system", version="1.*")
            ),
        },
        "P79",
        "1.*",
    ),
    "a range of versions": (
        {
            "k8s/kustomization.yaml": "resources: [operator.yaml]",
            "k8s/operator.yaml": unit("operator", "operator"),
            "operator/a.yaml": joined(
                namespace("powerdns-operator"),
                REPOSITORY,
                release("powerdns-operator", "powerdns-operator", version=">=0.6.0"),
            ),
        },
        "P79",
        ">=0.6.0",
    ),
    "an image without a version": (
        {
            "k8s/kustomization.yaml": "resources: [job.yaml]",
            "k8s/job.yaml": unit("job", "job"),
            "job/a.yaml": joined(
                namespace("authentik"),
                "apiVersion: batch/v1\nkind: Job\nmetadata: {name: copy, namespace: authentik}\n"
                "spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:"
                "\n      - {name: copy, image: 'bitnami/kubectl:latest'}",
            ),
        },
        "P26",
        "latest",
    ),
    "a Certificate and an annotation for one Secret": (
        {
            "k8s/kustomization.yaml": "resources: [vault.yaml]",
            "k8s/vault.yaml": unit("vault", "vault"),
            "vault/a.yaml": joined(namespace("vault"), CERTIFICATE, INGRESS),
        },
        "R16",
        "vault-ingress-tls",
    ),
    "a version of HelmReleases that Flux no longer serves": (
        {
            "k8s/kustomization.yaml": "resources: [vault.yaml]",
            "k8s/vault.yaml": unit("vault", "vault"),
            "vault/a.yaml": joined(
                namespace("vault"),
                REPOSITORY,
                release("operator", "vault").replace(
                    "toolkit.fluxcd.io/v2", "toolkit.fluxcd.io/v2beta2"
                ),
            ),
        },
        "V03",
        "v2beta2",
    ),
    "the administrator's password generated every day": (
        {
            "k8s/kustomization.yaml": "resources: [gitea.yaml]",
            "k8s/gitea.yaml": unit("gitea", "gitea"),
            "gitea/a.yaml": joined(
                namespace("gitea"),
                generated("gitea-admin-password", "gitea", "24h"),
                REPOSITORY,
                release(
                    "gitea",
                    "gitea",
                    "values: {gitea: {admin: {existingSecret: gitea-admin-password}}}",
                ),
            ),
        },
        "X04",
        "every 24h",
    ),
    "the key of stored data generated every day": (
        {
            "k8s/kustomization.yaml": "resources: [authentik.yaml]",
            "k8s/authentik.yaml": unit("authentik", "authentik"),
            "authentik/a.yaml": joined(
                namespace("authentik"),
                generated("authentik-secret-key", "authentik", "24h", "AUTHENTIK_SECRET_KEY"),
            ),
        },
        "X04",
        "every 24h",
    ),
    "a key that signs generated every day": (
        {
            "k8s/kustomization.yaml": "resources: [matrix.yaml]",
            "k8s/matrix.yaml": unit("matrix", "matrix"),
            "matrix/a.yaml": joined(
                namespace("matrix"),
                generated("synapse-signing-key", "matrix", "24h", "signing.key"),
            ),
        },
        "X04",
        "every 24h",
    ),
}


def findings(top: Path, files: dict[str, str], store: ChartStore | None = None) -> list[str]:
    """Return `rule object path: message` of a tree whose root is the folder `k8s`."""
    root = unit("flux-system", "k8s")
    source = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {name: flux-system, namespace: flux-system}\n"
        'spec: {interval: 1m, url: "ssh://git@example.com/cluster"}'
    )
    sync = joined(source, root)
    for path, text in {"flux-system/sync.yaml": sync, **files}.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    (tree,) = from_folder(top)
    if store is not None:
        (tree,) = with_charts([tree], store)
    report = check_tree(tree, all_rules(), [], TODAY)
    return [f"{each.rule} {each.finding.object} {each.finding.text}" for each in report.violations]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_of_the_original_is_found(mistake: str, tmp_path: Path) -> None:
    files, rule, text = MISTAKES[mistake]
    found = findings(tmp_path, dict(files))
    assert [line for line in found if line.startswith(f"{rule} ") and text in line], found


def test_values_that_a_chart_does_not_read_are_found(tmp_path: Path) -> None:
    chart = tmp_path / "charts" / "sealed-secrets"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: sealed-secrets\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("resources: {}\n")
    (chart / "templates" / "a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
        'data: {cpu: {{ .Values.resources.cpu | default "1" | quote }}}\n'
    )
    values = "values: {controller: {resources: {cpu: 10m}}}"
    files = {
        "k8s/kustomization.yaml": "resources: [core.yaml]",
        "k8s/core.yaml": unit("core", "core"),
        "core/a.yaml": joined(REPOSITORY, release("sealed-secrets", "flux-system", values)),
    }
    store = ChartStore(tmp_path / "store", [tmp_path / "charts"])
    found = findings(tmp_path / "tree", files, store)
    assert [line for line in found if line.startswith("V08 ") and "controller" in line], found
