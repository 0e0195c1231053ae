"""A finding is an error only where the cluster is known to refuse the object."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kubestrata.core.identity import identity_of
from kubestrata.gitops import from_folder
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.settings import read_settings
from kubestrata.rules.subject import ClusterTree, Subject, Unchecked
from kubestrata.rules.violation import Location, Severity

RULES = {rule.id: rule for rule in all_rules()}
PLACE = Location("a.yaml", 1)
ISSUER = """
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: a}
spec: {selfSigned: {}, FIELD: {}}
"""
OLD = """
apiVersion: external-secrets.io/v1alpha1
kind: ExternalSecret
metadata: {name: a, namespace: b}
"""
CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clusterissuers.cert-manager.io}
spec:
  group: cert-manager.io
  names: {kind: ClusterIssuer, plural: clusterissuers}
  scope: Cluster
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {selfSigned: {type: object}}}}
"""
CHART = """
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: a, namespace: b}
spec:
  chart: {spec: {chart: CHART, version: VERSION, sourceRef: {kind: HelmRepository, name: a}}}
"""
APPLICATION = """
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a, namespace: argocd}
spec: {source: {chart: CHART, targetRevision: VERSION}}
"""


def subjects(text: str) -> list[Subject]:
    return [
        Subject(identity_of(each), each, PLACE, file="a.yaml")
        for each in yaml.safe_load_all(text)
        if each
    ]


def found(rule: str, text: str, kubernetes: str = "", *remote: str) -> list[tuple[str, Severity]]:
    unchecked = [Unchecked(each, "is remote", PLACE) for each in remote]
    tree = ClusterTree("home", kubernetes, subjects(text), unchecked=unchecked)
    return [(each.path, each.severity or RULES[rule].severity) for each in RULES[rule].check(tree)]


def made(chart: str, version: str, template: str = CHART) -> str:
    return template.replace("CHART", chart).replace("VERSION", version)


@pytest.mark.parametrize(
    ("field", "beside", "severity"),
    [
        ("invented", "", Severity.WARNING),
        ("invented", made("cert-manager", "v1.4.0"), Severity.WARNING),
        ("invented", made("cert-manager", "v1.x"), Severity.WARNING),
        ("invented", made("cert-manager", "v1.21.0"), Severity.ERROR),
        ("invented", made("cert-manager", "1.21.x"), Severity.ERROR),
        ("invented", made("cert-manager", "v1.21.3", APPLICATION), Severity.ERROR),
        ("invented", CRD, Severity.ERROR),
        ("selfsigned", "", Severity.ERROR),
        ("selfSigend", "", Severity.ERROR),
        ("vualt", "", Severity.ERROR),
        ("ac", "", Severity.WARNING),
    ],
)
def test_an_unknown_field_is_an_error_if_the_schema_is_that_of_the_cluster(
    field: str, beside: str, severity: Severity
) -> None:
    severities = dict(found("V01", f"{ISSUER.replace('FIELD', field)}---{beside}"))
    assert severities[f"spec.{field}"] is severity


def test_types_and_missing_fields_are_errors_in_any_version() -> None:
    text = ISSUER.replace("FIELD: {}", "acme: {server: 1}")
    paths = dict(found("V01", text))
    assert paths["spec.acme.server"] is Severity.ERROR
    assert paths["spec.acme.privateKeySecretRef"] is Severity.ERROR


def test_another_value_of_an_enumeration_is_a_warning_unless_only_its_case_differs() -> None:
    text = """
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: a, namespace: b}
spec: {secretName: a, issuerRef: {name: a}, privateKey: {rotationPolicy: VALUE}}
"""
    path = "spec.privateKey.rotationPolicy"
    assert found("V01", text.replace("VALUE", "Sometimes")) == [(path, Severity.WARNING)]
    assert found("V01", text.replace("VALUE", "always")) == [(path, Severity.ERROR)]


def test_a_field_of_a_newer_kubernetes_is_a_warning() -> None:
    text = """
apiVersion: v1
kind: Service
metadata: {name: a, namespace: b}
spec: {ports: [{port: 80}], invented: true}
"""
    assert found("V01", text) == [("spec.invented", Severity.ERROR)]
    assert found("V01", text, "1.34") == [("spec.invented", Severity.ERROR)]
    assert found("V01", text, "1.99") == [("spec.invented", Severity.WARNING)]


def test_null_is_an_empty_value_of_a_built_in_kind() -> None:
    text = """
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: b, labels: null}
data: {a: null}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: a}
rules: [{apiGroups: [null], resources: [pods], verbs: [get]}]
"""
    assert found("V01", text) == []


