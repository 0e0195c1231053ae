"""P50-P54: scheduling, end and DNS names of pods."""

from __future__ import annotations

from collections.abc import Iterator

from kubestrata.rules.argo_sync import HOOK
from kubestrata.rules.rule import Rule
from kubestrata.rules.subject import ClusterTree
from kubestrata.rules.violation import Finding, Severity
from kubestrata.rules.workload.pod import Pod, PodProblem, chart_namespaces, pod_rule

_RECONCILE = "kustomize.toolkit.fluxcd.io/reconcile"


def _priority(pod: Pod) -> Iterator[PodProblem]:
    if not pod.spec.get("priorityClassName"):
        yield PodProblem(f"{pod.path}.priorityClassName", "no priorityClassName")


def _deadline(tree: ClusterTree) -> Iterator[Finding]:
    for job in tree.of_kind("batch", "CronJob"):
        if job.spec.get("startingDeadlineSeconds") is None:
            yield job.finding("spec.startingDeadlineSeconds", "no startingDeadlineSeconds")


def _restart(pod: Pod) -> Iterator[PodProblem]:
    policy, kind = pod.spec.get("restartPolicy"), pod.workload.identity.kind
    at = f"{pod.path}.restartPolicy"
    if kind in ("CronJob", "Job"):
        if policy not in ("OnFailure", "Never") and pod.containers:
            said = f"restartPolicy is {policy or 'Always'}"
            yield PodProblem(at, said, "set OnFailure or Never")
    elif pod.workload.identity.group == "apps" and policy not in (None, "Always"):
        yield PodProblem(at, f"restartPolicy is {policy}", "remove it")


def _repeated(tree: ClusterTree) -> Iterator[Finding]:
    for job in tree.of_kind("batch", "Job"):
        seconds = job.spec.get("ttlSecondsAfterFinished")
        # Argo CD runs a hook instead of applying it; a missing object is only created if it is
        # reconciled
        is_left = job.annotations.get(_RECONCILE) == "disabled" or HOOK in job.annotations
        if seconds is not None and not is_left:
            said = f"is deleted {seconds} seconds after its end, and then applied again"
            yield job.finding("spec.ttlSecondsAfterFinished", said, "remove it")


def _headless(tree: ClusterTree) -> Iterator[Finding]:
    for workload in tree.of_kind("apps", "StatefulSet"):
        name, at = workload.spec.get("serviceName"), "spec.serviceName"
        if not name:
            said = "no serviceName: the pods have no names in DNS"
            yield workload.finding(at, said, "name a headless Service")
            continue
        service = tree.get("", "Service", workload.namespace, str(name))
        if service is not None and service.spec.get("clusterIP") != "None":
            yield workload.finding(at, f"Service {name} is not headless", "set clusterIP: None")
        elif service is None and not (
            workload.namespace in chart_namespaces(tree)
            or tree.exists("", "Service", workload.namespace, str(name))
        ):
            said = f"no Service {name} in namespace {workload.namespace}"
            yield workload.finding(at, said)


RULES = (
    pod_rule(
        "P50",
        "pods have a priority class",
        "pods are evicted and preempted in arbitrary order when nodes are full",
        _priority,
        severity=Severity.NOTE,
        profile="restricted",
        also=("kube-linter/priority-class-name", "polaris/priorityClassNotSet"),
    ),
    Rule(
        "P51",
        "a CronJob has a startingDeadlineSeconds",
        "after 100 missed starts it never starts again",
        _deadline,
        Severity.NOTE,
        "restricted",
        ("kube-score/cronjob-has-deadline",),
    ),
    pod_rule(
        "P52",
        "restartPolicy is one that the kind allows",
        "the API server rejects the object",
        _restart,
        severity=Severity.ERROR,
        also=("kube-linter/restart-policy", "kube-score/cronjob-restartpolicy"),
        in_charts=Severity.ERROR,
    ),
    Rule(
        "P53",
        "a reconciled Job has no ttlSecondsAfterFinished",
        "it is created again after each deletion, so the Job runs again and again",
        _repeated,
        Severity.WARNING,
    ),
    Rule(
        "P54",
        "a StatefulSet names a headless Service",
        "its pods have no names in DNS",
        _headless,
        Severity.WARNING,
        "baseline",
        ("kube-score/statefulset-has-servicename",),
        in_charts=Severity.WARNING,
    ),
)
