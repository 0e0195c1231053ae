"""Checks of a pod as a whole: names, ports, volumes, and the version of Kubernetes."""

from __future__ import annotations

from kubestrata.constructs.secret import SecretReference
from kubestrata.constructs.workload.defaults import WorkloadDefaults
from kubestrata.constructs.workload.pod_parts import check_namespaces
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.port import ProtocolPort
from kubestrata.constructs.workload.volume import PodVolume, ProjectedFiles, SecretFiles
from kubestrata.constructs.workload.volume_mount import check_mounted
from kubestrata.core.cluster import Cluster, component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.names import check_label
from kubestrata.core.node import Construct
from kubestrata.core.reference import ReferenceName

# Minor versions of Kubernetes in which a feature is on.
_SIDECARS, _SLEEP = 29, 30


def check_pod(scope: Construct, plan: PodPlan) -> None:
    """Raise InvalidValue for what the API server would refuse, InvalidReference for a Secret.

    A Secret must be in the namespace of the pods.
    """
    cluster = component_of(scope).cluster
    check_label("container", plan.id)
    _check_names(plan)
    _check_ports(plan)
    _check_claims(plan)
    check_mounted(plan.containers.values(), plan.settings.volumes)
    _check_versions(cluster, plan)
    _check_pauses(cluster, plan)
    _check_priority(plan)
    _check_secrets(plan)
    if plan.is_job and plan.settings.vertical is not None and plan.controller == "Job":
        why = "is set, but the pods of a Job are never resized"
        raise plan.settings.refuse("vertical", why, "set Container.resources")


def require_kubernetes(cluster: Cluster, minor: int, what: str, fix: str | None = None) -> None:
    """Raise InvalidValue if the cluster's Kubernetes is older than version 1.`minor`."""
    found = cluster.kubernetes.partition(".")[2].partition(".")[0]
    if found.isdecimal() and int(found) < minor:
        why = f"requires Kubernetes 1.{minor}; {cluster.name} runs {cluster.kubernetes}"
        raise InvalidValue(what, why, fix)


def _check_names(plan: PodPlan) -> None:
    for name, _ in plan.settings.extra:
        if name == plan.id:
            why = "is the name of the main container, which is that of the workload"
            raise InvalidValue(f"container {name!r}", why, "rename it")
    for key, value in plan.settings.labels.items():
        if plan.labels.get(key, value) != value:
            why = f"is {plan.labels[key]!r} for all pods of the workload"
            raise InvalidValue(f"label {key}={value!r}", why, "remove it")


def _check_ports(plan: PodPlan) -> None:
    """Raise InvalidValue for a port that two containers of the pod have."""
    main = {} if plan.is_job else plan.container.all_ports
    names = dict.fromkeys(main, plan.id)
    numbers = {_key(port): plan.id for port in main.values()}
    running = (*plan.settings.sidecars.items(), *plan.settings.containers.items())
    for container, wanted in running:
        for name, port in wanted.all_ports.items():
            other = names.get(name) or numbers.get(_key(port))
            if other is not None:
                why = f"is {port.number}, which container {other!r} has too"
                raise InvalidValue(f"port {name!r} of container {container!r}", why, "change it")
            names[name] = numbers[_key(port)] = container


def _key(port: ProtocolPort) -> tuple[int, str]:
    return port.number, port.protocol


def _check_claims(plan: PodPlan) -> None:
    for name, claim in plan.claims.items():
        if plan.controller == "DaemonSet" and claim.is_of_one_node:
            why = f"is a {claim.access} claim, which the pods of several nodes cannot share"
            fix = "use Volume.ephemeral(...), or access='ReadWriteMany'"
            raise InvalidValue(f"volume {name!r}", why, fix)
        if plan.controller == "StatefulSet" and claim.name is not None:
            why = "has a name, but each pod of a StatefulSet has a claim of its own"
            raise InvalidValue(f"volume {name!r}", why, "remove name=")


def _check_versions(cluster: Cluster, plan: PodPlan) -> None:
    if plan.settings.sidecars:
        name = next(iter(plan.settings.sidecars))
        fix = "declare it in containers="
        require_kubernetes(cluster, _SIDECARS, f"sidecar {name!r}", fix)
    for name, container in plan.containers.items():
        hooks = container.lifecycle
        found = (hooks.post_start, hooks.pre_stop) if hooks else ()
        if any(hook is not None and hook.sleep_seconds is not None for hook in found):
            fix = "use Hook.exec('sleep', ...)"
            require_kubernetes(cluster, _SLEEP, f"Hook.sleep of container {name!r}", fix)


def _check_pauses(cluster: Cluster, plan: PodPlan) -> None:
    """Raise InvalidValue for a pause that is longer than the time to end."""
    grace = plan.settings.grace_seconds
    grace = WorkloadDefaults.of(cluster).grace_seconds if grace is None else grace
    for name, container in plan.containers.items():
        hooks = container.lifecycle
        for hook in (hooks.post_start, hooks.pre_stop) if hooks else ():
            if hook is not None and (hook.sleep_seconds or 0) > grace:
                why = f"is {hook.sleep_seconds}, above grace_seconds, {grace}"
                fix = "raise PodSettings.grace_seconds"
                raise InvalidValue(f"Hook.sleep of container {name!r}", why, fix)


def _check_priority(plan: PodPlan) -> None:
    one, other = plan.settings.scheduling.priority, plan.availability.priority
    if one is not None and other is not None and one != other:
        why = f"is {one!r}, but that of Availability is {other!r}"
        raise plan.settings.scheduling.refuse("priority", why, "keep one of them")


def _check_secrets(plan: PodPlan) -> None:
    namespace = plan.namespace
    check_namespaces(plan.containers.values(), namespace)
    for volume in plan.settings.volumes.values():
        for each in _secrets(volume):
            if isinstance(each, ReferenceName):
                SecretReference(each.reference).require_namespace(namespace)


def _secrets(volume: PodVolume) -> list[str]:
    if isinstance(volume, SecretFiles):
        return [volume.name]
    sources = volume.sources if isinstance(volume, ProjectedFiles) else ()
    return [each.name for each in sources if isinstance(each, SecretFiles)]
