"""Everything that a folder with a kustomization.yaml is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from kubestrata.gitops.disk import join
from kubestrata.gitops.document import Document, Repository
from kubestrata.gitops.file_list import CHECKED, NAMES, PLAIN, FileList
from kubestrata.rules.subject import Listed, Unjudged
from kubestrata.rules.violation import Finding

MOST_FOLDERS, MOST_BYTES = 5_000, 64_000_000
"""What one build may take; Kustomize needs a minute and half a gigabyte for it."""


@dataclass(slots=True)
class Cost:
    """What a build takes: folders that are built and bytes that are read, each as often as named.

    Overlays that name one base twice each double both.
    """

    folders: int = 0
    size: int = 0

    def add(self, other: Cost) -> None:
        """Count what another build takes too."""
        self.folders += other.folders
        self.size += other.size


@dataclass
class Closure:
    """Everything below one folder's lists."""

    documents: list[Document] = field(default_factory=list[Document])
    lists: list[FileList] = field(default_factory=list[FileList])
    files: set[str] = field(default_factory=set[str])
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unjudged: list[Unjudged] = field(default_factory=list[Unjudged])
    kustomized: bool = True
    """Whether Kustomize reads the files; Argo CD sends those of a bare folder as they are."""
    generates: bool = False
    strange: bool = False
    """Whether something but a resource is named that is no file here: nothing is built then."""
    cost: Cost = field(default_factory=Cost)
    entries: list[str] = field(default_factory=list[str])
    """What Flux would list for a folder that has no kustomization.yaml."""
    components: list[str] = field(default_factory=list[str])
    """What Flux adds to such a list, relative to the folder."""

    @property
    def complete(self) -> bool:
        """Whether everything was at hand."""
        return not self.unjudged and not self.faults

    @property
    def excess(self) -> str:
        """Why the build would take too much, '' if it does not."""
        if self.cost.folders > MOST_FOLDERS:
            return f"builds more than {MOST_FOLDERS} folders, each as often as overlays name it"
        if self.cost.size > MOST_BYTES:
            return f"reads more than {MOST_BYTES} bytes, each as often as overlays name it"
        return ""

    @property
    def confined(self) -> bool:
        """Whether every field is known to name only files that are here."""
        return all(each.value.keys() <= CHECKED for each in self.lists)

    @property
    def plain(self) -> bool:
        """Whether the objects are rendered as they are written."""
        return not self.components and all(each.value.keys() <= PLAIN for each in self.lists)


def list_of(disk: Repository, folder: str) -> str | None:
    """The path of a folder's kustomization.yaml."""
    return next((path for name in NAMES if disk.is_file(path := join(folder, name))), None)
