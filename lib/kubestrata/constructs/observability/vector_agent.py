"""Log collection by Vector: values for the charts of VictoriaLogs, of which it is a subchart.

The destination of the logs is set by the chart, which knows its own storage nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import JsonObject

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_SOURCE = "k8s"
_CHARTS_OWN = "parser"


class VrlTransform(Frozen):
    """One transform of the pipeline: a program in Vector Remap Language, run on every line.

    The first one replaces the chart's own transform, and takes its name. The chart renders values
    as a template, so a program must not contain `{{`.
    """

    name: str
    program: str

    def __post_init__(self) -> None:
        what = f"transform {self.name!r}"
        if not _NAME.match(self.name):
            why, fix = "is not a valid name", "write a-z, 0-9 and '_', a letter first"
            raise InvalidValue(what, why, fix)
        if not self.program.strip():
            raise InvalidValue(what, "does nothing")
        if "{{" in self.program:
            raise InvalidValue(what, "contains '{{', which the chart would render as a template")


class VectorAgent(Frozen):
    """A DaemonSet of Vector that reads all container logs and sends them to VictoriaLogs.

    `transforms` run in order. `stream_fields` identify a stream and are constant over its life; the
    first of `message_fields` that a line has is its message.
    """

    transforms: Sequence[VrlTransform] = ()
    stream_fields: Sequence[str] = (
        "kubernetes.pod_namespace",
        "kubernetes.pod_name",
        "kubernetes.container_name",
        "stream",
    )
    message_fields: Sequence[str] = ("message", "msg", "_msg")
    requests: Mapping[str, str] = field(default_factory=lambda: {"cpu": "50m", "memory": "128Mi"})
    memory_limit: str = "256Mi"

    def values(self) -> JsonObject:
        """Return the values for the key `vector` of the chart."""
        steps = self._steps()
        sources = [_SOURCE, *steps]
        transforms: JsonObject = {
            name: {
                "type": "remap",
                "inputs": [before],
                # A line that a program fails on is sent unchanged.
                "drop_on_error": False,
                # Vector would expand a dollar sign as one of its own variables.
                "source": transform.program.replace("$", "$$"),
            }
            for before, name, transform in zip(sources, steps, self.transforms, strict=False)
        }
        return {
            "enabled": True,
            "role": "Agent",
            "resources": {
                "requests": dict(self.requests),
                "limits": {"memory": self.memory_limit},
            },
            # Logs of every node are collected, tainted nodes included.
            "tolerations": [{"operator": "Exists"}],
            "customConfig": {"transforms": transforms, "sinks": {"vlogs": self._sink(sources[-1])}},
        }

    def _steps(self) -> list[str]:
        """Return the names of the transforms, as the chart expects them.

        Helm merges the chart's own transform in, and would pass a null that deletes it on to
        Vector, which then does not start: so the first transform reuses the chart's name.
        """
        names = [transform.name for transform in self.transforms]
        steps = [_CHARTS_OWN, *names[1:]] if names else []
        for known in (names, steps):
            for name in known:
                if known.count(name) > 1:
                    raise InvalidValue(f"transform {name!r}", "appears twice")
        return steps

    def _sink(self, last: str) -> JsonObject:
        headers = {
            "VL-Time-Field": "timestamp",
            "VL-Stream-Fields": ",".join(self.stream_fields),
            "VL-Msg-Field": ",".join(self.message_fields),
        }
        return {"inputs": [last], "request": {"headers": headers}}
