"""Applications of Argo CD: the folders that they apply, and to which cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import field

from kubestrata.core.frozen import Frozen
from kubestrata.gitops.document import TreeDocument
from kubestrata.rules.subject import Listed, Subject, Unchecked
from kubestrata.rules.violation import Finding


class AppliedFolder(Frozen):
    """A folder that an Application applies, and the choice of its files.

    `at` is the path of the source in the Application; `overlay` are the fields that Argo CD sets
    in the folder's kustomization.yaml; a `plain` folder is not built by Kustomize in any case. One
    that is applied `by_hand` has no Application.
    """

    folder: str
    at: str = "spec.source"
    overlay: Mapping[str, Any] = field(default_factory=dict[str, Any])
    recurse: bool = False
    include: str = ""
    exclude: str = ""
    plain: bool = False
    any_name: bool = False
    by_hand: bool = False


class Applied(Frozen):
    """An Application, or a set, with all that it applies, as far as that is available here.

    `destination` is the name of the cluster, '' for the one where Argo CD runs; `namespace` is
    that of objects without one. `objects` are those of a chart whose values list them. `perhaps`
    are the folders of sources that are not checked, `read` the files that parameters come from.
    A set comes before its Applications; it is `unknown` if it may make others.
    """

    subject: Subject
    folders: tuple[AppliedFolder, ...] = ()
    destination: str = ""
    namespace: str = ""
    notes: tuple[Unchecked, ...] = ()
    faults: tuple[Finding, ...] = ()
    listed: tuple[Listed, ...] = ()
    objects: tuple[TreeDocument, ...] = ()
    perhaps: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()
    unknown: bool = False
