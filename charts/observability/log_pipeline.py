"""Transforms of log lines before they are stored in VictoriaLogs."""

from kubestrata.constructs.observability import VectorAgent, VrlTransform

# The line goes below `log`: as fields if it is JSON, else as text. No field of a program can then
# overwrite one of Vector, such as the time.
_PARSE = """\
structured, failure = parse_json(.message)
if failure == null {
  .log = structured
} else {
  .log = .message
}
del(.message)
"""

# Normalizes the level; without a level field, the message is searched for one.
_LEVEL = """\
stated = .log.level
if is_null(stated) {
  stated = .log.severity
}
if is_null(stated) {
  stated = .log.lvl
}
level = downcase(to_string(stated) ?? "")
if level == "" {
  text = string(.log) ?? string(.log.msg) ?? string(.log.message) ?? ""
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

_TIDY = """\
del(.file)
del(.source_type)
"""

# Redacts credentials, in text and in every field of a structured line.
_REDACT = """\
safe, failure = redact(.log, filters: [
  r'(?i)bearer\\s+[a-z0-9._~+/=-]{16,}',
  r'AKIA[0-9A-Z]{16}',
])
if failure == null {
  .log = safe
}
"""

AGENT = VectorAgent(
    transforms=[
        VrlTransform("parser", _PARSE),
        VrlTransform("level", _LEVEL),
        VrlTransform("tidy", _TIDY),
        VrlTransform("redact", _REDACT),
    ],
    stream_fields=(
        "stream",
        "kubernetes.pod_name",
        "kubernetes.container_name",
        "kubernetes.pod_namespace",
    ),
    message_fields=("message", "msg", "_msg", "log.msg", "log.message", "log"),
)
"""The Vector DaemonSet of every VictoriaLogs of a platform."""
