"""Query plans of PostgreSQL, taken out of the logs of databases as documents of their own.

auto_explain writes a plan as one line of the log, which CloudNativePG wraps into JSON.
"""

from kubestrata import JsonObject, ServiceReference

_FIND = "plan_lines"
_READ = "plans"
_STREAM = "cluster_name,namespace,database,query_id"
_LOST_STREAM = "kubernetes.pod_namespace,kubernetes.pod_name"
_GIB = 2**30
# The least that Vector accepts is a little more than 256 MiB (source: Vector, disk buffers).
_LEAST = 268_435_488

_IS_PLAN = """\
!is_null(.kubernetes.pod_labels."cnpg.io/cluster") && contains(string(.message) ?? "", "plan:")
"""

# Fails for a line that only mentions a plan; such lines are kept apart.
_PLAN = """\
line = object!(parse_json!(.message))
record = object!(line.record)
found = parse_regex!(string!(record.message), \
  r'(?s)duration: (?P<duration>[0-9.]+) ms\\s+plan:\\s*(?P<plan>.+)')
plan = object!(parse_json!(found.plan))
. = {
  "timestamp": .timestamp,
  "query_id": to_string(record.query_id) ?? "",
  "cluster_name": .kubernetes.pod_labels."cnpg.io/cluster",
  "namespace": .kubernetes.pod_namespace,
  "pod_name": .kubernetes.pod_name,
  "database": record.database_name,
  "user": record.user_name,
  "duration_ms": to_float!(found.duration),
  "planning_ms": plan."Planning Time",
  "execution_ms": plan."Execution Time",
  "plan_json": encode_json(plan),
  "query_text": plan."Query Text"
}
"""


def plans(store: ServiceReference) -> JsonObject:
    """Return `transforms` and `sinks` of Vector that write plans to `store`, failures apart."""
    return {
        "transforms": {
            _FIND: {"type": "filter", "inputs": ["k8s"], "condition": _IS_PLAN},
            _READ: {
                "type": "remap",
                "inputs": [_FIND],
                "drop_on_error": True,
                "reroute_dropped": True,
                "source": _PLAN,
            },
        },
        "sinks": {
            "plans": _sink(store, _READ, _STREAM, "query_text", _GIB),
            "plan_failures": _sink(store, f"{_READ}.dropped", _LOST_STREAM, "message", _LEAST),
        },
    }


def _sink(store: ServiceReference, source: str, stream: str, message: str, size: int) -> JsonObject:
    query = f"_stream_fields={stream}&_time_field=timestamp&_msg_field={message}"
    return {
        "type": "http",
        "inputs": [source],
        "uri": store.url(f"/insert/jsonline?{query}"),
        "method": "post",
        "compression": "gzip",
        "encoding": {"codec": "json"},
        "framing": {"method": "newline_delimited"},
        "healthcheck": {"enabled": False},
        # Plans must not hold up other lines while the store is away.
        "buffer": {"type": "disk", "max_size": size, "when_full": "drop_newest"},
    }