@pytest.mark.parametrize(
    ("beside", "remote", "severity"),
    [
        ("", "", Severity.NOTE),
        (made("external-secrets", "0.9.0"), "", Severity.NOTE),
        (made("external-secrets", "2.9.1"), "", Severity.ERROR),
    ],
)
def test_a_version_that_a_controller_may_serve_is_a_note(
    beside: str, remote: str, severity: Severity
) -> None:
    assert found("V03", f"{OLD}---{beside}", "", remote) == [("apiVersion", severity)]


@pytest.mark.parametrize(
    ("tag", "severity"),
    [("v1.2.0", Severity.NOTE), ("v1.6.0", Severity.ERROR), ("main", Severity.NOTE)],
)
def test_the_version_in_a_url_counts(tag: str, severity: Severity) -> None:
    text = """
apiVersion: gateway.networking.k8s.io/v1alpha9
kind: HTTPRoute
metadata: {name: a, namespace: b}
"""
    url = f"https://github.com/kubernetes-sigs/gateway-api/releases/download/{tag}/install.yaml"
    assert found("V03", text, "", url) == [("apiVersion", severity)]


@pytest.mark.parametrize(
    ("version", "kind", "kubernetes", "severity"),
    [
        ("batch/v1beta1", "CronJob", "", Severity.ERROR),
        ("batch/v1beta1", "CronJob", "1.24", Severity.NOTE),
        ("policy/v1beta1", "PodSecurityPolicy", "", Severity.ERROR),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "", Severity.WARNING),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.31", Severity.NOTE),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "1.32", Severity.ERROR),
        ("v1", "Endpoints", "", Severity.NOTE),
        ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy", "", Severity.NOTE),
        ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy", "1.34", Severity.ERROR),
        ("apps/v2", "Deployment", "", Severity.ERROR),
    ],
)
def test_a_built_in_version_is_an_error_if_the_cluster_does_not_serve_it(
    version: str, kind: str, kubernetes: str, severity: Severity
) -> None:
    text = f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: a}}}}"
    assert found("V03", text, kubernetes) == [("apiVersion", severity)]


def test_the_version_that_objects_upgrade_a_cluster_to_counts() -> None:
    cron = (
        "{apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: {name: a}}"
    )
    plan = """
apiVersion: upgrade.cattle.io/v1
kind: Plan
metadata: {name: server, namespace: system-upgrade}
spec: {version: v1.33.2+k3s1}
"""
    upgrade = """
apiVersion: tuppr.home-operations.com/v1alpha1
kind: KubernetesUpgrade
metadata: {name: kubernetes}
spec: {kubernetes: {version: v1.31.1}}
"""
    application = made("a", "1.0.0", APPLICATION)
    rendered = application.replace("source: {", "source: {helm: {kubeVersion: 1.32.1}, ")
    assert found("V03", f"{cron}\n---{rendered}") == [("apiVersion", Severity.ERROR)]
    assert found("V03", f"{cron}\n---{plan}") == [("apiVersion", Severity.ERROR)]
    assert found("V03", f"{cron}\n---{upgrade}") == [("apiVersion", Severity.NOTE)]
    assert found("V03", f"{cron}\n---{upgrade}---{plan}") == [("apiVersion", Severity.WARNING)]


@pytest.mark.parametrize(
    ("version", "kind", "kubernetes", "severities"),
    [
        ("apps/v1", "Deploymnet", "", [Severity.ERROR]),
        ("apps/v1", "Gizmo", "1.35", [Severity.ERROR]),
        ("apps/v1", "Gizmo", "", [Severity.ERROR]),
        ("apps/v1", "Gizmo", "1.40", [Severity.WARNING]),
        ("scheduling.k8s.io/v1alpha9", "Gizmo", "", [Severity.WARNING]),
        ("cert-manager.io/v1", "Certifcate", "", [Severity.WARNING]),
        ("cert-manager.io/v1", "Gizmo", "", []),
        ("volsync.backube/v1alpha1", "ReplicationSource", "", []),
    ],
)
def test_a_kind_is_an_error_if_no_version_of_its_group_can_have_it(
    version: str, kind: str, kubernetes: str, severities: list[Severity]
) -> None:
    text = f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: a}}}}"
    assert [severity for _, severity in found("V04", text, kubernetes)] == severities


