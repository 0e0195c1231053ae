"""Secrets with which Argo CD knows the registries of charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubestrata.core.json_value import Manifest, mapping
from kubestrata.core.written import WrittenObject
from kubestrata.delivery.argo_cd import ArgoCd
from kubestrata.rules.argo_setting import TYPE_LABEL
from kubestrata.rules.argo_sync import WAVE


def registry_secret(argo: ArgoCd, registry: str) -> Manifest:
    """Return the Secret of a registry without a login: Argo CD requires one even then."""
    name = "registry-" + "".join(one if one.isalnum() else "-" for one in registry.lower()).strip(
        "-"
    )
    data = {"enableOCI": "true", "name": name, "type": "helm", "url": registry}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": argo.namespace,
            "labels": {TYPE_LABEL: "repository"},
            "annotations": {WAVE: "-1"},
        },
        "stringData": data,
    }


def registries_with_secret(objects: Iterable[WrittenObject]) -> Iterator[str]:
    """Yield the addresses of the repository Secrets of a cluster: of two, Argo CD uses either."""
    for each in objects:
        spec = mapping(each.manifest.get("spec"))
        target, sealed = mapping(spec.get("target")), mapping(spec.get("template"))
        for one in (each.manifest, mapping(target.get("template")), sealed):
            labels = mapping(mapping(one.get("metadata")).get("labels"))
            if labels.get(TYPE_LABEL) == "repository":
                data = {**mapping(one.get("data")), **mapping(one.get("stringData"))}
                yield str(data.get("url", ""))
