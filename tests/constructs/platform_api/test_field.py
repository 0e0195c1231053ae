"""Fields of the kinds: names, types and defaults that claims rely on."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata.constructs.platform_api import (
    APP,
    EPI,
    SQL_INSTANCE,
    PlatformKind,
    structural_schema,
)

REQUIRED = object()
APP_FIELDS: dict[str, Any] = {
    "image.repository": REQUIRED,
    "image.tag": None,
    "image.pullPolicy": "IfNotPresent",
    "replicas": 1,
    "autoscaling.enabled": False,
    "autoscaling.minReplicas": 1,
    "autoscaling.maxReplicas": 5,
    "autoscaling.targetCPUUtilizationPercentage": 70,
    "pdb.enabled": False,
    "pdb.minAvailable": 1,
    "pdb.unhealthyPodEvictionPolicy": "AlwaysAllow",
    "resources.requests.cpu": "100m",
    "resources.requests.memory": "128Mi",
    "resources.limits.cpu": "200m",
    "resources.limits.memory": "256Mi",
    "onDemand": False,
    "runAsNonRoot": True,
    "runAsUser": 1001,
    "spreadAcrossZones": True,
    "antiAffinityPreset": "soft",
    "automountServiceAccountToken": False,
    "securityContext.allowPrivilegeEscalation": False,
    "securityContext.readOnlyRootFilesystem": True,
    "securityContext.runAsNonRoot": True,
    "securityContext.capabilities.drop": ["ALL"],
    "securityContext.enableWritableTmp": True,
    "env.name": REQUIRED,
    "env.value": None,
    "env.valueFrom.configMapKeyRef.key": REQUIRED,
    "env.valueFrom.secretKeyRef.key": REQUIRED,
    "env.valueFrom.fieldRef.fieldPath": REQUIRED,
    "envFrom.configMapRef.optional": False,
    "envFrom.secretRef.name": REQUIRED,
    "envFrom.prefix": "",
    "configs.path": REQUIRED,
    "configs.content": REQUIRED,
    "secrets.path": REQUIRED,
    "secrets.keys": REQUIRED,
    "externalSecrets.name": REQUIRED,
    "externalSecrets.remoteRef": REQUIRED,
    "externalSecrets.refreshInterval": "1h",
    "healthProbes.liveness.path": "/healthz",
    "healthProbes.liveness.initialDelaySeconds": 30,
    "healthProbes.liveness.periodSeconds": 10,
    "healthProbes.readiness.path": "/readyz",
    "healthProbes.readiness.initialDelaySeconds": 5,
    "healthProbes.readiness.periodSeconds": 5,
    "service.port": 8080,
    "gateway.enabled": False,
    "gateway.gatewayClassName": "cilium",
    "gateway.name": None,
    "gateway.listeners.name": REQUIRED,
    "gateway.listeners.port": REQUIRED,
    "gateway.listeners.protocol": "HTTP",
    "gateway.listeners.hostname": None,
    "route.enabled": False,
    "route.internetFacing": False,
    "route.hostname": None,
    "route.rules.backendPort": None,
    "route.rules.pathPrefix": "/",
    "networkPolicies.enabled": False,
    "networkPolicies.ingress": [],
    "networkPolicies.egress": [],
    "kvStore.enabled": False,
    "kvStore.type": "valkey",
    "kvStore.size": "small",
    "sqlInstance.enabled": False,
    "sqlInstance.size": "small",
    "sqlInstance.storageSize": "20Gi",
    "sqlInstance.instances": 3,
    "sqlInstance.primaryUpdateStrategy": "unsupervised",
    "sqlInstance.performanceInsights.enabled": False,
    "sqlInstance.databases.name": REQUIRED,
    "sqlInstance.roles.inRoles": [],
    "sqlInstance.atlasSchema.url": REQUIRED,
    "sqlInstance.postgresql.parameters": {},
    "sqlInstance.backup.bucketName": REQUIRED,
    "s3Bucket.enabled": False,
    "s3Bucket.providerConfigRef.name": "default",
    "s3Bucket.region": None,
    "s3Bucket.permissions": "readwrite",
    "s3Bucket.customPolicy": [],
    "s3Bucket.versioning": False,
    "s3Bucket.retentionDays": None,
    "observability.traces.enabled": False,
    "observability.traces.endpoint": None,
    "observability.traces.samplingRate": 1.0,
    "observability.metrics.enabled": False,
    "observability.metrics.endpoint": None,
    "observability.metrics.path": "/metrics",
    "observability.metrics.interval": "30s",
    "observability.alertingRules.groups": [],
}
SQL_FIELDS: dict[str, Any] = {
    "instances": 3,
    "size": REQUIRED,
    "storageSize": REQUIRED,
    "storageClass": "gp3",
    "postgresVersion": "18",
    "primaryUpdateStrategy": "unsupervised",
    "databases.name": REQUIRED,
    "databases.owner": REQUIRED,
    "roles.name": REQUIRED,
    "roles.superuser": False,
    "roles.comment": None,
    "roles.inRoles": [],
    "backup.schedule": REQUIRED,
    "backup.bucketName": REQUIRED,
    "backup.retentionPolicy": "15d",
    "objectStoreRecovery.bucketName": REQUIRED,
    "objectStoreRecovery.path": REQUIRED,
    "initSQL": None,
    "atlasSchema.url": REQUIRED,
    "atlasSchema.ref": "main",
    "atlasSchema.path": "./migrations",
    "performanceInsights.enabled": False,
    "performanceInsights.explain.sampleRate": 0.2,
    "performanceInsights.explain.minDuration": 1000,
    "performanceInsights.logStatement": "none",
    "postgresql.parameters": {},
    "postgresql.pg_hba": [],
    "managementPolicies": [],
}
EPI_FIELDS: dict[str, Any] = {
    "serviceAccount.name": REQUIRED,
    "serviceAccount.namespace": REQUIRED,
    "statements.actions": REQUIRED,
    "clusters.name": REQUIRED,
    "clusters.region": REQUIRED,
    "additionalPolicyArns.name": REQUIRED,
    "additionalPolicyArns.arn": REQUIRED,
    "managementPolicies": [],
    "providerConfigRef.kind": "ClusterProviderConfig",
    "providerConfigRef.name": "default",
}


def default_at(schema: dict[str, Any], path: str) -> Any:
    """Return the default of a field, REQUIRED or None; raises KeyError for an unknown field."""
    found: Any = None
    for name in path.split("."):
        place = schema.get("items", schema)
        schema = place["properties"][name]
        found = REQUIRED if name in place.get("required", ()) else schema.get("default")
    return found


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(APP, APP_FIELDS), (SQL_INSTANCE, SQL_FIELDS), (EPI, EPI_FIELDS)],
    ids=["App", "SQLInstance", "EPI"],
)
def test_fields_have_their_names_and_defaults(kind: PlatformKind, fields: dict[str, Any]) -> None:
    schema = structural_schema(kind.declaration)
    assert {path: default_at(schema, path) for path in fields} == fields


@pytest.mark.parametrize("field", ["createSuperuser", "container", "scaling", "availability"])
def test_fields_that_were_left_out_are_unknown(field: str) -> None:
    for kind in (APP, SQL_INSTANCE):
        assert field not in structural_schema(kind.declaration)["properties"]
