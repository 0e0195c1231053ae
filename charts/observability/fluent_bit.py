"""Fluent Bit: the lines of all containers of a cluster, sent to a store of logs."""

from collections.abc import Mapping, Sequence

from charts import catalogue
from charts.resource_request import bounded
from kubestrata import Cluster, Component, Duration, Frozen, JsonObject, Reconcile, Reference
from kubestrata.constructs import HelmRelease

NAME = "fluent-bit"
_PORT = 2020
_STATE = "/var/fluent-bit/state"
_CONTAINERS = "/var/lib/containerd/io.containerd.runtime.v2.task/k8s.io"
# Its own lines would be sent again and again; those of kube-system are too many.
_EXCLUDED = ("/var/log/containers/*_fluent-bit_*.log", "/var/log/containers/*_kube-system_*.log")
_STREAM = ("cluster", "k8s_namespace_name", "k8s_pod_name", "k8s_container_name")


class LogTarget(Frozen):
    """A store that accepts JSON lines: its host and port, and the tenant of the lines."""

    host: str
    port: int
    tenant: str


class FluentBit(Component):
    """A DaemonSet on the network of its nodes, which no network policy selects."""

    def __init__(
        self, scope: Cluster, *, namespace: Reference, target: LogTarget, after: Reference
    ) -> None:
        """`after` is the object that must exist before lines can be sent."""
        timeout = Duration("10m")
        super().__init__(
            scope,
            NAME,
            layer="observability",
            namespace=namespace,
            reconcile=Reconcile(timeout=timeout),
        )
        self.needs(after)
        self.release = HelmRelease(
            self,
            NAME,
            chart=catalogue.FLUENT_BIT,
            timeout=timeout,
            interval=Duration("30m"),
            creates=["monitoring.coreos.com"],
            values={**_VALUES, "config": _config(scope.name, target)},
        )


def _config(cluster: str, target: LogTarget) -> JsonObject:
    return {
        "service": _text([_SERVICE]),
        "inputs": _text([_INPUT]),
        "filters": _text(_filters(cluster, target.tenant)),
        "outputs": _text(_outputs(target)),
        "customParsers": "",
    }


class _Section(Frozen):
    """A section of Fluent Bit's configuration; a key with several values is repeated."""

    kind: str
    entries: Mapping[str, str | Sequence[str]]

    @property
    def text(self) -> str:
        lines = [f"[{self.kind}]"]
        for key, value in self.entries.items():
            several = [value] if isinstance(value, str) else value
            lines += [f"    {key} {each}" for each in several]
        return "\n".join(lines) + "\n"


def _text(sections: Sequence[_Section]) -> str:
    return "\n".join(each.text for each in sections)


_SERVICE = _Section(
    "SERVICE",
    {
        "Daemon": "Off",
        "Flush": "5",
        "Log_Level": "info",
        "Parsers_File": "/fluent-bit/etc/parsers.conf",
        "HTTP_Server": "On",
        "HTTP_Listen": "0.0.0.0",  # noqa: S104  # probes and metrics
        "HTTP_Port": str(_PORT),
        "Health_Check": "On",
        "storage.path": f"{_STATE}/chunks",
    },
)
_INPUT = _Section(
    "INPUT",
    {
        "Name": "tail",
        "Path": "/var/log/containers/*.log",
        "Exclude_Path": ",".join(_EXCLUDED),
        "multiline.parser": "cri",
        "Tag": "kube.*",
        "DB": f"{_STATE}/tail.db",
        "Mem_Buf_Limit": "5MB",
        "Skip_Long_Lines": "On",
        "storage.type": "filesystem",
    },
)


def _filters(cluster: str, tenant: str) -> list[_Section]:
    match = {"Match": "kube.*"}
    return [
        _Section("FILTER", {"Name": "kubernetes", **match, "Merge_Log": "On", "Keep_Log": "On"}),
        _Section(
            "FILTER",
            {"Name": "modify", **match, "Add": [f"cluster {cluster}", f"tenant {tenant}"]},
        ),
        # Lines without text.
        _Section("FILTER", {"Name": "grep", **match, "Exclude": r"log ^\s*$"}),
        _Section(
            "FILTER",
            {
                "Name": "nest",
                **match,
                "Operation": "lift",
                "Nested_under": "kubernetes",
                "Add_prefix": "k8s_",
            },
        ),
    ]


def _outputs(target: LogTarget) -> list[_Section]:
    fields = f"_stream_fields={','.join(_STREAM)}&_msg_field=log&_time_field=date"
    store = {
        "Name": "http",
        "Match": "kube.*",
        "Host": target.host,
        "Port": str(target.port),
        "URI": f"/insert/jsonline?{fields}",
        # The store reads one object per line, and not an array of them.
        "Format": "json_lines",
        "Json_date_format": "iso8601",
        "Compress": "gzip",
        "Header": f"X-Scope-OrgID {target.tenant}",
        "tls": "Off",
        "Retry_Limit": "3",
        "storage.total_limit_size": "10M",
    }
    return [_Section("OUTPUT", store), _Section("OUTPUT", {"Name": "stdout", "Match": "kube.*"})]


def _path(name: str, path: str) -> JsonObject:
    return {"name": name, "hostPath": {"path": path}}


_VALUES: JsonObject = {
    "fullnameOverride": NAME,
    "image": {"tag": "4.1.1"},
    # The pod of the chart's test has an image without a version.
    "testFramework": {"enabled": False},
    "hostNetwork": True,
    "dnsPolicy": "ClusterFirstWithHostNet",
    "priorityClassName": "system-node-critical",
    "tolerations": [{"operator": "Exists"}],
    "securityContext": {"privileged": True, "runAsUser": 0},
    "serviceMonitor": {"enabled": True},
    "resources": bounded("50m", "64Mi", "200m", "128Mi"),
    "daemonSetVolumes": [
        _path("varlog", "/var/log"),
        _path("containers", _CONTAINERS),
        {"name": "state", "hostPath": {"path": _STATE, "type": "DirectoryOrCreate"}},
    ],
    "daemonSetVolumeMounts": [
        {"name": "varlog", "mountPath": "/var/log", "readOnly": True},
        {"name": "containers", "mountPath": _CONTAINERS, "readOnly": True},
        {"name": "state", "mountPath": _STATE},
    ],
}
