"""Detection of the clusters of a repository, and of the objects with which each begins.

A cluster begins with a Kustomization, FluxInstance or Application that applies itself, directly or
through others, or that nothing in the repository creates. Files beside it that nothing creates are
no further clusters, unless the layout says so: `clusters/<name>`, or objects of equal identity.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import mapping, sequence
from kubestrata.core.reachability import Reachability
from kubestrata.gitops.applied import AppliedFolder
from kubestrata.gitops.argo import ArgoReader, is_argo
from kubestrata.gitops.cluster_name import cluster_folder, first_difference
from kubestrata.gitops.disk import below, is_aside, join, parents
from kubestrata.gitops.document import Reading, TreeDocument, is_object
from kubestrata.gitops.file_list import NAMES, other_files, spelled
from kubestrata.gitops.folder_builder import FolderBuilder
from kubestrata.gitops.instance import sync_of
from kubestrata.gitops.list_walk import closure_of
from kubestrata.gitops.reader import Start
from kubestrata.gitops.source import DEFAULT_NAME, Sources, normalized
from kubestrata.rules.api_group import KUSTOMIZE
from kubestrata.rules.subject import Subject
from kubestrata.rules.violation import Location

_MANY = 20
"""Kustomizations of a repository that is large enough to tell a rule from exceptions."""
_BLANK = re.compile(r"\$\{|__[A-Z][A-Z0-9_]*__|<[\w -]+>|@[A-Z][A-Z0-9_]*@|%[A-Z][A-Z0-9_]*%")
"""The forms of placeholders in files that a script fills in."""
# A tree that kubestrata wrote: its index, and the folder where each cluster begins.
INDEX, ENTRIES = ".kubestrata", ("argocd", "flux")


class _Starter(Frozen):
    """An object that makes Flux or Argo CD apply folders."""

    document: TreeDocument
    applied: tuple[AppliedFolder | str, ...]

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(each if isinstance(each, str) else each.folder for each in self.applied)

    @property
    def home(self) -> str:
        return self.document.place.file.rpartition("/")[0]

    @property
    def identity(self) -> Identity:
        return identity_of(self.document.manifest)


class _Placed(Frozen):
    """A starter, and the folder from which it is applied; `listed` if a list there includes it."""

    starter: _Starter
    home: str
    listed: bool


@dataclass
class Roots:
    """The clusters of a repository: first those that apply themselves, then the others."""

    renderer: FolderBuilder
    files: Mapping[str, Reading]
    declared: Mapping[Identity, Subject]
    """The sources of the repository, of all its clusters."""
    pushed: Mapping[str, str]
    """The OCI artifacts that a workflow makes, with the folder that each contains."""
    rare: frozenset[Identity] = frozenset()
    """Sources that are likely other repositories, as only one Kustomization names each."""
    _starters: list[_Starter] = field(default_factory=list[_Starter])
    _first: list[list[_Starter]] = field(default_factory=list[list[_Starter]])

    def __post_init__(self) -> None:
        found = list(self._found())
        own = self._own_source(found)
        applications = [_subject(each) for each in found if is_argo(each)]
        argo = ArgoReader.of(self.renderer, applications)
        self._starters = [_Starter(each, tuple(self._applied(each, own, argo))) for each in found]
        self._first = list(_first_of(self.renderer, self._starters))

    def given(self, folders: Sequence[str]) -> list[Start]:
        """Return the clusters that begin in the given folders."""
        return [Start("", (join("", each),)) for each in folders]

    def certain(self) -> list[Start]:
        """Return the clusters that kubestrata wrote, and those that apply themselves."""
        written = self._generated()
        names = {each: each.split("/")[-2] for each in written}
        owners = [_owner(self.renderer, group) for group in self._first]
        starts = [
            Start(names.get(each.folders[0], ""), each.folders[:1], each.document)
            for each in owners
            if each
        ]
        starts += [Start(names[each], (each,)) for each in sorted(written)]
        return _outermost(starts)

    def is_minor(self, starts: Sequence[Start], reached: set[str]) -> bool:
        """Return True if Applications that apply themselves are fewer than those nothing makes.

        They are parts of a cluster whose Applications somebody applies by hand.
        """
        if not all(each.owner is not None and is_argo(each.owner) for each in starts):
            return False
        first = [each.document.place.file for group in self._first for each in group]
        known = [each for each in self._starters if each.document.place.file in reached]
        return sum(each not in reached for each in first) > len(known)

    def others(self, reached: set[str], taken: set[Identity], followed: set[str]) -> list[Start]:
        """Return the clusters that are applied from outside, given what the certain ones apply.

        `followed` are the folders that these apply completely.
        """
        left = [
            each
            for group in self._first
            for each in group
            if each.document.place.file not in reached
        ]
        if reached:
            left = [each for each in left if self._is_separate(each, reached, taken, followed)]
        left = [each for each in left if not self._is_unused(each)]
        placed = [place for each in left for place in self._placed(each)]
        groups = _clusters(self._without_disabled(placed))
        kept = [each for each in groups if not self._is_rest(each)]
        return [self._start(group) for group in kept or groups]

    def _without_disabled(self, placed: list[_Placed]) -> list[_Placed]:
        """Return the starters without those that no list names, where lists name most others.

        Such files are disabled, or wait for their turn.
        """
        rest = [each for each in placed if each.listed or cluster_folder(f"{each.home}/")]
        by_hand = len(placed) - len(rest)
        is_rule = len(self._starters) >= _MANY and 2 * by_hand < len(self._starters)
        return rest if rest and is_rule else placed

    def _is_rest(self, group: list[_Placed]) -> bool:
        """Return True for what is aside of the clusters.

        That is a list of one Kustomization that nothing applies, among many others, and a folder
        with several objects of one name, which no cluster gets.
        """
        first = group[0]
        if any(self._variants[each.home, each.starter.identity] > 1 for each in group):
            return not any(each.listed or cluster_folder(f"{each.home}/") for each in group)
        if len(group) > 1 or not first.listed or cluster_folder(f"{first.home}/") is not None:
            return False
        same = [one for one in self._starters if one.identity == first.starter.identity]
        return len(same) == 1 and len(self._starters) >= _MANY

    def _placed(self, starter: _Starter) -> Iterator[_Placed]:
        """Yield where a starter is applied: by the outermost lists that include it, or by hand."""
        if tops := self._tops(starter.document.place.file):
            yield from (_Placed(starter, top, listed=True) for top in tops)
        else:
            yield _Placed(starter, starter.home, listed=False)

    def _tops(self, file: str) -> list[str]:
        """Return the folders of the lists that include a file, and that no other list includes."""
        tops: set[str] = set()
        pending, seen = list(self._including.get(file, ())), set[str]()
        while pending:
            folder = pending.pop()
            if folder in seen:
                continue
            seen.add(folder)
            above = self._including.get(folder, ())
            tops.update(() if above else (folder,))
            pending += above
        return sorted(tops)

    @cached_property
    def _including(self) -> Mapping[str, list[str]]:
        """Return path -> the folders whose lists name it, without templates and examples."""
        found: dict[str, list[str]] = {}
        for path, reading in self.files.items():
            folder, _, name = path.rpartition("/")
            for each in reading.documents if name in NAMES and not is_aside(path) else ():
                for key in ("resources", "bases", "components"):
                    for entry in sequence(each.manifest.get(key)):
                        found.setdefault(join(folder, str(entry)), []).append(folder)
        return found

    def _found(self) -> Iterator[TreeDocument]:
        charts = {path.rpartition("/")[0] for path in self.files if path.endswith("/Chart.yaml")}
        patches = set(self._patches())
        for path, reading in self.files.items():
            # Beside a chart, a list may name files that are no part of it.
            is_of_chart = charts.intersection(parents(path)) and path not in self._including
            if is_of_chart or is_aside(path) or path in patches:
                continue
            for each in reading.documents:
                if _starts(each) and is_object(each.manifest) and not _is_template(each):
                    yield each

    def _patches(self) -> Iterator[str]:
        """Yield the files that a kustomization.yaml uses as patches or as generators' input."""
        for path, reading in self.files.items():
            folder, _, name = path.rpartition("/")
            for each in reading.documents if name in NAMES else ():
                with suppress(ValueError):
                    for _, entry in other_files(spelled(each.manifest)):
                        yield join(folder, entry)

    def _own_source(self, starters: Iterable[TreeDocument]) -> str:
        """Return the source that most Kustomizations use, or the one that a bootstrap names."""
        counts: Counter[str] = Counter()
        for each in starters:
            name, source = self._source_of(each)
            counts[source] += 1_000_000 if name == DEFAULT_NAME else 1 if name else 0
        return counts.most_common(1)[0][0] if counts else ""

    def _source_of(self, document: TreeDocument) -> tuple[str, str]:
        """Return the name of a Kustomization's source, and its address or again its name."""
        if is_argo(document):
            return "", ""
        if (sync := sync_of(document.manifest)) is not None:
            return DEFAULT_NAME, normalized(sync.url)
        reference = Sources(self.declared, {}).reference(_subject(document))
        found = self.declared.get(reference)
        return reference.name, normalized(str(found.spec.get("url"))) if found else reference.name

    def _applied(
        self, document: TreeDocument, own: str, argo: ArgoReader
    ) -> Iterator[AppliedFolder | str]:
        if is_argo(document):
            for each in argo.applications(_subject(document)):
                yield from each.folders
            return
        sync = sync_of(document.manifest)
        path = mapping(document.manifest.get("spec")).get("path") if sync is None else sync.path
        source = self._source_of(document)[1]
        folder = self.renderer.folder(path, self.pushed.get(source, ""))
        # The root of another source says nothing; a folder of it may be one of this repository.
        may_be_own = folder and not _are_addresses(own, source) and not self._is_rare(document)
        if folder is not None and (source == own or may_be_own):
            yield folder

    def _is_rare(self, document: TreeDocument) -> bool:
        return Sources(self.declared, {}).reference(_subject(document)) in self.rare

    def _generated(self) -> set[str]:
        """Return the entry folders of trees written by kubestrata, even if applied from outside."""
        homes = {each.home for each in self._starters}
        entries = {each for each in homes if each.rpartition("/")[2] in ENTRIES}
        return {
            one
            for one in entries
            if "/" in one and self.renderer.disk.is_file(join(one, f"../../{INDEX}"))
        }

    def _is_separate(
        self, starter: _Starter, reached: set[str], taken: set[Identity], followed: set[str]
    ) -> bool:
        """Return True if an object that no certain cluster applies belongs to another cluster."""
        key = cluster_folder(starter.home)
        if key is not None:
            return not any(below(path, key) for path in reached)
        return starter.identity in taken and not any(
            folder and below(starter.home, folder) for folder in followed
        )

    @cached_property
    def _variants(self) -> Counter[tuple[str, Identity]]:
        """Return the number of starters of one identity in one folder."""
        return Counter((each.home, each.identity) for each in self._starters)

    def _is_unused(self, starter: _Starter) -> bool:
        """Return True if another starter applies a folder above, but not this one."""
        return any(
            folder
            and below(starter.home, folder)
            and (
                other.home == folder != starter.home or _is_beside(other.home, folder, starter.home)
            )
            for other in self._starters
            if other is not starter
            for folder in other.folders
        )

    def _start(self, group: Sequence[_Placed]) -> Start:
        # Beside a list that is applied, or beside files that it names, another file is not.
        named = {home for each in group if each.listed for home in (each.home, each.starter.home)}
        group = [each for each in group if each.listed or each.home not in named]
        key = cluster_folder(f"{group[0].home}/")
        inside = (folder for each in group for folder in each.starter.folders)
        if key is not None and not any(below(folder, key) for folder in inside):
            return Start("", (key,))
        by_list = _outer(dict.fromkeys(each.home for each in group if each.listed))
        by_hand = frozenset(each.home for each in group if not each.listed)
        return Start("", tuple(sorted({*by_list, *by_hand})), flat=by_hand)


