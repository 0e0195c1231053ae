"""G07, G08, G13, G16: files, lists of files, and patches in them."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.rules.api_group import HELM
from kubestrata.rules.chart_origin import ChartOrigin
from kubestrata.rules.release import release_name
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Listed, Subject
from kubestrata.rules.violation import Finding, Severity


def _listed(tree: ClusterTree) -> Iterator[Finding]:
    for each in tree.listed:
        yield from _wrong_entry(each, Severity.ERROR)
    for each in tree.unreached:
        yield from _wrong_entry(each, Severity.WARNING)
    yield from _repeated(tree)
    yield from _shared_releases(tree)


def _repeated(tree: ClusterTree) -> Iterator[Finding]:
    """Report objects that are applied more than once; those without harm together."""
    first: dict[Identity, Subject] = {}
    mild: dict[Identity, list[Subject]] = {}
    for subject in tree.subjects:
        name, space = subject.identity.name, subject.namespace
        if not name or "${" in name or "${" in space:  # generated, or not known
            continue
        other = first.setdefault(subject.identity, subject)
        if other is subject:
            continue
        if subject.chart is not None:
            yield from _installed(tree, subject, other, subject.chart)
            continue
        is_mild = _are_equal(subject, other) or _is_shared(subject, other)
        if is_mild or _may_be_apart(subject, other):
            mild.setdefault(subject.identity, []).append(subject)
        else:
            yield subject.finding("", _twice(subject, other), "keep one of the two")
    for identity, (subject, *others) in mild.items():
        message, fix = _twice(subject, first[identity]), "keep one of the two"
        if others:
            message += f"; so do{'es' if len(others) == 1 else ''} {len(others)} more"
            fix = "keep one of them"
        yield subject.finding("", message, fix, Severity.WARNING)


def _installed(
    tree: ClusterTree, subject: Subject, other: Subject, chart: ChartOrigin
) -> Iterator[Finding]:
    """Report an object of a chart that the tree, or another release, has too."""
    release = tree.by_identity.get(chart.release)
    owner = other.annotations.get("meta.helm.sh/release-name")
    if release is None or owner == release.identity.name:
        return
    if other.chart is None:
        what = f"HelmRelease {release.identity.name} makes it too"
        yield other.finding("", what, "remove it, or switch it off in the values")
    elif other.chart.release != chart.release:
        by = other.chart.release
        what = f"makes {subject.identity}, and so does HelmRelease {by.namespace}/{by.name}"
        yield release.finding("spec.values", what, "switch it off in one of the two")


def _shared_releases(tree: ClusterTree) -> Iterator[Finding]:
    """Report HelmReleases with the release name and the storage of an earlier one."""
    first: dict[tuple[str, str, str], Subject] = {}
    for subject in tree.of_kind(HELM, "HelmRelease"):
        spec, name = subject.spec, release_name(subject)
        space = str(spec.get("storageNamespace") or subject.namespace)
        if "${" in name or "${" in space:  # not known
            continue
        other = first.setdefault((name, space, str(spec.get("kubeConfig"))), subject)
        if other.identity != subject.identity:
            message = f"installs the Helm release {space}/{name}, and so does {other.identity}"
            fix = "set another releaseName"
            yield subject.finding("spec.releaseName", f"{message} ({other.place})", fix)


def _wrong_entry(each: Listed, severity: Severity) -> Iterator[Finding]:
    if each.problem == "missing":
        message = f"there is no {each.entry}"
    elif each.problem == "repeated":
        message = f"lists {each.entry} twice"
    else:
        return
    fix = f"remove {each.entry} from the list"
    yield Finding(each.by, each.place, each.path, message, fix, severity)


def _are_equal(subject: Subject, other: Subject) -> bool:
    """Return True if two Kustomizations apply equal objects: only owner and labels alternate."""
    return subject.unit != other.unit and _content(subject) == _content(other)


def _is_shared(subject: Subject, other: Subject) -> bool:
    """Return True for a Namespace, and a Kustomization that applies itself: only labels differ."""
    if subject.unit == other.unit:
        return False
    return subject.identity.kind == "Namespace" or subject.identity in (subject.unit, other.unit)


def _may_be_apart(subject: Subject, other: Subject) -> bool:
    """Return True if Argo CD, or an unknown bootstrap, may apply the two to different clusters."""
    if subject.unit is None and other.unit is None:
        return subject.file != other.file
    kinds = {each.kind for each in (subject.unit, other.unit) if each is not None}
    return subject.unit != other.unit and kinds == {"Application"}


def _content(subject: Subject) -> Manifest:
    return {key: part for key, part in subject.manifest.items() if key != "metadata"}


def _twice(subject: Subject, other: Subject) -> str:
    if subject.unit == other.unit or subject.unit is None or other.unit is None:
        if other.place == subject.place:
            return "is applied twice"
        return f"is also declared at {other.place}"
    where = "" if other.place == subject.place else f" ({other.place})"
    return f"{subject.unit.name} applies it, and so does {other.unit.name}{where}"


def _orphans(tree: ClusterTree) -> Iterator[Finding]:
    for each in tree.orphans:
        place = each.places[0]
        if each.path == place.file:
            folder, _, name = place.file.rpartition("/")
            message = "no Kustomization applies it"
            fix = f"list {name} in {folder or '.'}/kustomization.yaml, or remove it"
        else:
            count = len(each.places)
            files = "its file" if count == 1 else f"any of its {count} files"
            message = f"no Kustomization applies {files}"
            fix = "list the folder, or remove it"
        yield Finding(Identity("", "File", "", each.path), place, "", message, fix)


def _unmatched(tree: ClusterTree) -> Iterator[Finding]:
    for each in (*tree.listed, *tree.unreached):
        if each.problem == "unmatched":
            message = f"the patch matches no object with {each.entry}"
            fix = "correct the target, or remove it"
            # A patch for all objects of a kind may be there for those that will come; what a chart
            # makes comes with its next version.
            is_certain = "name " in each.entry or each.by.group == HELM
            severity = Severity.WARNING if is_certain else Severity.NOTE
            yield Finding(each.by, each.place, each.path, message, fix, severity)


_ABSENT = {
    "link": ("is a symbolic link, which Flux leaves out of the artifact", "replace it by its file"),
    "ignored": ("is excluded by .sourceignore or spec.ignore", "include it, or remove the entry"),
}


def _absent(tree: ClusterTree) -> Iterator[Finding]:
    for each in tree.listed:
        if each.problem in _ABSENT:
            why, fix = _ABSENT[each.problem]
            yield Finding(each.by, each.place, each.path, f"{each.entry} {why}", fix)


RULES = (
    Rule(
        "G07",
        "every file is reachable from the sync root",
        "it is not applied to any cluster",
        _orphans,
        Severity.WARNING,
    ),
    Rule(
        "G08",
        "lists name files that exist, once, and every object is declared once",
        "the Kustomization cannot be built, two of them overwrite each other, or Helm refuses the "
        "release",
        _listed,
    ),
    Rule(
        "G13",
        "a patch matches an object",
        "the patch has no effect",
        _unmatched,
        Severity.WARNING,
    ),
    Rule(
        "G16",
        "a listed file is in the artifact of its source",
        "the Kustomization cannot be built",
        _absent,
    ),
)
