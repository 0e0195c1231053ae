"""P99: scripts write where their container may write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.violation import Severity
from kubestrata.rules.workload.pod import Pod, PodContainer, PodProblem, pod_rule

# A redirection to an absolute path: `> /tmp/a`, `2>>"/tmp/a"`, `| tee /tmp/a`.
_WRITES = re.compile(r"""(?:(?<![-=<])>>?\|?|\btee\s+(?:-a\s+)?)\s*["']?(/[\w./-]+)""")
_ALWAYS = ("/dev", "/proc")


def _judge(pod: Pod) -> Iterator[PodProblem]:
    for container in pod.containers:
        if container.security.get("readOnlyRootFilesystem") is not True or pod.is_windows:
            continue
        writable = (*_ALWAYS, *_mounted(container))
        for field in ("command", "args"):
            for index, word in enumerate(sequence(container.body.get(field))):
                for path in _WRITES.findall(str(word)):
                    if not any(PurePosixPath(path).is_relative_to(each) for each in writable):
                        at = f"{container.path}.{field}[{index}]"
                        said = f"writes to {path}, and the root filesystem is read-only"
                        yield PodProblem(at, said, f"mount an emptyDir at {_folder(path)}")


def _mounted(container: PodContainer) -> list[str]:
    mounts = map(mapping, sequence(container.body.get("volumeMounts")))
    return [str(each.get("mountPath")) for each in mounts if each.get("readOnly") is not True]


def _folder(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return path if parent == "/" else parent


RULES = (
    pod_rule(
        "P99",
        "a script writes where its container may write",
        "every write fails, and the script with it",
        _judge,
        severity=Severity.WARNING,
    ),
)
