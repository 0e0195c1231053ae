"""The API of a platform: an offer of clusters that run workloads, databases and identities."""

from __future__ import annotations

from dataclasses import dataclass

from kubestrata.constructs.cloud import PodIdentityProvider, PodIdentitySpec
from kubestrata.constructs.data import PostgresProvider, PostgresSpec
from kubestrata.constructs.network import Pods
from kubestrata.constructs.platform_api.app import AppSpec, ClaimedWorkload
from kubestrata.constructs.platform_api.claim import Claims
from kubestrata.constructs.workload import WorkloadDeclaration, WorkloadObjects, WorkloadProvider
from kubestrata.core.node import Construct
from kubestrata.core.resource import Resource


@dataclass(frozen=True, slots=True)
class PlatformApi(Claims, WorkloadProvider, PostgresProvider, PodIdentityProvider):
    """Offered by a cluster, it makes constructs claim `kinds`; others stay native objects."""

    def run_workload(
        self, scope: Construct, pods: Pods, declaration: WorkloadDeclaration
    ) -> WorkloadObjects | None:
        """Claim the AppSpec of a workload; return None where the API has no kind for it."""
        if self.kind_of(AppSpec) is None:
            return None
        return ClaimedWorkload(self, scope, pods, declaration).objects

    def make_postgres(self, scope: Construct, id: str, spec: PostgresSpec) -> Resource | None:
        """Claim a PostgresSpec; return None where the API has no kind for it."""
        return self._claimed(scope, id, spec)

    def make_pod_identity(
        self, scope: Construct, id: str, spec: PodIdentitySpec
    ) -> Resource | None:
        """Claim a PodIdentitySpec; return None where the API has no kind for it."""
        return self._claimed(scope, id, spec)

    def _claimed(
        self, scope: Construct, id: str, spec: PostgresSpec | PodIdentitySpec
    ) -> Resource | None:
        return self.claim(scope, id, spec) if self.kind_of(type(spec)) is not None else None
