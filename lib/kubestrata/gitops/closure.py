"""The transitive inputs of a folder with a kustomization.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field

from kubestrata.gitops.disk import Disk, join
from kubestrata.gitops.document import TreeDocument
from kubestrata.gitops.file_list import CHECKED, NAMES, PLAIN, FileList
from kubestrata.rules.subject import Listed, Unchecked
from kubestrata.rules.violation import Finding

MOST_FOLDERS, MOST_BYTES = 5_000, 64_000_000
"""The limits of one build; Kustomize needs a minute and half a gigabyte for it."""


@dataclass(slots=True)
class Cost:
    """The cost of a build: folders built and bytes read, each as often as it is referenced.

    Overlays that name one base twice each double both.
    """

    folders: int = 0
    size: int = 0

    def add(self, other: Cost) -> None:
        """Add the cost of another build."""
        self.folders += other.folders
        self.size += other.size


@dataclass
class Closure:
    """Everything below one folder's lists."""

    documents: list[TreeDocument] = field(default_factory=list[TreeDocument])
    lists: list[FileList] = field(default_factory=list[FileList])
    files: set[str] = field(default_factory=set[str])
    names: list[TreeDocument] = field(default_factory=list[TreeDocument])
    """Objects that generators make of files in other repositories, without their data."""
    left_out: set[str] = field(default_factory=set[str])
    """The files that an Application excludes."""
    listed: list[Listed] = field(default_factory=list[Listed])
    faults: list[Finding] = field(default_factory=list[Finding])
    unchecked: list[Unchecked] = field(default_factory=list[Unchecked])
    kustomized: bool = True
    """True if Kustomize reads the files; Argo CD applies those of a bare folder unchanged."""
    added_patches: int = 0
    """The patches at the end of the first list that an Application adds to it."""
    generates: bool = False
    strange: bool = False
    """True if a file that is not a resource is missing, and reported: then nothing is built."""
    cost: Cost = field(default_factory=Cost)
    entries: list[str] = field(default_factory=list[str])
    """The list that Flux would generate for a folder without kustomization.yaml."""
    components: list[str] = field(default_factory=list[str])
    """The components that Flux adds to such a list, relative to the folder."""

    @property
    def complete(self) -> bool:
        """True if all inputs are available."""
        return not self.faults and not any(each.hides for each in self.unchecked)

    @property
    def excess(self) -> str:
        """The reason why the build exceeds the limits, '' if it does not."""
        if self.cost.folders > MOST_FOLDERS:
            return f"builds more than {MOST_FOLDERS} folders, each as often as overlays name it"
        if self.cost.size > MOST_BYTES:
            return f"reads more than {MOST_BYTES} bytes, each as often as overlays name it"
        return ""

    @property
    def confined(self) -> bool:
        """True if every field refers only to files in the repository."""
        return all(each.value.keys() <= CHECKED for each in self.lists)

    @property
    def plain(self) -> bool:
        """True if rendering does not change the objects."""
        return not self.components and all(each.value.keys() <= PLAIN for each in self.lists)


def list_of(disk: Disk, folder: str) -> str | None:
    """Return the path of a folder's kustomization.yaml."""
    return next((path for name in NAMES if disk.is_file(path := join(folder, name))), None)
