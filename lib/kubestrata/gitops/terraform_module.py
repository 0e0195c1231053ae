"""Variables that Terraform modules in the repository declare."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from kubestrata.core.json_value import mapping
from kubestrata.core.regular_file import FileRefusedError
from kubestrata.gitops.disk import Disk
from kubestrata.rules.subject import ClusterTree, Subject

_GROUP = "infra.contrib.fluxcd.io"
_VARIABLE = re.compile(r'^[ \t]*variable[ \t]+"?([A-Za-z_][-\w]*)"?[ \t]*\{', re.MULTILINE)
_CODE, _JSON = (".tf", ".tofu"), (".tf.json", ".tofu.json")


def modules_of(disk: Disk, tree: ClusterTree) -> dict[str, frozenset[str] | None]:
    """Return the variables of the modules that Terraform objects name, by their `spec.path`.

    Only modules in the repository that the delivery itself reads; None is for a missing folder. A
    module in JSON is left out, and so are all if the repository has no Terraform at all.
    """
    found: dict[str, frozenset[str] | None] = {}
    missing: list[str] = []
    for subject in _own(tree):
        path = str(subject.spec.get("path") or ".")
        folder = disk.folder_at(posixpath.normpath(path))
        if folder is None:
            missing.append(path)
            continue
        files = disk.files(folder, recurse=False)
        if any(each.endswith(_CODE) for each in files) and not any(
            each.endswith(_JSON) for each in files
        ):
            found[path] = frozenset(_declared(disk, files))
    # A folder with the manifests only has no modules to miss.
    return found | dict.fromkeys(missing if found else ())


def _own(tree: ClusterTree) -> Iterator[Subject]:
    """Yield the Terraform objects whose source is one of the delivery's own."""
    sources = {
        (str(reference.get("namespace") or unit.subject.namespace), str(reference.get("name")))
        for unit in tree.units.values()
        if (reference := mapping(unit.subject.spec.get("sourceRef"))).get("kind") == "GitRepository"
    }
    for subject in tree.of_kind(_GROUP, "Terraform"):
        reference = mapping(subject.spec.get("sourceRef"))
        space = str(reference.get("namespace") or subject.namespace)
        is_git = reference.get("kind") == "GitRepository"
        if is_git and (space, str(reference.get("name"))) in sources:
            yield subject


def _declared(disk: Disk, files: list[str]) -> Iterator[str]:
    for each in files:
        if each.endswith(_CODE):
            try:
                text = disk.text(each)
            except (FileRefusedError, OSError, UnicodeDecodeError):
                continue
            yield from _VARIABLE.findall(text)
