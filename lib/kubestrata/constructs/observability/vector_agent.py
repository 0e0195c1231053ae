"""Log collection by Vector: values for the charts of VictoriaLogs, which bring it.

Where the logs go is the chart's to say: it knows its own storage nodes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kubestrata.core.errors import InvalidValue
from kubestrata.core.json_value import JsonObject

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_SOURCE = "k8s"
_CHARTS_OWN = "parser"


@dataclass(frozen=True, slots=True)
class VrlTransform:
    """One step of the pipeline: a program in Vector's own language, run on every line.

    The first of a pipeline takes the place of the chart's own step, and its name. The chart reads
    values as a template first: a program holds no `{{`.
    """

    name: str
    program: str

    def __post_init__(self) -> None:
        what = f"transform {self.name!r}"
        if not _NAME.match(self.name):
            why, fix = "is no name", "write a-z, 0-9 and '_', a letter first"
            raise InvalidValue(what, why, fix)
        if not self.program.strip():
            raise InvalidValue(what, "does nothing")
        if "{{" in self.program:
            raise InvalidValue(what, "holds '{{', which the chart would fill in")


@dataclass(frozen=True, slots=True)
class VectorAgent:
    """One Vector a node that reads the log of every container and sends it to VictoriaLogs.

    `transforms` run one after the other. `stream_fields` tell one stream from another and stay the
    same over its life; of `message_fields` the first that a line has is its message.
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
        """What stands under `vector` in the chart's values."""
        steps = self._steps()
        sources = [_SOURCE, *steps]
        transforms: JsonObject = {
            name: {
                "type": "remap",
                "inputs": [before],
                # A line that a program cannot read is sent as it is.
                "drop_on_error": False,
                # Vector takes a dollar for one of its own variables.
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
            # Logs of every node are wanted, also of those that others may not run on.
            "tolerations": [{"operator": "Exists"}],
            "customConfig": {"transforms": transforms, "sinks": {"vlogs": self._sink(sources[-1])}},
        }

    def _steps(self) -> list[str]:
        """What the chart is told the steps are called.

        Helm merges the chart's own step in, and hands a null that would strike it out on to
        Vector, which does not start with it: so the first step is the chart's.
        """
        names = [transform.name for transform in self.transforms]
        steps = [_CHARTS_OWN, *names[1:]] if names else []
        for known in (names, steps):
            for name in known:
                if known.count(name) > 1:
                    raise InvalidValue(f"transform {name!r}", "is there twice")
        return steps

    def _sink(self, last: str) -> JsonObject:
        headers = {
            "VL-Time-Field": "timestamp",
            "VL-Stream-Fields": ",".join(self.stream_fields),
            "VL-Msg-Field": ",".join(self.message_fields),
        }
        return {"inputs": [last], "request": {"headers": headers}}
