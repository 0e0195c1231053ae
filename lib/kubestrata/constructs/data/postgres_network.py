"""Network policy of the pods of a PostgreSQL cluster."""

from __future__ import annotations

from kubestrata.constructs.data.operator import MigrationOperator, PostgresOperator
from kubestrata.constructs.data.postgres_spec import PostgresSpec
from kubestrata.constructs.network.connection import allow_flows
from kubestrata.constructs.network.flow import Flow
from kubestrata.constructs.network.network import Network
from kubestrata.constructs.network.peer import Pods
from kubestrata.core.cluster import Cluster
from kubestrata.core.node import Construct

POSTGRES = 5432
# Status port of the instance manager (source: CloudNativePG, networking).
_STATUS = 8000


def allow(scope: Construct, cluster: Cluster, every: Pods, spec: PostgresSpec) -> None:
    """Create one policy for `every` pod of the database, jobs and poolers included.

    It allows replication, the API server, the operators and the destination of backups. Raises
    MissingOffer where a network is enforced and the cluster has no PostgresOperator.
    """
    if cluster.find(Network) is None:
        return
    operator = cluster.ask(PostgresOperator)
    flows = [
        Flow.to_kubernetes_api(),
        Flow.to_pods(every, POSTGRES, _STATUS),
        Flow.from_pods(every, POSTGRES, _STATUS),
        Flow.from_pods(operator.pods, POSTGRES, _STATUS),
    ]
    operator.connect_to(every, [POSTGRES, _STATUS])
    if spec.migration is not None:
        atlas = cluster.ask(MigrationOperator)
        flows.append(Flow.from_pods(atlas.pods, POSTGRES))
        atlas.connect_to(every, [POSTGRES])
    backup = spec.backup
    if backup.enabled:
        flows += backup.flows
        flows += [Flow.to_pod_identity()] if backup.keys is None else []
    allow_flows(Construct(scope, "network"), every, flows, name=every.name)
