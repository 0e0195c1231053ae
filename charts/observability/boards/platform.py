"""Dashboards of Argo CD, of autoscalers, and of machines at Hetzner."""

from charts.observability.boards.board import Board, Choice, Panel, Query, line, number, table

_RATE = "$__rate_interval"
_APPS = 'namespace=~"$namespace"'
_HPA = 'namespace=~"$namespace", horizontalpodautoscaler=~"$hpa"'
_BY_HPA = "{{namespace}}/{{horizontalpodautoscaler}}"
_PLACE = 'datacenter=~"$datacenter"'


def _p99(metric: str, by: str, selector: str = "") -> str:
    rate = f"rate({metric}_bucket{{{selector}}}[{_RATE}])"
    return f"histogram_quantile(0.99, sum by (le, {by}) ({rate}))"


ARGO_CD = Board(
    "LCAgc9rWz",
    "Argo CD",
    [
        number("Applications", f"count(argocd_app_info{{{_APPS}}})"),
        number(
            "Not synced", f'count(argocd_app_info{{{_APPS}, sync_status!="Synced"}}) or vector(0)'
        ),
        number(
            "Not healthy",
            f'count(argocd_app_info{{{_APPS}, health_status!="Healthy"}}) or vector(0)',
        ),
        number("Clusters", "count(argocd_cluster_info)"),
        line(
            "Applications by health",
            f"sum by (health_status) (argocd_app_info{{{_APPS}}})",
            "{{health_status}}",
        ),
        line(
            "Applications by sync status",
            f"sum by (sync_status) (argocd_app_info{{{_APPS}}})",
            "{{sync_status}}",
        ),
        line(
            "Syncs",
            f"sum by (name, phase) (increase(argocd_app_sync_total{{{_APPS}}}[{_RATE}]))",
            "{{name}} {{phase}}",
        ),
        line(
            "Reconciliations",
            f"sum by (dest_server) (rate(argocd_app_reconcile_count{{{_APPS}}}[{_RATE}]))",
            "{{dest_server}}",
            "ops",
        ),
        line(
            "Slowest reconciliations",
            _p99("argocd_app_reconcile", "dest_server", _APPS),
            "{{dest_server}}",
            "s",
        ),
        line(
            "Git requests",
            f"sum by (request_type) (rate(argocd_git_request_total[{_RATE}]))",
            "{{request_type}}",
            "ops",
        ),
        line(
            "Slowest Git requests",
            _p99("argocd_git_request_duration_seconds", "request_type"),
            "{{request_type}}",
            "s",
        ),
        line(
            "gRPC calls",
            f"sum by (grpc_service, grpc_code) (rate(grpc_server_handled_total[{_RATE}]))",
            "{{grpc_service}} {{grpc_code}}",
            "ops",
        ),
        line(
            "Redis requests",
            f"sum by (initiator, failed) (rate(argocd_redis_request_total[{_RATE}]))",
            "{{initiator}}, failed: {{failed}}",
            "ops",
        ),
        line(
            "Slowest Redis requests",
            _p99("argocd_redis_request_duration", "initiator"),
            "{{initiator}}",
            "s",
        ),
        table("All applications", f"argocd_app_info{{{_APPS}}}"),
    ],
    [Choice("namespace", "label_values(argocd_app_info, namespace)")],
    alias="argocd",
)

_CA = "cluster_autoscaler"
CLUSTER_AUTOSCALER = Board(
    "cluster-autoscaler",
    "Cluster autoscaler",
    [
        number("Safe to scale", f"max({_CA}_cluster_safe_to_autoscale)"),
        number("Nodes", f"sum({_CA}_nodes_count)"),
        number("Unschedulable pods", f"sum({_CA}_unschedulable_pods_count)"),
        number("Nodes without need", f"sum({_CA}_unneeded_nodes_count)"),
        line("Nodes by state", f"sum by (state) ({_CA}_nodes_count)", "{{state}}"),
        Panel(
            "Scale events",
            [
                Query(f"sum(increase({_CA}_scaled_up_nodes_total[{_RATE}]))", "up"),
                Query(f"sum(increase({_CA}_scaled_down_nodes_total[{_RATE}]))", "down"),
            ],
        ),
        Panel(
            "Cores",
            [
                Query(f"max({_CA}_cluster_cpu_current_cores)", "used"),
                Query(f"max by (direction) ({_CA}_cpu_limits_cores)", "{{direction}}"),
            ],
        ),
        Panel(
            "Memory",
            [
                Query(f"max({_CA}_cluster_memory_current_bytes)", "used"),
                Query(f"max by (direction) ({_CA}_memory_limits_bytes)", "{{direction}}"),
            ],
            "bytes",
        ),
        line("Errors", f"sum by (type) (increase({_CA}_errors_total[{_RATE}]))", "{{type}}"),
        line(
            "Slowest functions",
            _p99(f"{_CA}_function_duration_seconds", "function"),
            "{{function}}",
            "s",
        ),
    ],
)

