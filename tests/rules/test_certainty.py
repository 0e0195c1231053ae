"""Findings that are less certain have a lower severity than their rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Severity
from tests.gitops.repository import repository, unit

RULES = {rule.id: rule for rule in all_rules()}
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
ISSUER = "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: self}\n"
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cert-manager, namespace: cert-manager}
spec:
  chart: {spec: {chart: cert-manager, version: 1.0.0}}
  values: {crds: {enabled: true}}
"""
BACKUPS = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: copies.backup.example.org}
spec: {group: backup.example.org, names: {kind: Copy, plural: copies}, scope: Namespaced}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"
SHOP = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
POD = """apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: a, envFrom: [{secretRef: {name: token}}]}]}
"""
CLAIM = """apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: fast}
"""
OTHER = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: other, namespace: flux-system}
spec: {url: "https://example.org/other", interval: 1m}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s, namespace: flux-system}
spec: {path: ./, prune: true, interval: 10m, sourceRef: {kind: GitRepository, name: other}}
"""


def tree(top: Path, units: str, **folders: str) -> ClusterTree:
    files = {f"{name}/all.yaml": text for name, text in folders.items()}
    (found,) = from_folder(repository(top, {"clusters/home/units.yaml": units, **files}))
    return found


def severities(rule: str, of: ClusterTree) -> list[Severity | None]:
    """Return the severities of a rule's findings, None for that of the rule."""
    return [each.severity for each in RULES[rule].check(of)]


@pytest.mark.parametrize(
    ("ordered", "severity"), [(0, WARNING), (1, WARNING), (2, ERROR), (3, ERROR)]
)
def test_a_missing_order_is_an_error_where_half_of_the_kustomizations_declare_it(
    tmp_path: Path, ordered: int, severity: Severity
) -> None:
    names = ["a", "b", "c", "d"]
    after = "  dependsOn: [{name: base}]\n"
    units = [unit(name, after if at < ordered else "") for at, name in enumerate(names)]
    issuers = {name: ISSUER.replace("self", name) for name in names}
    read = tree(tmp_path, "---\n".join([unit("base"), *units]), base=RELEASE, **issuers)
    assert severities("G09", read) == [severity] * (4 - ordered)


def test_an_order_that_an_object_waits_for_is_a_note(tmp_path: Path) -> None:
    units = "---\n".join([unit("base"), unit("apps", "  wait: true\n")])
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: shop}\n"
    found = tree(tmp_path, units, base=secret, apps=f"{SHOP}---\n{POD}")
    assert NOTE in severities("G09", found)


def test_a_secret_of_another_namespace_may_be_copied(tmp_path: Path) -> None:
    other = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: blog}\n"
    alone = tree(tmp_path / "a", unit("apps"), apps=f"{SHOP}---\n{POD}")
    copied = tree(tmp_path / "b", unit("apps"), apps=f"{SHOP}---\n{POD}---\n{other}")
    assert severities("R06", alone) == [None]
    assert severities("R06", copied) == [WARNING]


def test_a_class_may_come_with_the_cluster_if_the_tree_declares_none(tmp_path: Path) -> None:
    own = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: slow}\n"
    none = tree(tmp_path / "a", unit("apps"), apps=f"{SHOP}---\n{CLAIM}")
    some = tree(tmp_path / "b", unit("apps"), apps=f"{SHOP}---\n{CLAIM}---\n{own}")
    assert severities("R07", none) == [WARNING]
    assert severities("R07", some) == [None]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("vault", [WARNING]), ("token-store", []), ("shop", []), ("infra-apps", [WARNING])],
)
def test_an_unfollowed_source_hides_only_what_its_name_suggests(
    tmp_path: Path, name: str, expected: list[Severity | None]
) -> None:
    units = f"{unit('apps')}---\n{OTHER % name}"
    assert severities("R06", tree(tmp_path, units, apps=f"{SHOP}---\n{POD}")) == expected


