"""Alerts on local volumes, on the operator of Rook, and on Ceph."""

from charts.observability.alerts.condition import (
    critical,
    down,
    group,
    memory_over,
    restarts,
    warning,
)

_ROOK = 'namespace="rook-ceph", container="rook-ceph-operator"'
_PATH = 'mountpoint="/var/mnt/openebs"'
_FREE = f"node_filesystem_avail_bytes{{{_PATH}}} / node_filesystem_size_bytes{{{_PATH}}}"
# The resource is counted by the API server as long as its CRD exists, since 1.34 by another metric.
_CEPH_CLUSTERS = (
    'apiserver_resource_objects{group="ceph.rook.io", resource="cephclusters"}'
    ' or apiserver_storage_objects{resource="cephclusters.ceph.rook.io"}'
)

OPENEBS = (
    group(
        "openebs",
        [
            warning(
                "OpenEBSProvisionerDown",
                down('namespace="openebs-system", pod=~".*openebs-localpv.*"'),
                "5m",
                "{{ $labels.pod }} is down",
            ),
            warning(
                "OpenEBSPVCBindingFailed",
                'increase(openebs_volume_provision_total{status="failed"}[5m]) > 0',
                "5m",
                "local volumes are not provisioned",
            ),
            warning(
                "OpenEBSHighDiskUsage",
                "openebs_actual_used / openebs_size_of_volume > 0.85",
                "10m",
                "a local volume is nearly full",
            ),
            warning(
                "OpenEBSStorageCapacityWarning",
                f"{_FREE} < 0.2",
                "10m",
                "{{ $labels.instance }} has little space for local volumes",
            ),
            critical(
                "OpenEBSStorageCapacityCritical",
                f"{_FREE} < 0.1",
                "5m",
                "{{ $labels.instance }} has hardly any space for local volumes",
            ),
            warning(
                "OpenEBSHighMemoryUsage",
                memory_over(0.8, 'namespace="openebs-system"'),
                "10m",
                "{{ $labels.pod }} is near its memory limit",
            ),
        ],
    ),
)

ROOK_OPERATOR = (
    group(
        "rook-ceph-operator",
        [
            critical(
                "RookCephOperatorDown",
                down('namespace="rook-ceph", pod=~"rook-ceph-operator-.*"'),
                "5m",
                "the operator of Rook is down",
            ),
            warning(
                "RookCephOperatorReconcileErrors",
                'increase(controller_runtime_reconcile_errors_total{namespace="rook-ceph"}[5m])'
                " > 0",
                "10m",
                "the operator of Rook fails on {{ $labels.controller }}",
            ),
            critical(
                "RookCephCRDMissing",
                f"count by (cluster) (up) unless on (cluster) ({_CEPH_CLUSTERS})",
                "5m",
                "the kind CephCluster does not exist",
            ),
            # The daemons have no metrics of their own.
            warning(
                "RookCephDiscoveryDaemonDown",
                "kube_daemonset_status_number_unavailable"
                '{namespace="rook-ceph", daemonset="rook-discover"} > 0',
                "10m",
                "disks of {{ $value }} nodes are not discovered",
            ),
            warning(
                "RookCephOperatorCrashLooping",
                restarts("15m", _ROOK) + " > 0",
                "5m",
                "the operator of Rook restarts",
            ),
            warning(
                "RookCephOperatorHighMemory",
                memory_over(0.8, _ROOK),
                "10m",
                "the operator of Rook is near its memory limit",
            ),
        ],
    ),
)

CEPH = (
    group(
        "rook-ceph-cluster",
        [
            warning("CephClusterHealthWarning", "ceph_health_status == 1", "10m", "Ceph warns"),
            critical(
                "CephClusterHealthError", "ceph_health_status == 2", "5m", "Ceph has an error"
            ),
            warning("CephOSDDown", "ceph_osd_up == 0", "5m", "{{ $labels.ceph_daemon }} is down"),
            warning(
                "CephOSDNearFull",
                "ceph_osd_stat_bytes_used / ceph_osd_stat_bytes > 0.85",
                "10m",
                "{{ $labels.ceph_daemon }} is nearly full",
            ),
            warning(
                "CephPGDegraded",
                "ceph_pg_degraded > 0",
                "15m",
                "placement groups of pool {{ $labels.pool_id }} lack copies",
            ),
            warning(
                "CephPoolNearFull",
                "ceph_pool_percent_used > 0.85",
                "10m",
                "pool {{ $labels.pool_id }} is nearly full",
            ),
        ],
    ),
)