@pytest.mark.parametrize(
    ("entries", "severities"),
    [
        ("password: hunter2", [Severity.ERROR]),
        ("token: abc", [Severity.ERROR]),
        ("API_KEY: 0f8a9b7c6d5e4f3a2b1c", [Severity.ERROR]),
        ("session: 0f8a9b7c6d5e4f3a2b1c0d9e", [Severity.ERROR]),
        ("host: db.example.com", [Severity.WARNING]),
        ("port: '5432'", [Severity.WARNING]),
        ("username: app", [Severity.WARNING]),
        ("RESTIC_REPOSITORY: 's3:https://s3.example.com/bucket'", [Severity.WARNING]),
        ("ALLOW_EMPTY_PASSWORD: 'yes'", [Severity.WARNING]),
        ("host: db, password: hunter2", [Severity.ERROR, Severity.WARNING]),
        ("uri: 'postgres://app:hunter2@db/app'", [Severity.ERROR]),
        ("password: '${PASSWORD}'", []),
        ('config.env: "export ROOT_USER=a\\nexport ROOT_PASSWORD=minioadmin\\n"', [Severity.ERROR]),
        ('config.env: "user=a\\npassword=${PASSWORD}\\n"', [Severity.WARNING]),
        ('config.yaml: "a: b\\nclient_secret: hunter2\\n"', [Severity.ERROR]),
        ('config.yaml: "a: b\\n# as in db://user:password@host/db\\n"', [Severity.WARNING]),
    ],
)
def test_an_entry_of_a_secret_is_an_error_if_it_is_a_credential(
    entries: str, severities: list[Severity]
) -> None:
    text = (
        "{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: b},"
        f" stringData: {{{entries}}}}}"
    )
    assert [severity for _, severity in found("X01", text)] == severities


def test_a_repository_of_argo_cd_without_credentials_is_no_secret() -> None:
    text = """
apiVersion: v1
kind: Secret
metadata: {name: a, namespace: b, labels: {argocd.argoproj.io/secret-type: repository}}
stringData: {url: "https://github.com/a/b", type: git, name: a, EXTRA}
"""
    assert found("X01", text.replace(", EXTRA", "")) == []
    assert found("X01", text.replace("EXTRA", "password: hunter2")) == [
        ("stringData", Severity.ERROR)
    ]


def test_names_of_keys_and_switches_are_no_secrets() -> None:
    text = """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: a, namespace: b}
spec: {data: [{secretKey: SECRET_CLOUDFLARE_DNS01_API_TOKEN, remoteRef: {key: a}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: b}
spec:
  containers:
  - name: a
    env:
    - {name: ALLOW_EMPTY_PASSWORD, value: "yes"}
    - {name: DB_PASSWORD, value: not-used}
    - {name: RANDOM_PASSWORD, value: "1"}
"""
    assert found("X01", text) == []
    assert found("X01", text.replace("not-used", "hunter2")) == [
        ("spec.containers[0].env[1].value", Severity.ERROR)
    ]


def test_what_is_provided_exists_for_the_rules() -> None:
    given = {"provided": ["gateway.networking.k8s.io", "Secret flux-system/sops-age"]}
    settings = read_settings({"kubestrata": {"check": given}}, Path())
    tree = settings.settle(ClusterTree("home", "", ()))
    assert tree.given_groups == {"gateway.networking.k8s.io"}
    assert tree.exists("", "Secret", "flux-system", "sops-age")
    assert not tree.exists("", "Secret", "flux-system", "other")


SYNC = """
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {path: ./clusters/CLUSTER, sourceRef: {kind: GitRepository, name: flux-system}}
"""


@pytest.mark.parametrize(
    ("files", "versions"),
    [
        ({"talos/talconfig.yaml": "kubernetesVersion: v1.33.1"}, {"home": "1.33"}),
        ({"k.yaml": "{apiVersion: kubeadm.k8s.io/v1beta4, kind: ClusterConfiguration, "
                    "kubernetesVersion: 1.34.0}"}, {"home": "1.34"}),
        ({"ansible/group_vars/all.yaml": "k3s_release_version: v1.31.4+k3s1"}, {"home": "1.31"}),
        ({"m.yaml": "machine: {kubelet: {image: 'ghcr.io/siderolabs/kubelet:v1.32.0'}}"},
         {"home": "1.32"}),
        ({"a/talconfig.yaml": "kubernetesVersion: v1.33.1",
          "b/talconfig.yaml": "kubernetesVersion: v1.34.1"}, {"home": ""}),
        ({"a.yaml": "kubernetesVersion: v1.33.1"}, {"home": ""}),
        ({"clusters/lab/sync.yaml": SYNC.replace("CLUSTER", "lab"),
          "talos/lab/talconfig.yaml": "kubernetesVersion: v1.33.1"}, {"home": "", "lab": "1.33"}),
    ],
)  # fmt: skip
def test_files_that_install_a_cluster_have_its_version(
    tmp_path: Path, files: dict[str, str], versions: dict[str, str]
) -> None:
    for path, text in {"clusters/home/sync.yaml": SYNC.replace("CLUSTER", "home"), **files}.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert {each.name: each.kubernetes for each in from_folder(tmp_path)} == versions