def test_a_source_that_is_not_declared_creates_nothing(tmp_path: Path) -> None:
    lost = (OTHER % "shop").partition("---\n")[2]
    found = tree(tmp_path, f"{unit('apps')}---\n{lost}", apps=f"{SHOP}---\n{POD}")
    assert severities("R06", found) == [None]
    assert severities("R07", found) == [None]


def test_a_namespace_is_certainly_missing_only_in_a_tree_that_was_read_wholly(
    tmp_path: Path,
) -> None:
    apps = f"{SHOP}---\n{CONFIG}---\n{CONFIG.replace('shop', 'blog')}"
    whole = tree(tmp_path / "a", unit("apps"), apps=apps)
    partly = tree(tmp_path / "b", f"{unit('apps')}---\n{OTHER % 'vault'}", apps=apps)
    assert severities("R11", whole) == [None]
    assert severities("R11", partly) == [WARNING]


def test_definitions_may_come_from_what_was_not_read(tmp_path: Path) -> None:
    whole = tree(tmp_path / "a", unit("apps"), apps=f"{ISSUER}---\n{BACKUPS}")
    bare = tree(tmp_path / "d", unit("apps"), apps=ISSUER)
    partly = tree(tmp_path / "b", f"{unit('apps')}---\n{OTHER % 'vault'}", apps=ISSUER)
    named = tree(tmp_path / "c", f"{unit('apps')}---\n{OTHER % 'cert-manager'}", apps=ISSUER)
    assert severities("G05", whole) == [None]
    assert severities("G05", bare) == [WARNING]
    assert severities("G05", partly) == [WARNING]
    assert severities("G05", named) == []


def test_a_dependency_may_exist_where_a_source_was_not_followed(tmp_path: Path) -> None:
    apps = unit("apps", "  dependsOn: [{name: database}]\n")
    assert severities("G01", tree(tmp_path / "a", apps, apps=SHOP)) == [None]
    partly = tree(tmp_path / "b", f"{apps}---\n{OTHER % 'vault'}", apps=SHOP)
    assert severities("G01", partly) == [WARNING]
    named = tree(tmp_path / "c", f"{apps}---\n{OTHER % 'database-tenants'}", apps=SHOP)
    assert severities("G01", named) == []


SUBSTITUTED = """  postBuild:
    substituteFrom:
    - {kind: ConfigMap, name: settings}
    - {kind: Secret, name: secrets%s}
"""
SETTINGS = """apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: flux-system}
data: {domain: example.com}
"""
HOST = """apiVersion: v1
kind: ConfigMap
metadata: {name: host, namespace: shop}
data: {host: "web.${domain}", size: "${size:=5Gi}"}
"""
FETCHED = """apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: secrets, namespace: flux-system}
spec: {secretStoreRef: {name: vault}, dataFrom: [{extract: {key: a}}]}
"""


@pytest.mark.parametrize(
    ("optional", "fetched", "expected"),
    [
        (", optional: true", "", {"host": "web.example.com", "size": "5Gi"}),
        (", optional: true", FETCHED, {"host": "web.${domain}", "size": "${size:=5Gi}"}),
        ("", "", {"host": "web.${domain}", "size": "${size:=5Gi}"}),
    ],
)
def test_a_later_source_that_was_not_read_may_set_every_variable(
    tmp_path: Path, optional: str, fetched: str, expected: dict[str, str]
) -> None:
    units = f"{unit('apps', SUBSTITUTED % optional)}---\n{SETTINGS}---\n{fetched}"
    found = tree(tmp_path, units, apps=f"{SHOP}---\n{HOST}").get("", "ConfigMap", "shop", "host")
    assert found is not None
    assert found.manifest["data"] == expected