def _subject(document: TreeDocument) -> Subject:
    return Subject(identity_of(document.manifest), document.manifest, document.place)


def _are_addresses(*sources: str) -> bool:
    """Return True if sources are known by their addresses, so that they can be compared."""
    return all("/" in one for one in sources)


def _is_template(document: TreeDocument) -> bool:
    """Return True for a file that another tool fills in, as its name shows."""
    identity = identity_of(document.manifest)
    return _BLANK.search(f"{identity.namespace}/{identity.name}") is not None


def _starts(document: TreeDocument) -> bool:
    version, kind = document.manifest.get("apiVersion"), document.manifest.get("kind")
    flux = str(version).startswith(f"{KUSTOMIZE}/") and kind == "Kustomization"
    return flux or is_argo(document) or sync_of(document.manifest) is not None


def _first_of(renderer: FolderBuilder, starters: list[_Starter]) -> Iterator[list[_Starter]]:
    """Yield the starters that no other creates; those that create each other as one group."""
    numbers: dict[Location, list[int]] = {}
    for number, each in enumerate(starters):
        numbers.setdefault(each.document.place, []).append(number)
    creates: dict[int, list[int]] = {}
    inside: dict[str, list[int]] = {}
    for number, each in enumerate(starters):
        for applied in each.applied:
            key = applied if isinstance(applied, str) else str(replace(applied, at=""))
            if key not in inside:
                made = _made(renderer, applied)
                inside[key] = [at for one in made for at in numbers.get(one.place, ())]
            creates.setdefault(number, []).extend(inside[key])
    reach = Reachability({number: creates.get(number, ()) for number in range(len(starters))})
    creators: dict[int, set[int]] = {}
    for number, made_here in creates.items():
        for one in made_here:
            creators.setdefault(one, set()).add(number)
    seen: set[int] = set()
    for number in range(len(starters)):
        above = creators.get(number, set())
        if number in seen or not all(reach.reaches(number, one) for one in above):
            continue
        ring = [one for one in range(len(starters)) if one != number]
        ring = [one for one in ring if reach.reaches(number, one) and reach.reaches(one, number)]
        seen.update(ring)
        yield [starters[one] for one in sorted([number, *ring])]


