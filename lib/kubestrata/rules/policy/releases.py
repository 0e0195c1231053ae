"""P79, P88: HelmReleases with one version, retries, and images that are pinned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.core.identity import Identity
from kubestrata.core.json_value import mapping
from kubestrata.rules.api_group import HELM, SOURCE
from kubestrata.rules.field import mapping_at
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity

_EXACT = re.compile(r"=?\s*v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


def _floats(version: object) -> bool:
    # the value of a placeholder is not known here
    return "${" not in str(version) and not _EXACT.fullmatch(str(version))


def _chart(release: Subject) -> Iterator[Finding]:
    spec = mapping_at(release.spec, "chart.spec")
    if mapping(spec.get("sourceRef")).get("kind") != "HelmRepository":
        return  # for other sources the revision decides
    version, at = spec.get("version", "*"), "spec.chart.spec.version"
    if "version" not in spec:
        yield release.finding(at, "no version: the newest is installed", "set one")
    elif _floats(version):
        yield release.finding(at, f"version {version} is a range", "set one version")


def _branch(tree: ClusterTree, release: Subject) -> Iterator[Finding]:
    """Yield a chart of another repository, which is upgraded whenever somebody commits there."""
    reference = mapping(mapping_at(release.spec, "chart.spec").get("sourceRef"))
    if reference.get("kind") != "GitRepository":
        return
    name = str(reference.get("name"))
    space = str(reference.get("namespace") or release.namespace)
    source = tree.by_identity.get(Identity(SOURCE, "GitRepository", space, name))
    if source is None or (space, name) in _applied(tree):
        return
    wanted = mapping(source.spec.get("ref"))
    if not any(wanted.get(key) for key in ("commit", "semver", "tag")):
        branch = wanted.get("branch") or wanted.get("name") or "the default branch"
        said = f"{branch} of {source.spec.get('url')} is followed"
        yield release.finding("spec.chart.spec.sourceRef", said, "set a tag in the source's ref")


def _applied(tree: ClusterTree) -> frozenset[tuple[str, str]]:
    """Return namespace and name of the sources that the delivery itself applies."""
    found: set[tuple[str, str]] = set()
    for unit in tree.units.values():
        reference = mapping(unit.subject.spec.get("sourceRef"))
        space = str(reference.get("namespace") or unit.subject.namespace)
        found.add((space, str(reference.get("name"))))
    return frozenset(found)


def _remediation(release: Subject) -> Iterator[Finding]:
    for action in ("install", "upgrade"):
        body = mapping(release.spec.get(action))
        if mapping(body.get("strategy")).get("name") == "RetryOnFailure":
            continue
        retries = mapping(body.get("remediation")).get("retries")
        if not retries:
            at = f"spec.{action}.remediation.retries"
            said = "no retries" if retries is None else f"retries is {retries}"
            yield release.finding(at, f"{action}: {said}", "set 3")


def _artifact(source: Subject) -> Iterator[Finding]:
    reference = mapping(source.spec.get("ref"))
    if reference.get("digest"):
        return
    tag, versions = reference.get("tag"), reference.get("semver")
    if versions is not None:
        if _floats(versions):
            yield source.finding("spec.ref.semver", f"{versions} is a range", "set one version")
    elif tag in (None, "latest"):
        said = f"tag is {tag}" if tag else "no tag: latest is fetched"
        yield source.finding("spec.ref.tag", said, "set one version")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    for release in tree.of_kind(HELM, "HelmRelease"):
        yield from _chart(release)
        yield from _branch(tree, release)
        yield from _remediation(release)
    charts = {
        (str(reference.get("namespace") or release.namespace), str(reference.get("name")))
        for release in tree.of_kind(HELM, "HelmRelease")
        if (reference := mapping(release.spec.get("chartRef"))).get("kind") == "OCIRepository"
    }
    for source in tree.of_kind(SOURCE, "OCIRepository"):
        # an artifact of manifests may follow a branch; a chart may not
        if (source.namespace, source.identity.name) in charts:
            yield from _artifact(source)


RULES = (
    Rule(
        "P79",
        "a HelmRelease pins one chart version, and is retried after a failure",
        "it upgrades without a change in Git, and stays failed after one failure",
        _check,
        Severity.WARNING,
        aliases=("P-REL",),
    ),
    Rule(
        "P88",
        "the images of a release do not depend on the version of Kubernetes",
        "an upgrade of the cluster changes them to images that were neither tested nor mirrored",
        lambda tree: tree.charts.moving,
        Severity.WARNING,
    ),
)