def test_an_encrypted_variable_does_not_take_its_default(tmp_path: Path) -> None:
    secret = """apiVersion: v1
kind: Secret
metadata: {name: secrets, namespace: flux-system}
stringData: {size: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]"}
sops: {mac: "ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]", lastmodified: "2026-01-01"}
"""
    units = f"{unit('apps', SUBSTITUTED % '')}---\n{SETTINGS}---\n{secret}"
    found = tree(tmp_path, units, apps=f"{SHOP}---\n{HOST}").get("", "ConfigMap", "shop", "host")
    assert found is not None
    assert found.manifest["data"] == {"host": "web.example.com", "size": "${size:=5Gi}"}


def test_a_number_of_a_port_is_certainly_wrong_only_if_no_service_uses_the_declared_one(
    tmp_path: Path,
) -> None:
    pod = """apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: a, ports: [{containerPort: 8080}]}]}
"""
    service = """apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [%s]}
"""
    wrong, right = "{name: b, port: 81, targetPort: 9090}", "{name: a, port: 80, targetPort: 8080}"
    alone = tree(tmp_path / "a", unit("apps"), apps=f"{SHOP}---\n{pod}---\n{service % wrong}")
    both = f"{wrong}, {right}"
    beside = tree(tmp_path / "b", unit("apps"), apps=f"{SHOP}---\n{pod}---\n{service % both}")
    assert severities("R04", alone) == [None]
    assert severities("R04", beside) == [WARNING]


def test_an_object_in_a_file_that_no_cluster_applies_may_exist(tmp_path: Path) -> None:
    claim = CLAIM.replace("PersistentVolumeClaim", "ConfigMap").partition("spec")[0]
    named = POD.replace("secretRef: {name: token}", "configMapRef: {name: data}")
    apps = f"{SHOP}---\n{named}"
    assert severities("R06", tree(tmp_path / "a", unit("apps"), apps=apps)) == [None]
    aside = tree(tmp_path / "b", unit("apps"), apps=apps, byhand=claim)
    assert severities("R06", aside) == [WARNING]


@pytest.mark.parametrize(
    ("kind", "field"),
    [("Alert", "eventSources: [{kind: Kustomization, name: gone}], providerRef: {name: chat}")],
)
def test_a_reference_that_an_object_works_without_is_a_warning(
    tmp_path: Path, kind: str, field: str
) -> None:
    alert = f"""apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: {kind}
metadata: {{name: a, namespace: flux-system}}
spec: {{{field}}}
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: {{name: chat, namespace: flux-system}}
spec: {{type: slack, address: "https://example.com"}}
"""
    assert severities("R13", tree(tmp_path, unit("apps"), apps=f"{SHOP}---\n{alert}")) == [WARNING]


def test_the_credentials_of_a_store_come_before_the_delivery(tmp_path: Path) -> None:
    store = """apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: vault, namespace: shop}
spec:
  provider:
    onepasswordSDK: {vault: a, auth: {serviceAccountSecretRef: {name: token, key: t}}}
"""
    found = severities("R06", tree(tmp_path, unit("apps"), apps=f"{SHOP}---\n{store}"))
    assert set(found) <= {WARNING}


@pytest.mark.parametrize(("certificate", "severity"), [("web-tls", WARNING), ("web", None)])
def test_a_certificate_of_the_name_that_cert_manager_uses_may_be_left_alone(
    tmp_path: Path, certificate: str, severity: Severity | None
) -> None:
    annotated = f"""apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {{name: {certificate}, namespace: shop}}
spec:
  secretName: web-tls
  dnsNames: [a.example.org]
  issuerRef: {{kind: ClusterIssuer, name: self}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: web, namespace: shop, annotations: {{cert-manager.io/cluster-issuer: self}}}}
spec: {{tls: [{{hosts: [a.example.org], secretName: web-tls}}]}}
"""
    found = tree(tmp_path, unit("apps"), apps=f"{SHOP}---\n{ISSUER}---\n{annotated}")
    assert severities("R16", found) == [severity]
