"""Metrics of PostgreSQL and of its operator, applied once the CRDs of the monitoring exist."""

from charts.infrastructure.cloudnative_pg import CloudNativePg
from kubestrata import Cluster, Component, Reference
from kubestrata.constructs.data import Postgres
from kubestrata.constructs.observability import Scrape


class DatabaseWatch(Component):
    """A scrape of `operator` and of `postgres`, which are installed before these CRDs."""

    def __init__(
        self, scope: Cluster, *, namespace: Reference, operator: CloudNativePg, postgres: Postgres
    ) -> None:
        super().__init__(scope, "database-monitoring", layer="observability", namespace=namespace)
        Scrape(self, "cloudnative-pg", pods=operator.release.pods, port="metrics")
        Scrape(self, "postgres-cluster", pods=postgres.instances, port="metrics")