_H = "kube_horizontalpodautoscaler"
HPA = Board(
    "hpa-vpa",
    "HPA and VPA",
    [
        number("Autoscalers", f"count({_H}_info{{{_HPA}}})"),
        number(
            "At the maximum",
            f"count({_H}_status_current_replicas{{{_HPA}}} >= {_H}_spec_max_replicas{{{_HPA}}})"
            " or vector(0)",
        ),
        number(
            "At the minimum",
            f"count({_H}_status_current_replicas{{{_HPA}}} <= {_H}_spec_min_replicas{{{_HPA}}})"
            " or vector(0)",
        ),
        number(
            "Without metrics",
            f'sum({_H}_status_condition{{{_HPA}, condition="ScalingActive", status="false"}})'
            " or vector(0)",
        ),
        Panel(
            "Replicas",
            [
                Query(f"{_H}_status_current_replicas{{{_HPA}}}", f"{_BY_HPA} current"),
                Query(f"{_H}_status_desired_replicas{{{_HPA}}}", f"{_BY_HPA} desired"),
            ],
            width=24,
        ),
        Panel(
            "Targets",
            [
                Query(
                    f"{_H}_status_target_metric{{{_HPA}}}",
                    f"{_BY_HPA} {{{{metric_name}}}} current",
                ),
                Query(
                    f"{_H}_spec_target_metric{{{_HPA}}}", f"{_BY_HPA} {{{{metric_name}}}} target"
                ),
            ],
            width=24,
        ),
        table("Conditions", f"{_H}_status_condition{{{_HPA}}} == 1"),
    ],
    [
        Choice("namespace", f"label_values({_H}_info, namespace)"),
        Choice(
            "hpa",
            f'label_values({_H}_info{{namespace=~"$namespace"}}, horizontalpodautoscaler)',
        ),
    ],
)

_SERVER, _NAME = "hcloud_server", "{{name}}"
HETZNER = Board(
    "hetzner-inventory",
    "Hetzner inventory",
    [
        number("Servers", f"count({_SERVER}_running{{{_PLACE}}})"),
        number("Running", f"sum({_SERVER}_running{{{_PLACE}}})"),
        number("Cores", f"sum({_SERVER}_cores{{{_PLACE}}})"),
        number("Memory", f"sum({_SERVER}_memory_bytes{{{_PLACE}}})", "bytes"),
        number("Volumes", "count(hcloud_volume_size)"),
        number("Size of volumes", "sum(hcloud_volume_size)", "bytes"),
        number("Incoming traffic", f"sum({_SERVER}_incoming_traffic_bytes{{{_PLACE}}})", "bytes"),
        number("Outgoing traffic", f"sum({_SERVER}_outgoing_traffic_bytes{{{_PLACE}}})", "bytes"),
        line("Incoming traffic", f"{_SERVER}_incoming_traffic_bytes{{{_PLACE}}}", _NAME, "bytes"),
        line("Outgoing traffic", f"{_SERVER}_outgoing_traffic_bytes{{{_PLACE}}}", _NAME, "bytes"),
        line(
            "Share of the included traffic",
            f"{_SERVER}_outgoing_traffic_bytes{{{_PLACE}}}"
            f" / {_SERVER}_included_traffic_bytes{{{_PLACE}}}",
            _NAME,
            "percentunit",
        ),
        line(
            "Servers by datacenter", f"count by (datacenter) ({_SERVER}_running)", "{{datacenter}}"
        ),
        table("All servers", f"{_SERVER}_running{{{_PLACE}}}"),
        table("All volumes", "hcloud_volume_size"),
    ],
    [Choice("datacenter", f"label_values({_SERVER}_running, datacenter)")],
)
