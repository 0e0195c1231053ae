"""The Kubernetes version of clusters, from the files that install them.

Read are Talos, kubeadm and k3s configuration with one agreeing minor version. What a file says of
one cluster holds for no other: with several clusters, its path must have the cluster's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.core.identity import group_of
from kubestrata.core.json_value import mapping
from kubestrata.gitops.disk import is_aside
from kubestrata.gitops.document import Reading

_VERSION = re.compile(r"v?1\.(\d+)\.\d+(?:[+-]k3s\d+)?\Z")
_TALOS = ("talconfig.yaml", "talenv.yaml", "topf.yaml")
_K3S = ("k3s_release_version", "k3s_version")
_KUBELET = re.compile(r"(?:^|/)kubelet:(v1\.\d+\.\d+)(?:@|\Z)")


def kubernetes_version(files: Mapping[str, Reading], name: str, *, alone: bool) -> str:
    """Return `1.35` for a cluster, '' if that is not certain; `alone` if there is no other."""
    minors = {
        minor[1]
        for path, reading in files.items()
        if not is_aside(path) and (alone or name in path.split("/")[:-1])
        for document in reading.documents
        for text in _versions(path, document.manifest)
        if (minor := _VERSION.match(text))
    }
    return f"1.{minors.pop()}" if len(minors) == 1 else ""


def _versions(path: str, manifest: Mapping[str, Any]) -> Iterator[str]:
    file = path.rpartition("/")[2]
    group = group_of(str(manifest.get("apiVersion", "")))
    if file in _TALOS or group == "kubeadm.k8s.io":
        yield str(manifest.get("kubernetesVersion"))
    for key in _K3S:
        yield str(manifest.get(key))
    kubelet = mapping(mapping(manifest.get("machine")).get("kubelet")).get("image")
    if found := _KUBELET.search(str(kubelet)):
        yield found[1]
