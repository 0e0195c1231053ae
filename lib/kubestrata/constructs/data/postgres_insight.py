"""Parameters and metrics of PostgreSQL for the analysis of slow statements."""

from __future__ import annotations

from kubestrata.constructs.data.postgres_spec import PerformanceInsights

# CloudNativePG loads and creates an extension whose parameters are set (source: its documentation,
# managed extensions).
_PARAMETERS = {
    "auto_explain.log_format": "json",
    "compute_query_id": "on",
    "pg_stat_statements.max": "10000",
    "pg_stat_statements.track": "all",
}

QUERIES = """\
pg_stat_statements:
  target_databases: ["*"]
  query: >-
    SELECT current_database() AS datname, queryid::text AS queryid, calls, rows,
    total_exec_time / 1000 AS seconds, shared_blks_hit, shared_blks_read
    FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database
    WHERE datname = current_database()) ORDER BY total_exec_time DESC LIMIT 50
  metrics:
    - datname: {usage: LABEL, description: Database}
    - queryid: {usage: LABEL, description: Identifier of the normalised statement}
    - calls: {usage: COUNTER, description: Executions}
    - rows: {usage: COUNTER, description: Rows returned or changed}
    - seconds: {usage: COUNTER, description: Time of execution}
    - shared_blks_hit: {usage: COUNTER, description: Blocks found in the buffer cache}
    - shared_blks_read: {usage: COUNTER, description: Blocks read from outside of it}
"""
"""Custom queries of CloudNativePG's exporter: the 50 statements that took the most time."""


def insight_parameters(insights: PerformanceInsights | None) -> dict[str, str]:
    """Return the PostgreSQL parameters; empty without insights."""
    if insights is None:
        return {}
    return {
        **_PARAMETERS,
        "auto_explain.log_min_duration": str(insights.min_duration),
        "auto_explain.sample_rate": str(float(insights.sample_rate)),
        "log_statement": insights.log_statement,
    }
