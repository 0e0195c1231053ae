"""P97: applications log in to a realm of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubestrata.rules.api_group import EXTERNAL_SECRETS, HELM
from kubestrata.rules.rule import Rule
from kubestrata.rules.strings import strings_with
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import pods_of

_REALM = "/realms/master"
# An issuer, or an endpoint of it; not the metrics of former versions.
_ISSUER = re.compile(rf"https?://[^\s\"']+{_REALM}(?![\w-])(?!/metrics)")


def _check(tree: ClusterTree) -> Iterator[Finding]:
    written = [
        *tree.of_kind(EXTERNAL_SECRETS, "ExternalSecret"),
        *tree.of_kind(HELM, "HelmRelease"),
        *tree.of_kind("", "ConfigMap"),
    ]
    for subject in written:
        yield from _found(subject)
    workloads = {pod.workload.identity: pod.workload for pod in pods_of(tree)}
    for subject in workloads.values():
        yield from _found(subject)


def _found(subject: Subject) -> Iterator[Finding]:
    for path, text in strings_with(_REALM, subject.manifest):
        if _ISSUER.search(text):
            said = "names the realm master, whose administrators can change every other realm"
            yield subject.finding(path, said, "log in to a realm for applications")


RULES = (
    Rule(
        "P97",
        "applications log in to another realm of Keycloak than master",
        "every user of an application has an account where administrators are",
        _check,
        Severity.WARNING,
    ),
)
