"""R31: parts of GitLab's chart read settings of object storage in their own forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubestrata.rules.api_group import HELM
from kubestrata.rules.field import mapping_at
from kubestrata.rules.release import chart_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding

_RAILS = "global.appConfig.object_store.connection"
_OTHERS = {
    "registry.storage": "those of the registry's driver",
    "gitlab.toolbox.backups.objectStorage.config": "a configuration of s3cmd",
}


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        use = chart_of(tree, release)
        if use is None or use.name != "gitlab":
            continue
        values = mapping_at(release.manifest, "spec.values")
        rails = _key(mapping_at(values, _RAILS), "connection")
        for path, form in _OTHERS.items():
            own = _key(mapping_at(values, path), "config")
            if own is not None and own == rails:
                said = f"key {own[1]} of {own[0]} has the settings of fog, read at {_RAILS}"
                fix = f"name a Secret with {form}"
                yield release.finding(f"spec.values.{path}", said, fix)


def _key(value: Mapping[str, Any], default: str) -> tuple[str, str] | None:
    secret = value.get("secret")
    return None if not secret else (str(secret), str(value.get("key") or default))


RULES = (
    Rule(
        "R31",
        "the registry and the backups of GitLab have settings of object storage of their own",
        "images cannot be pushed, and backups fail",
        _check,
    ),
)
