"""The API of a platform, provided to clusters, with the kinds SQLInstance and EPI."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kubestrata.constructs.cloud import PodIdentityProvider, PodIdentitySpec
from kubestrata.constructs.data import PostgresOperator, PostgresProvider, PostgresSpec
from kubestrata.constructs.network import Pods
from kubestrata.constructs.platform_api.app import AppSpec, ClaimedWorkload
from kubestrata.constructs.platform_api.claim import Claims, PlatformKind
from kubestrata.constructs.workload import WorkloadDeclaration, WorkloadObjects, WorkloadProvider
from kubestrata.core.cluster import Cluster
from kubestrata.core.json_value import JsonObject
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource

SQL_INSTANCE = PlatformKind(
    kind="SQLInstance",
    plural="sqlinstances",
    declaration=PostgresSpec,
    composition=Path(__file__).with_name("sql_instance.k"),
    creates=frozenset(
        {
            "db.atlasgo.io",
            "kustomize.toolkit.fluxcd.io",
            "postgresql.cnpg.io",
            "source.toolkit.fluxcd.io",
        }
    ),
)


def sql_environment(cluster: Cluster) -> JsonObject:
    """Return the cluster facts for the SQLInstance composition: the sender of backups."""
    operator = cluster.find(PostgresOperator)
    return {"postgresBackups": operator.backups if operator is not None else "instance"}


EPI = PlatformKind(
    kind="EPI",
    plural="epis",
    declaration=PodIdentitySpec,
    composition=Path(__file__).with_name("epi.k"),
    creates=frozenset({"eks.aws.m.upbound.io", "iam.aws.m.upbound.io"}),
)


@dataclass(frozen=True, slots=True)
class PlatformApi(Claims, WorkloadProvider, PostgresProvider, PodIdentityProvider):
    """Makes constructs of a cluster claim `kinds`; those without a kind stay native objects."""

    def run_workload(
        self, scope: Construct, pods: Pods, declaration: WorkloadDeclaration
    ) -> WorkloadObjects | None:
        """Claim the AppSpec of a workload; return None if the API has no kind for it."""
        if self.kind_of(AppSpec) is None:
            return None
        return ClaimedWorkload(self, scope, pods, declaration).objects

    def make_postgres(self, scope: Construct, id: str, spec: PostgresSpec) -> Resource | None:
        """Claim a PostgresSpec; return None if the API has no kind for it."""
        return self._claimed(scope, id, spec)

    def make_pod_identity(
        self, scope: Construct, id: str, spec: PodIdentitySpec
    ) -> Resource | None:
        """Claim a PodIdentitySpec; return None if the API has no kind for it."""
        return self._claimed(scope, id, spec)

    def _claimed(
        self, scope: Construct, id: str, spec: PostgresSpec | PodIdentitySpec
    ) -> Resource | None:
        return self.claim(scope, id, spec) if self.kind_of(type(spec)) is not None else None
