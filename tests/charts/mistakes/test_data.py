"""Mistakes in storage and data services, as they were written, each found by a rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.gitops.chart_objects import with_charts
from kubestrata.helm.store import ChartStore
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import check_tree
from tests.charts.mistakes.mistake import findings
from tests.gitops.repository import repository, unit

NAMESPACES = """
apiVersion: v1
kind: Namespace
metadata: {name: cnpg-system}
---
apiVersion: v1
kind: Namespace
metadata: {name: dragonfly-system}
---
apiVersion: v1
kind: Namespace
metadata: {name: keycloak-system}
"""
DATABASE = """
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: shared-postgres, namespace: cnpg-system}
spec:
  instances: 3
  storage: {size: 80Gi}
"""
POOLER = """
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: {name: keycloak-pooler, namespace: cnpg-system}
spec:
  cluster: {name: shared-postgres}
  instances: 3
  type: rw
  pgbouncer: {poolMode: session}
"""
KEYCLOAK = """
apiVersion: k8s.keycloak.org/v2alpha1
kind: Keycloak
metadata: {name: keycloak, namespace: keycloak-system}
spec:
  instances: 2
  db: {vendor: postgres, host: HOST.cnpg-system.svc.cluster.local, port: 5432, database: keycloak}
"""
DRAGONFLY = """
apiVersion: dragonflydb.io/v1alpha1
kind: Dragonfly
metadata: {name: dragonfly, namespace: dragonfly-system}
spec: {replicas: 3}
"""
STORE = """
  backup:
    barmanObjectStore:
      destinationPath: s3://monosense-cnpg/shared-postgres
      endpointURL: http://10.25.11.3:9000
      data: {compression: gzip, encryption: AES256}
      wal: {compression: gzip, encryption: AES256}
"""
STRIMZI = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: strimzi, namespace: strimzi-operator-system}
spec: {interval: 1h, url: "oci://quay.io/strimzi-helm/strimzi-kafka-operator", ref: {tag: 0.48.0}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: strimzi-operator, namespace: strimzi-operator-system}
spec:
  interval: 30m
  chartRef: {kind: OCIRepository, name: strimzi}
  values: {featureGates: "+UseKRaft,+KafkaNodePools"}
"""
SCRIPT = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: cnpg-backup-validation, namespace: cnpg-system}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: validate
            image: minio/mc:latest
            command: [/bin/sh, -c, 'mc alias set minio "${S3_ENDPOINT}" && mc ls "minio/${FOLDER}"']
            env: [{name: S3_ENDPOINT, value: "http://10.25.11.3:9000"}]
"""


def told(top: Path, rule: str, *documents: str) -> list[str]:
    """Return the findings of one rule, without its id."""
    found = findings(top, *documents)
    return [each.removeprefix(f"{rule} ") for each in found if each.startswith(f"{rule} ")]


def test_a_pooler_has_no_service_with_an_ending(tmp_path: Path) -> None:
    wrong = KEYCLOAK.replace("HOST", "keycloak-pooler-rw")
    at = "Keycloak.k8s.keycloak.org keycloak-system/keycloak spec.db.host"
    assert told(tmp_path / "a", "R19", NAMESPACES, DATABASE, POOLER, wrong) == [
        f"{at}: no Service keycloak-pooler-rw in namespace cnpg-system"
    ]
    right = KEYCLOAK.replace("HOST", "keycloak-pooler")
    assert told(tmp_path / "b", "R19", NAMESPACES, DATABASE, POOLER, right) == []


def test_extensions_of_a_database_are_objects(tmp_path: Path) -> None:
    wrong = """
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: harbor, namespace: cnpg-system}
spec: {name: harbor, owner: harbor, cluster: {name: shared-postgres}, extensions: [uuid-ossp]}
"""
    (found,) = (each for each in told(tmp_path, "V01", wrong) if "Database" in each)
    assert "spec.extensions[0]: must be an object, not the string 'uuid-ossp'" in found


def test_a_password_secret_of_a_role_has_no_key(tmp_path: Path) -> None:
    wrong = f"""{DATABASE}
  managed:
    roles:
    - name: harbor
      login: true
      passwordSecret: {{name: harbor-db-credentials, key: password}}
