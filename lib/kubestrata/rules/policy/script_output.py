"""P99: scripts write where their container may write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from kubestrata.core.json_value import sequence
from kubestrata.rules.violation import Severity
from kubestrata.rules.workload.pod import Pod, PodContainer, PodProblem, pod_rule

# A redirection to an absolute path: `> /tmp/a`, `2>>"/tmp/a"`, `| tee /tmp/a`.
_WRITES = re.compile(r"""(?:(?<![-=<])>>?\|?|\btee\s+(?:-a\s+)?)\s*["']?(/[\w./-]+)""")
_ALWAYS = ("/dev", "/proc")


def _check(pod: Pod) -> Iterator[PodProblem]:
    for container in pod.containers:
        if container.security.get("readOnlyRootFilesystem") is not True or pod.is_windows:
            continue
        for field in ("command", "args"):
            for index, word in enumerate(sequence(container.body.get(field))):
                for path in _WRITES.findall(str(word)):
                    if not _is_writable(container, path):
                        at = f"{container.path}.{field}[{index}]"
                        said = f"writes to {path}, and the root filesystem is read-only"
                        yield PodProblem(at, said, f"mount an emptyDir at {_folder(path)}")


def _is_writable(container: PodContainer, path: str) -> bool:
    if any(PurePosixPath(path).is_relative_to(each) for each in _ALWAYS):
        return True
    return any(each.get("readOnly") is not True for each in container.mounts_of(path))


def _folder(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return path if parent == "/" else parent


RULES = (
    pod_rule(
        "P99",
        "a script writes where its container may write",
        "every write fails, and the script with it",
        _check,
        severity=Severity.WARNING,
    ),
)
