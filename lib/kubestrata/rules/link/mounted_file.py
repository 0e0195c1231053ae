"""Files of mounted Secrets and ConfigMaps that variables and arguments of containers name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kubestrata.core.json_value import mapping, sequence
from kubestrata.rules.link.secret_made import CONFIG_MAP, SECRET, Keys, Made
from kubestrata.rules.near import near
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding
from kubestrata.rules.workload.pod import Pod, PodContainer, pods_of

_FILE = re.compile(r"(?:--?[\w.-]+=)?(/[\w./-]*/)([\w.-]+)")
"""A path, or an option with one; the folder and the file in it."""
_SOURCES = (("secret", SECRET, "secretName"), ("configMap", CONFIG_MAP, "name"))


class _Mounted(NamedTuple):
    """A folder of a container, with the names and the keys of the objects mounted there."""

    folder: str
    names: Sequence[str]
    keys: frozenset[str]


def missing_files(tree: ClusterTree, made: Made) -> Iterator[Finding]:
    """Yield a finding for each file that no key of the mounted objects becomes."""
    for pod in pods_of(tree):
        volumes = {
            str(mapping(each).get("name")): mapping(each)
            for each in sequence(pod.spec.get("volumes"))
        }
        for container in pod.containers:
            mounted = list(_mounts(made, pod, volumes, container))
            for path, folder, name in _files(container) if mounted else ():
                yield from _missing(pod, mounted, path, folder, name)


def _missing(
    pod: Pod, mounted: Sequence[_Mounted], path: str, folder: str, name: str
) -> Iterator[Finding]:
    for each in mounted:
        if each.folder == folder and name not in each.keys:
            objects = " and ".join(dict.fromkeys(each.names))
            message = f"{objects}, mounted at {folder.rstrip('/')}, has no key {name}"
            yield pod.workload.finding(path, message, near(name, each.keys))


def _files(container: PodContainer) -> Iterator[tuple[str, str, str]]:
    for index, entry in enumerate(map(mapping, sequence(container.body.get("env")))):
        if found := _FILE.fullmatch(str(entry.get("value", ""))):
            yield f"{container.path}.env[{index}].value", found[1], found[2]
    for field in ("command", "args"):
        for index, word in enumerate(sequence(container.body.get(field))):
            if found := _FILE.fullmatch(str(word)):
                yield f"{container.path}.{field}[{index}]", found[1], found[2]


def _mounts(
    made: Made, pod: Pod, volumes: Mapping[str, Mapping[str, Any]], container: PodContainer
) -> Iterator[_Mounted]:
    for mount in container.mounts:
        folder = str(mount.get("mountPath", "")).rstrip("/") + "/"
        volume = volumes.get(str(mount.get("name")), {})
        projected = map(mapping, sequence(mapping(volume.get("projected")).get("sources")))
        sources = list(projected) if "projected" in volume else [volume]
        keys = [_keys(made, pod.namespace, each) for each in sources]
        if mount.get("subPath") or mount.get("subPathExpr") or not keys or None in keys:
            continue
        names = [name for each in sources for name in _names(each)]
        yield _Mounted(folder, names, frozenset().union(*(each for each in keys if each)))


def _keys(made: Made, namespace: str, source: Mapping[str, Any]) -> Keys:
    """Return the files that a source becomes, None if they are not known."""
    for field, kind, name in _SOURCES:
        body = mapping(source.get(field))
        if not body:
            continue
        if body.get("items"):
            return frozenset(str(mapping(each).get("path")) for each in sequence(body["items"]))
        if body.get("optional") is True:
            return None
        return made.at.get((kind, namespace, str(body.get(name) or body.get("name"))))
    return None


def _names(source: Mapping[str, Any]) -> Iterator[str]:
    for field, kind, name in _SOURCES:
        body = mapping(source.get(field))
        if body:
            yield f"{kind} {body.get(name) or body.get('name')}"