"""
    found = told(tmp_path, "V01", wrong)
    assert any("spec.managed.roles[0].passwordSecret.key: unknown field" in each for each in found)


def test_the_operator_sets_encryption_of_connections(tmp_path: Path) -> None:
    wrong = f"""{DATABASE}
  postgresql: {{parameters: {{ssl: "on", ssl_prefer_server_ciphers: "on", work_mem: 4MB}}}}
"""
    at = "Cluster.postgresql.cnpg.io cnpg-system/shared-postgres spec.postgresql.parameters"
    why = "CloudNativePG sets it, and its webhook rejects another value"
    assert told(tmp_path, "V16", wrong) == [
        f"{at}.{name}: must not set '{name}': {why}"
        for name in ("ssl", "ssl_prefer_server_ciphers")
    ]


@pytest.mark.parametrize("field", ["storage", "metrics", "livenessProbe"])
def test_dragonfly_has_no_field_of_other_operators(field: str, tmp_path: Path) -> None:
    wrong = DRAGONFLY.replace("{replicas: 3}", f"{{replicas: 3, {field}: {{}}}}")
    found = told(tmp_path, "V01", wrong)
    assert any(f"spec.{field}: unknown field" in each for each in found)


@pytest.mark.parametrize("flag", ["--admin_port=6380", "--dir=/data", "--metrics_port=8080"])
def test_the_operator_passes_ports_and_folders_to_dragonfly(flag: str, tmp_path: Path) -> None:
    wrong = DRAGONFLY.replace("{replicas: 3}", f'{{args: ["{flag}"]}}')
    (found,) = told(tmp_path, "V16", wrong)
    assert f"spec.args[0]: must not set '{flag[2:].partition('=')[0]}'" in found


def test_kafka_has_no_zookeeper(tmp_path: Path) -> None:
    wrong = """
apiVersion: kafka.strimzi.io/v1
kind: Kafka
metadata: {name: kafka-cluster, namespace: messaging}
spec:
  kafka: {version: 4.1.0, listeners: [{name: tls, port: 9093, type: internal, tls: true}]}
  zookeeper: {replicas: 0, storage: {type: ephemeral}}
"""
    assert any("spec.zookeeper: unknown field" in each for each in told(tmp_path, "V01", wrong))


def test_gates_that_strimzi_removed_are_unknown(tmp_path: Path) -> None:
    at = "HelmRelease.helm.toolkit.fluxcd.io strimzi-operator-system/strimzi-operator"
    why = "the operator has no such gate any more, and does not start"
    assert told(tmp_path / "a", "V16", STRIMZI) == [
        f"{at} spec.values.featureGates: must not set '{gate}': {why}"
        for gate in ("KafkaNodePools", "UseKRaft")
    ]
    assert told(tmp_path / "b", "V16", STRIMZI.replace("0.48.0", "0.40.0")) == []


def test_failure_domains_of_a_pool_differ(tmp_path: Path) -> None:
    wrong = """
