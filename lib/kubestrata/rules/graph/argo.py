"""G12: folders and files of an ApplicationSet exist, and sync waves put CRDs first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.rules.argo_sync import HOOK, wave_of
from kubestrata.rules.provider import Provider, custom, provider_of
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_PATTERN = re.compile(r"[*?\[]")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for each in tree.listed:
        if each.problem in ("no folder", "no file"):
            message = f"{each.problem} matches {each.entry}"
            # A pattern may wait for its first folder.
            severity = Severity.WARNING if _PATTERN.search(each.entry) else None
            yield Finding(each.by, each.place, each.path, message, "remove the entry", severity)
    for subject in custom(tree):
        provider = provider_of(tree, subject.identity.group)
        if provider is not None:
            yield from _wave_of(tree, subject, provider)


def _wave_of(tree: ClusterTree, subject: Subject, provider: Provider) -> Iterator[Finding]:
    installer = tree.by_identity.get(provider.identity)
    mine = tree.units.get(subject.unit) if subject.unit is not None else None
    theirs = tree.units.get(provider.unit) if provider.unit is not None else None
    if mine is None or theirs is None or installer is None or mine.identity.kind != "Application":
        return
    if theirs.identity == provider.identity:  # CRDs of its own, which Argo CD applies first
        return
    if mine.identity == theirs.identity:
        late, early, field = installer, subject, "metadata.annotations"
    elif mine.parent == theirs.parent and theirs.identity.kind == "Application":
        late, early, field = theirs.subject, mine.subject, ""
    else:
        return
    if _phases(early) != _phases(late):  # a phase orders before any wave
        return
    wave, other = wave_of(early), wave_of(late)
    if wave is not None and other is not None and wave < other:
        message = f"wave {wave} of {early.identity.name} comes before wave {other} of "
        message += f"{late.identity.name}, which installs the CRDs of {subject.identity.group}"
        yield subject.finding(field, message, f"give it wave {other + 1}")


def _phases(subject: Subject) -> str:
    return str(subject.annotations.get(HOOK, "Sync"))


RULES = (
    Rule(
        "G12",
        "folders and files of an ApplicationSet exist, and sync waves put CRDs first",
        "what it lists is not delivered, or its first syncs fail",
        _check,
    ),
)
