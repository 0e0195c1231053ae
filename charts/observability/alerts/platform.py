"""Alerts on parts of the platform, from their own metrics."""

from kubestrata import Duration
from kubestrata.constructs.observability import Alert, RuleGroup

_UNFETCHED = 'externalsecret_status_condition{condition="Ready", status="False"}'
_READY = 'certmanager_certificate_ready_status{condition!="True"}'
_CERTIFICATE = "Certificate {{ $labels.exported_namespace }}/{{ $labels.name }}"
_EXPIRY = "certmanager_certificate_expiration_timestamp_seconds"
_LAG = "cnpg_pg_replication_lag"
_NODE_CLAIMS = "operator_nodeclaim_status_condition_count"
_HEALTH = "cilium_node_health_connectivity_status"
_AGENTS = 'up{job="cilium-agent-metrics"}'
_BACKUP = "cnpg_collector_last_available_backup_timestamp"

GROUPS = (
    RuleGroup(
        "certificates",
        [
            Alert(
                name="CertificateNotReady",
                expression=f"{_READY} == 1",
                for_=Duration("30m"),
                severity="critical",
                summary=f"{_CERTIFICATE} is not ready",
            ),
            Alert(
                name="CertificateExpiresSoon",
                expression=f"{_EXPIRY} > 0 and {_EXPIRY} - time() < 7 * 86400",
                for_=Duration("1h"),
                severity="warning",
                summary=f"{_CERTIFICATE} expires soon",
                description="Seven days are left, and its renewal should have happened by now.",
            ),
        ],
    ),
    RuleGroup(
        "secrets",
        [
            Alert(
                name="ExternalSecretNotReady",
                expression=f"{_UNFETCHED} == 1",
                for_=Duration("15m"),
                severity="critical",
                summary="{{ $labels.exported_namespace }}/{{ $labels.name }} is not fetched",
            ),
        ],
    ),
    RuleGroup(
        "databases",
        [
            Alert(
                name="PostgresReplicaLags",
                expression=f"{_LAG} > 60",
                for_=Duration("5m"),
                severity="warning",
                summary="{{ $labels.namespace }}/{{ $labels.pod }} is {{ $value }} s behind",
            ),
            Alert(
                name="PostgresBackupOld",
                expression=f"{_BACKUP} > 0 and time() - {_BACKUP} > 2 * 86400",
                for_=Duration("1h"),
                severity="critical",
                summary="{{ $labels.namespace }}/{{ $labels.pod }} has no backup of two days",
            ),
        ],
    ),
    RuleGroup(
        "nodes",
        [
            Alert(
                name="NodesUnavailable",
                expression=(
                    "sum by (nodepool) (increase(karpenter_nodeclaims_disrupted_total"
                    '{reason="insufficient_capacity"}[30m])) > 3'
                ),
                severity="warning",
                summary="The cloud has no nodes left for {{ $labels.nodepool }}",
            ),
            Alert(
                name="NodePoolFull",
                expression=(
                    "sum by (nodepool, resource_type) (karpenter_nodepools_usage)"
                    " / sum by (nodepool, resource_type) (karpenter_nodepools_limit) > 0.9"
                ),
                for_=Duration("15m"),
                severity="warning",
                summary="{{ $labels.nodepool }} has nearly all its {{ $labels.resource_type }}",
            ),
        ],
    ),
    RuleGroup(
        "provisioning",
        [
            Alert(
                name="KarpenterCanNotRegisterNewNodes",
                expression=(
                    f'sum({_NODE_CLAIMS}{{type="Launched",status="True"}})'
                    f' != sum({_NODE_CLAIMS}{{type="Registered",status="True"}})'
                ),
                for_=Duration("15m"),
                severity="warning",
                summary="Machines were started that do not become nodes",
            ),
            Alert(
                name="KarpenterCloudproviderErrors",
                expression=(
                    "sum by (method, error)"
                    " (increase(karpenter_cloudprovider_errors_total[10m])) > 0"
                ),
                for_=Duration("1m"),
                severity="warning",
                summary="Calls of {{ $labels.method }} fail: {{ $labels.error }}",
            ),
        ],
    ),
    RuleGroup(
        "network",
        [
            Alert(
                name="CiliumAgentUnreachableHealthEndpoints",
                # While nodes come and go, some are unreachable for a while.
                expression=(
                    f'max by (pod) ({_HEALTH}{{type="endpoint",status="unreachable"}}) > 0'
                    f" and on () (changes(count({_AGENTS})[5m:1m]) == 0)"
                ),
                for_=Duration("5m"),
                severity="critical",
                summary="The agent {{ $labels.pod }} does not reach pods of other nodes",
            ),
            Alert(
                name="CiliumAgentMetricNotFound",
                expression=(
                    f"count by (pod) (cilium_version) != 1 or ({_AGENTS} == 1"
                    " unless on (pod) cilium_version)"
                ),
                for_=Duration("5m"),
                severity="critical",
                summary="The agent {{ $labels.pod }} has no metrics, or each several times",
            ),
            Alert(
                name="CiliumAgentEndpointsNotReady",
                expression=(
                    'sum by (pod) (cilium_endpoint_state{endpoint_state="ready"})'
                    " / sum by (pod) (cilium_endpoint_state) < 0.5"
                ),
                for_=Duration("5m"),
                severity="critical",
                summary="Half of the pods of agent {{ $labels.pod }} are not ready",
            ),
            Alert(
                name="PacketsDropped",
                expression=(
                    "sum by (reason, direction) (rate(cilium_drop_count_total"
                    '{reason!="Policy denied"}[5m])) > 10'
                ),
                for_=Duration("15m"),
                severity="warning",
                summary="Packets are dropped on {{ $labels.direction }}: {{ $labels.reason }}",
            ),
        ],
    ),
)