apiVersion: ceph.rook.io/v1
kind: CephBlockPool
metadata: {name: rook-ceph-block, namespace: rook-ceph}
spec: {failureDomain: host, replicated: {size: 3, subFailureDomain: host}}
"""
    at = "CephBlockPool.ceph.rook.io rook-ceph/rook-ceph-block spec.replicated.subFailureDomain"
    why = "Rook creates no pool whose two failure domains are the same"
    assert told(tmp_path, "V16", wrong) == [f"{at}: is 'host', as is spec.failureDomain: {why}"]


def test_encryption_needs_a_key_management_service(tmp_path: Path) -> None:
    wrong = f"{DATABASE.rstrip()}{STORE}"
    found = told(tmp_path / "a", "V16", wrong)
    assert [each.partition(": is")[0].rpartition(".")[0][-8:] for each in found] == [
        "ore.data",
        "tore.wal",
    ]
    at_aws = wrong.replace("      endpointURL: http://10.25.11.3:9000\n", "")
    assert told(tmp_path / "b", "V16", at_aws) == []


def test_variables_of_a_script_are_not_those_of_flux(tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        SCRIPT,
        clusters__home__units="""
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: all, namespace: flux-system}
spec:
  interval: 10m
  path: ./all
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substitute: {CLUSTER: infra}}
""",
    )
    at = "spec.jobTemplate.spec.template.spec.containers[0].command[2]"
    assert [each.partition(at)[2] for each in found if each.startswith("S02 CronJob")] == [
        ": Flux substitutes ${FOLDER} as a variable of all",
        ": Flux substitutes ${S3_ENDPOINT} as a variable of all",
    ]


@pytest.mark.parametrize(
    ("owner", "name", "wrong", "right"),
    [
        (
            f"{DATABASE}---{POOLER}",
            "cnpg-system/keycloak-pooler",
            "app.kubernetes.io/name: keycloak-pooler",
            "cnpg.io/poolerName: keycloak-pooler",
        ),
        (
            DRAGONFLY,
            "dragonfly-system/dragonfly",
            "app.kubernetes.io/component: database",
            "app: dragonfly",
        ),
    ],
)
def test_a_budget_selects_pods_that_an_operator_runs(
    owner: str, name: str, wrong: str, right: str, tmp_path: Path
) -> None:
    namespace, _, budget = name.partition("/")
    text = f"""
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {budget}, namespace: {namespace}}}
spec: {{maxUnavailable: 1, selector: {{matchLabels: {{LABEL}}}}}}
"""
    found = told(tmp_path / "a", "R09", NAMESPACES, owner, text.replace("LABEL", wrong))
    assert found == [
        f"PodDisruptionBudget.policy {name} spec.selector: selects no pod of the namespace"
    ]
    assert told(tmp_path / "b", "R09", NAMESPACES, owner, text.replace("LABEL", right)) == []


@pytest.mark.parametrize(
    ("labels", "count"),
    [
        ("{app.kubernetes.io/name: dragonfly, app.kubernetes.io/component: database}", 1),
        ("{app: dragonfly, role: master}", 0),
    ],
)
def test_a_service_selects_the_primary_of_dragonfly(
    labels: str, count: int, tmp_path: Path
) -> None:
    service = f"""
apiVersion: v1
kind: Service
metadata: {{name: dragonfly-global, namespace: dragonfly-system}}
spec: {{selector: {labels}, ports: [{{port: 6379}}]}}
"""
    found = told(tmp_path, "R04", NAMESPACES, DRAGONFLY, service)
    assert len(found) == count
    assert all("dragonfly-global spec.selector: no pod of namespace" in each for each in found)


def test_a_script_needs_a_folder_to_write(tmp_path: Path) -> None:
    hardened = "\n            securityContext: {readOnlyRootFilesystem: true}\n"
    wrong = SCRIPT.replace("mc ls", "mc ls --json > /tmp/list &&").rstrip() + hardened
    at = "CronJob.batch cnpg-system/cnpg-backup-validation"
    path = "spec.jobTemplate.spec.template.spec.containers[0].command[2]"
    assert told(tmp_path, "P99", wrong) == [
        f"{at} {path}: writes to /tmp/list, and the root filesystem is read-only"
    ]


OPENEBS = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: openebs, namespace: openebs-system}
spec: {interval: 1h, url: "https://charts.example.com"}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: openebs, namespace: openebs-system}
spec:
  interval: 1h
  chart: {spec: {chart: openebs, version: 4.3.3, sourceRef: {kind: HelmRepository, name: openebs}}}
  values: {hostpathClass: {enabled: true, name: openebs-local-nvme}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: openebs-local-nvme}
provisioner: openebs.io/local
"""
TEMPLATE = """
{{- if .Values.hostpathClass.enabled }}
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: {{ .Values.hostpathClass.name }}}
provisioner: openebs.io/local
{{- end }}
"""


@pytest.mark.parametrize(("enabled", "count"), [("true", 1), ("false", 0)])
def test_a_class_is_created_by_the_chart_or_beside_it(
    enabled: str, count: int, tmp_path: Path
) -> None:
    templates = tmp_path / "charts" / "openebs" / "templates"
    templates.mkdir(parents=True)
    (templates.parent / "Chart.yaml").write_text("{apiVersion: v2, name: openebs, version: 4.3.3}")
    (templates / "class.yaml").write_text(TEMPLATE)
    documents = OPENEBS.replace("enabled: true", f"enabled: {enabled}")
    files = {"clusters/home/units.yaml": unit("all"), "all/objects.yaml": documents}
    (plain,) = from_folder(repository(tmp_path / "repository", files))
    store = ChartStore(tmp_path / "store", [tmp_path / "charts"])
    (tree,) = with_charts([plain], store)
    report = check_tree(tree, all_rules(), [], date(2025, 11, 12))
    found = [each.finding.text for each in report.violations if each.rule == "G08"]
    assert found == ["HelmRelease openebs makes it too"] * count
