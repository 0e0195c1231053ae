"""What becomes of a line of log before VictoriaLogs keeps it."""

from kubestrata.constructs.observability import VectorAgent, VrlTransform

# A line that is JSON becomes its fields; any other stays the message that it is. What Vector knows
# wins: a time in a format of its own would make VictoriaLogs refuse the line.
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

# One spelling of the level, whoever wrote the line; a line that states none is searched for it.
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

# Kubernetes' own words are long; what tells streams apart gets short names.
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

# What nobody may read stays unread.
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
"""One Vector a node, for every VictoriaLogs of a platform."""
