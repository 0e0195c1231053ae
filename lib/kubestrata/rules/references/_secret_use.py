"""Where Secrets and ConfigMaps are used: a table for operators' kinds, a walk for pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubestrata.core.json_value import is_mapping, mapping, sequence
from kubestrata.rules.api_group import HELM, KUSTOMIZE, NOTIFICATION
from kubestrata.rules.references._field import known, values
from kubestrata.rules.references._secret_made import CONFIG_MAP, SECRET
from kubestrata.rules.subject import ClusterTree, Subject, containers, pod_template

_CNPG = "postgresql.cnpg.io"
_FLUX_OPERATOR = "fluxcd.controlplane.io"
_VM = "operator.victoriametrics.com"
_NAMED = "name"
_IN_ENV = (
    ("secretKeyRef", SECRET),
    ("configMapKeyRef", CONFIG_MAP),
)
_IN_ENV_FROM = (("secretRef", SECRET), ("configMapRef", CONFIG_MAP))
_IN_VOLUME = (("secret", SECRET), ("configMap", CONFIG_MAP))

# Group, kind, path of the reference or name, what it names, the key of the name, the key of the
# data key.
_ROWS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("", "ServiceAccount", "imagePullSecrets[]", SECRET, _NAMED, ""),
    *(
        (NOTIFICATION, kind, f"spec.{field}", SECRET, _NAMED, "")
        for kind in ("Provider", "Receiver")
        for field in ("secretRef", "certSecretRef", "proxySecretRef")
    ),
    ("cert-manager.io", "Issuer", "spec.ca.secretName", SECRET, "", ""),
    *(
        ("cert-manager.io", "Certificate", f"spec.keystores.{each}.passwordSecretRef", *rest)
        for each in ("jks", "pkcs12")
        for rest in ((SECRET, _NAMED, "key"),)
    ),
    *(
        (_CNPG, "Cluster", f"spec.{field}", SECRET, _NAMED, "")
        for field in (
            "bootstrap.initdb.secret",
            "bootstrap.pg_basebackup.secret",
            "bootstrap.recovery.secret",
            "imagePullSecrets[]",
            "managed.roles[].passwordSecret",
            "superuserSecret",
        )
    ),
    *(
        (_CNPG, "Cluster", f"spec.certificates.{field}", SECRET, "", "")
        for field in ("clientCASecret", "replicationTLSSecret", "serverCASecret", "serverTLSSecret")
    ),
    *(
        (group, kind, f"{path}.s3Credentials.{field}", SECRET, _NAMED, "key")
        for group, kind, path in (
            (_CNPG, "Cluster", "spec.backup.barmanObjectStore"),
            (_CNPG, "Cluster", "spec.externalClusters[].barmanObjectStore"),
            ("barmancloud.cnpg.io", "ObjectStore", "spec.configuration"),
        )
        for field in ("accessKeyId", "secretAccessKey")
    ),
    (_CNPG, "Cluster", "spec.externalClusters[].password", SECRET, _NAMED, "key"),
    (_CNPG, "DatabaseRole", "spec.passwordSecret", SECRET, _NAMED, ""),
    *(
        ("grafana.integreatly.org", "Grafana", f"spec.external.{field}", SECRET, _NAMED, "key")
        for field in ("adminPassword", "adminUser", "apiKey")
    ),
    (
        "grafana.integreatly.org",
        "GrafanaDashboard",
        "spec.configMapRef",
        CONFIG_MAP,
        _NAMED,
        "key",
    ),
    *(
        (group, kind, f"{path}.{field}", what, _NAMED, "key")
        for group, kind, path in (
            ("db.atlasgo.io", "AtlasMigration", "spec.urlFrom"),
            ("db.atlasgo.io", "AtlasMigration", "spec.devURLFrom"),
            ("db.atlasgo.io", "AtlasMigration", "spec.credentials.hostFrom"),
            ("db.atlasgo.io", "AtlasMigration", "spec.credentials.passwordFrom"),
            ("db.atlasgo.io", "AtlasMigration", "spec.credentials.userFrom"),
            ("grafana.integreatly.org", "GrafanaDatasource", "spec.valuesFrom[].valueFrom"),
            ("kafka.strimzi.io", "KafkaUser", "spec.authentication.password.valueFrom"),
            (_CNPG, "Cluster", "spec.env[].valueFrom"),
        )
        for field, what in _IN_ENV
    ),
    ("db.atlasgo.io", "AtlasMigration", "spec.dir.configMapRef", CONFIG_MAP, _NAMED, ""),
    (_CNPG, "Cluster", "spec.monitoring.customQueriesConfigMap[]", CONFIG_MAP, _NAMED, "key"),
    (_CNPG, "Cluster", "spec.monitoring.customQueriesSecret[]", SECRET, _NAMED, "key"),
    *(
        (_CNPG, "Cluster", f"spec.externalClusters[].{field}", SECRET, _NAMED, "key")
        for field in ("sslCert", "sslKey", "sslRootCert")
    ),
    (_CNPG, "Pooler", "spec.pgbouncer.authQuerySecret", SECRET, _NAMED, ""),
    (
        "elasticsearch.k8s.elastic.co",
        "Elasticsearch",
        "spec.secureSettings[].secretName",
        SECRET,
        "",
        "",
    ),
    *(
        (_FLUX_OPERATOR, "ResourceSetInputProvider", f"spec.{field}", SECRET, _NAMED, "")
        for field in ("certSecretRef", "secretRef")
    ),
    *(
        (group, kind, "spec.kubeConfig.secretRef", SECRET, _NAMED, "key")
        for group, kind in (
            (HELM, "HelmRelease"),
            (KUSTOMIZE, "Kustomization"),
        )
    ),
    *(
        (
            "kafka.strimzi.io",
            kind,
            f"spec.{part}metricsConfig.valueFrom.configMapKeyRef",
            CONFIG_MAP,
            _NAMED,
            "key",
        )
        for kind, part in (("Kafka", "kafka."), ("KafkaConnect", ""))
    ),
    *(
        (_VM, kind, f"spec.{endpoints}[].{field}", SECRET, _NAMED, "key")
        for kind, endpoints in (
            ("VMPodScrape", "podMetricsEndpoints"),
            ("VMServiceScrape", "endpoints"),
        )
        for field in ("basicAuth.password", "basicAuth.username", "bearerTokenSecret")
    ),
    (_VM, "VMAlert", "spec.notifierConfigRef", SECRET, _NAMED, "key"),
    (_VM, "VMAlertmanager", "spec.configSecret", SECRET, "", ""),
    *(
        (_VM, "VMUser", f"spec.{field}", SECRET, _NAMED, "key")
        for field in ("passwordRef", "tokenRef")
    ),
    *(
        ("trust.cert-manager.io", "Bundle", f"spec.sources[].{field}", kind, _NAMED, "key")
        for field, kind in (("configMap", CONFIG_MAP), ("secret", SECRET))
    ),
    *(
        ("dragonflydb.io", "Dragonfly", f"spec.{field}", SECRET, _NAMED, key)
        for field, key in (
            ("aclFromSecret", "key"),
            ("authentication.passwordFromSecret", "key"),
            ("tlsSecretRef", ""),
        )
    ),
    *(
        ("k8s.keycloak.org", "Keycloak", f"spec.db.{field}", SECRET, _NAMED, "key")
        for field in ("passwordSecret", "usernameSecret")
    ),
    ("k8s.keycloak.org", "Keycloak", "spec.http.tlsSecret", SECRET, "", ""),
    ("keda.sh", "TriggerAuthentication", "spec.secretTargetRef[]", SECRET, _NAMED, "key"),
    ("kagent.dev", "ModelConfig", "spec.apiKeySecret", SECRET, "", ""),
    ("external-secrets.io", "PushSecret", "spec.selector.secret", SECRET, _NAMED, ""),
    *(
        ("monitoring.coreos.com", kind, f"spec.{endpoints}[].{field}", SECRET, _NAMED, "key")
        for kind, endpoints in (
            ("PodMonitor", "podMetricsEndpoints"),
            ("ServiceMonitor", "endpoints"),
        )
        for field in (
            *("authorization.credentials", "basicAuth.password", "basicAuth.username"),
            "bearerTokenSecret",
        )
    ),
)


@dataclass(frozen=True, slots=True)
class Used:
    """One use of a Secret or ConfigMap; `keys` are the data keys that are wanted, with paths."""

    subject: Subject
    path: str
    kind: str
    namespace: str
    name: str
    keys: tuple[tuple[str, str], ...] = ()


def used(
    subject: Subject, path: str, kind: str, value: object, name: str = _NAMED, key: str = ""
) -> Iterator[Used]:
    """The use that a reference is, nothing if it is optional or not filled in."""
    if not name:
        text = known(value)
        if text:
            yield Used(subject, path, kind, subject.namespace, text)
        return
    reference = mapping(value)
    text = known(reference.get(name))
    if not text or reference.get("optional") is True:
        return
    keys = [(f"{path}.{key}", str(reference[key]))] if key and known(reference.get(key)) else []
    for index, item in enumerate(sequence(reference.get("items"))):
        wanted = known(mapping(item).get("key"))
        keys += [(f"{path}.items[{index}].key", wanted)] if wanted else []
    yield Used(subject, f"{path}.{name}", kind, subject.namespace, text, tuple(keys))


def by_table(tree: ClusterTree) -> Iterator[Used]:
    """The uses of operators' kinds."""
    for group, kind, field, what, name, key in _ROWS:
        for subject in tree.of_kind(group, kind):
            for path, value in values(subject.manifest, field):
                yield from used(subject, path, what, value, name, key)


