"""Sources of Kustomizations: this repository, another one, or one that is not declared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from msgspec.structs import replace

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Manifest, mapping, sequence
from kubestrata.gitops.disk import join
from kubestrata.rules.api_group import KUSTOMIZE, SOURCE
from kubestrata.rules.subject import Subject

_SCHEME = re.compile(r"^[a-z0-9+]+://(?:[^@/]*@)?([^/:]+)(?::\d+)?/*(.*)$")
_SCP = re.compile(r"^(?:[^@/]*@)?([\w.-]+):(?!//)(.*)$")
_PUSH = re.compile(r"push\s+artifact\s+[\"']?oci://(\S+)")
_PATH_OPTION = re.compile(r"--path[=\s]+[\"']?([^\s\"'\\]+)")
DEFAULT_NAME = "flux-system"
_MANY = 10
"""Kustomizations of one source, beside which a single one of another source is an exception."""


class Home(Enum):
    """The place of a source's files."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNDECLARED = "undeclared"


class SourceFiles(Frozen):
    """Location of the files of a Kustomization.

    `base` is the folder of this repository that is the root of the artifact, `ignore` the patterns
    of `spec.ignore`, None where the defaults apply.
    """

    home: Home
    address: str = ""
    base: str = ""
    ignore: str | None = None


def normalized(address: str) -> str:
    """Return host and path of a repository's URL, equal for all its spellings."""
    text = address.strip().rstrip("/").lower()
    if found := _SCHEME.match(text) or _SCP.match(text):
        text = f"{found[1]}/{found[2].lstrip('/')}"
    return text.removesuffix(".git")


@dataclass
class Sources:
    """The declared sources of a cluster, and which of them are this repository.

    `own` are the references of its sync roots, `pushed` the OCI artifacts that a workflow of the
    repository makes, with the folder that each contains.
    """

    declared: Mapping[Identity, Subject]
    pushed: Mapping[str, str]
    rare: frozenset[Identity] = frozenset()
    """The sources of which only one Kustomization applies something, while others have many."""
    own: set[Identity] = field(default_factory=set[Identity])

    def reference(self, subject: Subject) -> Identity:
        """Return the identity of the source that a Kustomization names."""
        named = mapping(subject.spec.get("sourceRef"))
        space = str(named.get("namespace") or subject.namespace)
        return Identity(SOURCE, str(named.get("kind", "")), space, str(named.get("name", "")))

    def of_alias(
        self, generator: Subject, alias: str, read: Mapping[Identity, Subject]
    ) -> SourceFiles:
        """Return one of the sources of an ArtifactGenerator."""
        for each in map(mapping, sequence(generator.spec.get("sources"))):
            if each.get("alias") == alias:
                named = replace(generator, manifest={"spec": {"sourceRef": each}})
                return self.of(named, here=True, read=read)
        return SourceFiles(Home.UNDECLARED)

    def of(self, subject: Subject, *, here: bool, read: Mapping[Identity, Subject]) -> SourceFiles:
        """Return the source of a Kustomization; `here` is True if its folder is here and named."""
        reference = self.reference(subject)
        found = read.get(reference) or self.declared.get(reference)
        if found is None:
            known = reference in self.own or reference.name == DEFAULT_NAME
            alike = any(
                (one.kind, one.name) == (reference.kind, reference.name) for one in self.own
            )
            return SourceFiles(Home.HERE if known or alike else Home.UNDECLARED)
        address = str(found.spec.get("url") or found.spec.get("endpoint") or "")
        ignore = found.spec.get("ignore")
        pattern = ignore if isinstance(ignore, str) else None
        if reference in self.own:
            return SourceFiles(Home.HERE, address, self._base(address), pattern)
        if normalized(address) in self._addresses(read):
            home = Home.HERE if self._is_own_revision(found, read) else Home.ELSEWHERE
            return SourceFiles(home, address, self._base(address), pattern)
        if (base := self.pushed.get(normalized(address))) is not None:
            return SourceFiles(Home.HERE, address, base, pattern)
        if not self._addresses(read) and here and reference not in self.rare:
            return SourceFiles(Home.HERE, address, "", pattern)
        return SourceFiles(Home.ELSEWHERE, address)

    def likely(self, units: Sequence[Subject], read: Mapping[Identity, Subject]) -> set[Identity]:
        """Return the source of this repository among those of the first Kustomizations.

        It is the one that a bootstrap makes, else one that is not declared, else the most used.
        """
        counts = Counter(self.reference(each) for each in units if each.spec.get("sourceRef"))
        known = {each for each in counts if each.name == DEFAULT_NAME}
        undeclared = {each for each in counts if each not in read and each not in self.declared}
        best = known or undeclared or set(counts)
        return {each for each, _ in Counter({one: counts[one] for one in best}).most_common(1)}

    def _is_own_revision(self, source: Subject, read: Mapping[Identity, Subject]) -> bool:
        """Return True if a source of this repository does not name a branch or tag of its own."""
        named = mapping(source.spec.get("ref"))
        own = [read.get(one) or self.declared.get(one) for one in self.own]
        return not named or any(
            one is not None and mapping(one.spec.get("ref")) in ({}, named) for one in own
        )

    def _base(self, address: str) -> str:
        return self.pushed.get(normalized(address), "")

    def _addresses(self, read: Mapping[Identity, Subject]) -> set[str]:
        found = (read.get(one) or self.declared.get(one) for one in self.own)
        urls = (str(one.spec.get("url") or "") for one in found if one is not None)
        return {normalized(one) for one in urls if one}


def rare_sources(manifests: Iterable[Manifest]) -> frozenset[Identity]:
    """Return the sources that a single Kustomization names, if another one has ten times as many.

    Of such a source another repository is likely, even if it has a folder of the same name.
    """
    users: dict[Identity, set[Identity]] = {}
    for each in manifests:
        if str(each.get("apiVersion")).startswith(f"{KUSTOMIZE}/"):
            named = mapping(mapping(each.get("spec")).get("sourceRef"))
            own = identity_of(each)
            space = str(named.get("namespace") or own.namespace)
            reference = Identity(SOURCE, str(named.get("kind")), space, str(named.get("name")))
            users.setdefault(reference, set()).add(own)
    most = max(map(len, users.values()), default=0)
    return frozenset(each for each, found in users.items() if len(found) == 1 and most >= _MANY)


def pushed_artifacts(texts: Iterable[str]) -> dict[str, str]:
    """Return OCI address -> folder of the artifacts that workflows push with the Flux CLI."""
    found: dict[str, str] = {}
    for text in texts:
        for push in _PUSH.finditer(text):
            address = re.split(r":\$|:[\w.-]*$", push[1].rstrip("\"'\\"))[0]
            path = _PATH_OPTION.search(text, push.end(), push.end() + 600)
            if "$" not in address and path is not None and "$" not in path[1]:
                found[normalized(f"oci://{address}")] = join("", path[1])
    return found
