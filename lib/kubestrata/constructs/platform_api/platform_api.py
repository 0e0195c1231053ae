"""The API of a platform, provided to clusters, and the kind EPI."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kubestrata.constructs.cloud import PodIdentityProvider, PodIdentitySpec
from kubestrata.constructs.data import PostgresProvider, PostgresSpec
from kubestrata.constructs.network import Pods
from kubestrata.constructs.platform_api.app import ClaimedWorkload
from kubestrata.constructs.platform_api.app_spec import AppSpec
from kubestrata.constructs.platform_api.claim import Claims, PlatformKind
from kubestrata.constructs.platform_api.sql_instance import SQLInstanceSpec
from kubestrata.constructs.workload import (
    WorkloadDeclaration,
    WorkloadDefaults,
    WorkloadObjects,
    WorkloadProvider,
)
from kubestrata.core.cluster import component_of
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource

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
        """Claim the AppSpec of a workload; return None if no kind has all that it declares."""
        defaults = WorkloadDefaults.of(component_of(scope).cluster)
        if self.kind_of(AppSpec) is None or not AppSpec.covers(declaration, defaults):
            return None
        return ClaimedWorkload(self, scope, pods, declaration).objects

    def make_postgres(
        self, scope: Construct, id: str, spec: PostgresSpec, *, cluster_name: str
    ) -> Resource | None:
        """Claim the SQLInstanceSpec of a database; return None if the API has no kind for it."""
        if self.kind_of(SQLInstanceSpec) is None:
            return None
        name = None if cluster_name == id else cluster_name
        return self.claim(scope, id, SQLInstanceSpec.of(spec, cluster_name=name))

    def make_pod_identity(
        self, scope: Construct, id: str, spec: PodIdentitySpec
    ) -> Resource | None:
        """Claim a PodIdentitySpec; return None if the API has no kind for it."""
        return self.claim(scope, id, spec) if self.kind_of(PodIdentitySpec) is not None else None