def _owner(renderer: FolderBuilder, group: Sequence[_Starter]) -> _Starter | None:
    """Return the member that applies the group's first folder; None without a cycle."""
    for each in group:
        if sync_of(each.document.manifest) is not None and each.folders:
            return each
    places = {each.document.place for each in group}
    for each in sorted(group, key=lambda one: (one.folders or ("~",))[0].count("/")):
        for applied in each.applied:
            if any(one.place in places for one in _made(renderer, applied)):
                return each
    return None


def _made(renderer: FolderBuilder, applied: AppliedFolder | str) -> list[TreeDocument]:
    """Return the objects of a folder that a Kustomization or an Application applies."""
    if isinstance(applied, str):
        return closure_of(renderer.disk, applied).documents
    return closure_of(renderer.disk, applied.folder, applied=applied).documents


def _is_beside(home: str, folder: str, other: str) -> bool:
    """Return True if what is applied from `home` applies another folder than its own.

    The sync root in `flux-system` of a cluster does so: what else is in the cluster's folder, and
    in none of its lists, is not applied.
    """
    if not below(home, folder):
        return True
    return home not in (folder, other) and cluster_folder(f"{home}/") == cluster_folder(f"{other}/")


def _clusters(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """Return starters by cluster: those of `clusters/<name>`, or that differ in one folder."""
    found: dict[str, list[_Placed]] = {}
    rest: list[_Placed] = []
    for each in placed:
        key = cluster_folder(f"{each.home}/")
        if key is not None:
            found.setdefault(key, []).append(each)
        else:
            rest.append(each)
    homes: dict[Identity, set[str]] = {}
    for each in rest:
        homes.setdefault(each.starter.identity, set()).add(each.home)
    several = [one for one in homes.values() if len(one) > 1]
    apart = {home for one in several for home in one}
    by_hand = {each.home for each in rest if not each.listed}
    depth = min((first_difference(one) for one in several if by_hand & one), default=None)
    for each in rest:
        key = "" if depth is None else "/".join(each.home.split("/")[: depth + 1])
        # Lists that include equal objects are overlays: each is applied to a cluster of its own.
        is_overlay = each.listed and each.home in apart
        found.setdefault(each.home if is_overlay else key, []).append(each)
    return list(found.values())


def _outer(folders: Iterable[str]) -> list[str]:
    """Return the folders that are in none of the others."""
    known = set(folders)
    return [
        one for one in folders if known.isdisjoint(parents(one)) and (one == "" or "" not in known)
    ]


def _outermost(starts: Sequence[Start]) -> list[Start]:
    """Return the clusters whose folder is in none of the others', each folder once."""
    first: dict[str, Start] = {}
    for each in starts:
        first.setdefault(each.folders[0], each)
    kept = set(_outer(first))
    return [each for folder, each in sorted(first.items()) if folder in kept]
