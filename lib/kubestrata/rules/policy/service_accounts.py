"""P22-P25: service accounts of pods, and their tokens."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.field import values
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.account import (
    account_of,
    bound_accounts,
    has_permissions,
    has_token,
)
from kubestrata.rules.workload.pod import Pod, PodProblem, chart_namespaces, pod_rule, pods_of

_DAY = 86_400
_EXPIRY = "volumes[].projected.sources[].serviceAccountToken.expirationSeconds"


def _tokens(tree: ClusterTree) -> Iterator[Finding]:
    for pod in pods_of(tree):
        if not has_token(tree, pod) or has_permissions(tree, pod):
            continue
        account = account_of(pod)
        # a chart may create the account, and grant its permissions
        if account != "default" and pod.namespace in chart_namespaces(tree):
            continue
        yield pod.workload.finding(
            f"{pod.path}.automountServiceAccountToken",
            f"the token of {account}, which no binding grants permissions, is mounted",
            "set it to false",
        )


def _defaults(tree: ClusterTree) -> Iterator[Finding]:
    bound = bound_accounts(tree)
    for pod in pods_of(tree):
        if account_of(pod) == "default" and (pod.namespace, "default") in bound:
            at = f"{pod.path}.serviceAccountName"
            said = "runs as default, which a binding grants permissions"
            yield pod.workload.finding(at, said, "set an account of its own")


def _deprecated(pod: Pod) -> Iterator[PodProblem]:
    name = pod.spec.get("serviceAccount")
    if name and pod.spec.get("serviceAccountName") != name:
        fix = f"set serviceAccountName: {name}"
        yield PodProblem(f"{pod.path}.serviceAccount", f"serviceAccount is {name}", fix)


def _long_tokens(pod: Pod) -> Iterator[PodProblem]:
    for at, seconds in values(pod.spec, _EXPIRY):
        if isinstance(seconds, int) and seconds > _DAY:
            said = f"the token is valid for {seconds} seconds"
            fix = "set 3600; the kubelet renews it"
            yield PodProblem(f"{pod.path}.{at}", said, fix)


RULES = (
    Rule(
        "P22",
        "a pod mounts a token only if its service account has permissions",
        "an intruder gets a credential of the API server",
        _tokens,
        Severity.WARNING,
        "restricted",
        ("polaris/automountServiceAccountToken",),
    ),
    Rule(
        "P23",
        "pods do not share permissions of the service account `default`",
        "every pod of the namespace has them",
        _defaults,
        Severity.WARNING,
        "baseline",
        ("kube-linter/default-service-account",),
    ),
    pod_rule(
        "P24",
        "the service account is set in serviceAccountName",
        "serviceAccount is a deprecated alias of it",
        _deprecated,
        severity=Severity.WARNING,
        also=("kube-linter/deprecated-service-account-field",),
    ),
    pod_rule(
        "P25",
        "projected tokens expire within a day",
        "a stolen token is valid until then",
        _long_tokens,
        severity=Severity.NOTE,
        profile="restricted",
    ),
)