def by_pods(subject: Subject) -> Iterator[Used]:
    """The uses of a workload's pods."""
    for path, container in containers(subject):
        for index, variable in enumerate(sequence(container.get("env"))):
            source = variable.get("valueFrom") if is_mapping(variable) else None
            if is_mapping(source):
                here = f"{path}.env[{index}].valueFrom"
                yield from _either(subject, here, source, _IN_ENV, key="key")
        for index, source in enumerate(sequence(container.get("envFrom"))):
            yield from _either(subject, f"{path}.envFrom[{index}]", mapping(source), _IN_ENV_FROM)
    path, template = pod_template(subject)
    path, spec = f"{path}.spec".removeprefix("."), mapping(template.get("spec"))
    for index, value in enumerate(sequence(spec.get("imagePullSecrets"))):
        yield from used(subject, f"{path}.imagePullSecrets[{index}]", SECRET, value)
    for index, value in enumerate(sequence(spec.get("volumes"))):
        yield from _volume(subject, f"{path}.volumes[{index}]", mapping(value))


def _volume(subject: Subject, path: str, volume: Mapping[str, Any]) -> Iterator[Used]:
    secret, projected = volume.get("secret"), mapping(volume.get("projected"))
    yield from used(subject, f"{path}.secret", SECRET, secret or {}, "secretName")
    yield from used(subject, f"{path}.configMap", CONFIG_MAP, volume.get("configMap") or {})
    for index, source in enumerate(sequence(projected.get("sources"))):
        here = f"{path}.projected.sources[{index}]"
        yield from _either(subject, here, mapping(source), _IN_VOLUME)


def _either(
    subject: Subject,
    path: str,
    value: Mapping[str, Any],
    fields: tuple[tuple[str, str], ...],
    key: str = "",
) -> Iterator[Used]:
    for field, kind in fields:
        if field in value:
            yield from used(subject, f"{path}.{field}", kind, value[field], key=key)
