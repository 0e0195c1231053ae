"""Transforms of log lines before they are stored in VictoriaLogs."""

from kubestrata.constructs.observability import VectorAgent, VrlTransform

# A JSON line is parsed into fields; any other line stays the message. Fields of Vector take
# precedence: a time in another format would make VictoriaLogs reject the line.
_PARSE = """\
structured, failure = parse_json(.message)
if failure == null && is_object(structured) {
  fields = object!(structured)
  said = fields.message
  if is_null(said) {
    said = fields.msg
  }
  . = merge(fields, ., deep: true)
  if !is_null(said) {
    .message = said
    del(.msg)
  }
}
"""

# Normalizes the level; without a level field, the message is searched for one.
_LEVEL = """\
stated = .level
if is_null(stated) {
  stated = .severity
}
if is_null(stated) {
  stated = .lvl
}
level = downcase(to_string(stated) ?? "")
if level == "" {
  text = string(.message) ?? ""
  if match(text, r'(?i)\\b(error|fatal|panic)\\b') {
    level = "error"
  } else if match(text, r'(?i)\\bwarn(ing)?\\b') {
    level = "warn"
  }
}
if level == "warning" {
  level = "warn"
}
if level != "" {
  .level = level
}
"""

# Flattens Kubernetes metadata: the fields that identify streams get short names.
_TIDY = """\
.namespace = .kubernetes.pod_namespace
.pod = .kubernetes.pod_name
.container = .kubernetes.container_name
.node = .kubernetes.pod_node_name
.app = .kubernetes.pod_labels."app.kubernetes.io/name"
del(.kubernetes)
del(.file)
del(.source_type)
"""

# Redacts credentials.
_REDACT = """\
message, failure = redact(.message, filters: [
  r'(?i)bearer\\s+[a-z0-9._~+/=-]{16,}',
  r'AKIA[0-9A-Z]{16}',
])
if failure == null {
  .message = message
}
"""

AGENT = VectorAgent(
    transforms=[
        VrlTransform("parser", _PARSE),
        VrlTransform("level", _LEVEL),
        VrlTransform("tidy", _TIDY),
        VrlTransform("redact", _REDACT),
    ],
    stream_fields=("namespace", "pod", "container", "stream"),
)
"""The Vector DaemonSet of every VictoriaLogs of a platform."""
