"""Pods of workloads, with the same hardening for every workload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from kubeapis import k8s
from kubestrata.constructs.scaling import topology_spread_constraints
from kubestrata.constructs.workload.pod_check import check_pod
from kubestrata.constructs.workload.pod_container import BuiltContainer, extra_container
from kubestrata.constructs.workload.pod_parts import service_account
from kubestrata.constructs.workload.pod_plan import Controller, PodPlan
from kubestrata.constructs.workload.pod_settings import PodNetworking, PodSettings
from kubestrata.constructs.workload.scheduling import pod_affinity, tolerations
from kubestrata.constructs.workload.volume_mount import pod_volume
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct

# Label that distinguishes the pods of one rollout from those of the previous one, by controller.
_VERSION: Mapping[Controller, Sequence[str]] = {
    "Deployment": ("pod-template-hash",),
    "StatefulSet": ("controller-revision-hash",),
}


def build_pod(scope: Construct, plan: PodPlan) -> k8s.PodTemplateSpec:
    """Create the objects that pods depend on, and return their template.

    Raises InvalidValue for what the API server would refuse.
    """
    check_pod(scope, plan)
    settings = plan.settings
    account = service_account(scope, plan.id, plan.labels, settings)
    main = BuiltContainer(scope, plan, plan.id, plan.image, plan.container, account)
    inits = [
        extra_container(scope, plan, each, account) for each in settings.init_containers.items()
    ]
    sidecars = [extra_container(scope, plan, each, account) for each in settings.sidecars.items()]
    beside = [extra_container(scope, plan, each, account) for each in settings.containers.items()]
    started = [msgspec.structs.replace(each.sidecar, restart_policy="Always") for each in sidecars]
    every = [main, *inits, *sidecars, *beside]
    spec = k8s.PodSpec(
        service_account_name=account,
        automount_service_account_token=plan.container.service_account_token
        or bool(settings.permissions)
        or any(each.service_account_token for _, each in settings.extra),
        enable_service_links=False,
        priority_class_name=settings.scheduling.priority or plan.availability.priority,
        termination_grace_period_seconds=main.parts.defaults.grace_seconds
        if settings.grace_seconds is None
        else settings.grace_seconds,
        restart_policy=plan.restart_policy,
        security_context=_pod_security(plan, main.parts.defaults.user),
        affinity=pod_affinity(plan.availability, settings.scheduling, plan.labels),
        topology_spread_constraints=_spread(plan) or None,
        init_containers=[*(each.initial for each in inits), *started] or None,
        containers=[main.main, *(each.sidecar for each in beside)],
        volumes=_volumes(plan, every) or None,
    )
    spec = _on_nodes(spec, settings)
    return k8s.PodTemplateSpec(
        metadata=k8s.ObjectMeta(
            labels={**settings.labels, **plan.labels},
            annotations={
                "kubectl.kubernetes.io/default-container": plan.id,
                **settings.annotations,
            },
        ),
        spec=spec,
    )


def _pod_security(plan: PodPlan, default: int) -> k8s.PodSecurityContext:
    """Return the context of a pod: non-root, with the runtime's seccomp profile."""
    security = plan.settings.security
    user = security.user or default
    group = security.group or user
    # Root can write to every volume; a group would be inherited by what it writes.
    volume_group = None if all(each.is_root for each in plan.containers.values()) else group
    sysctls = {name: value for each in security.exceptions for name, value in each.sysctls.items()}
    return k8s.PodSecurityContext(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=group,
        fs_group=volume_group if security.volume_group is None else security.volume_group,
        fs_group_change_policy=security.volume_group_change,
        supplemental_groups=security.more_groups or None,
        seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
        sysctls=[k8s.Sysctl(name=name, value=sysctls[name]) for name in sysctls] or None,
    )


def _on_nodes(spec: k8s.PodSpec, settings: PodSettings) -> k8s.PodSpec:
    """Return the spec with the nodes, the network and the registries of the pod."""
    scheduling, networking = settings.scheduling, settings.networking
    freedoms = {each.freedom for each in settings.security.exceptions}
    on_host = settings.security.host_network
    return msgspec.structs.replace(
        spec,
        node_selector=scheduling.nodes or None,
        tolerations=tolerations(scheduling),
        runtime_class_name=scheduling.runtime_class,
        host_network=True if on_host else None,
        host_pid=True if "host-pid" in freedoms else None,
        host_ipc=True if "host-ipc" in freedoms else None,
        dns_policy=networking.dns_policy or ("ClusterFirstWithHostNet" if on_host else None),
        dns_config=_dns(networking),
        host_aliases=[
            k8s.HostAlias(ip=address, hostnames=names)
            for address, names in networking.host_aliases.items()
        ]
        or None,
        hostname=networking.hostname,
        image_pull_secrets=[k8s.LocalObjectReference(name=name) for name in settings.pull_secrets]
        or None,
    )


def _dns(networking: PodNetworking) -> k8s.PodDNSConfig | None:
    if not (networking.nameservers or networking.searches or networking.options):
        return None
    return k8s.PodDNSConfig(
        nameservers=networking.nameservers or None,
        searches=networking.searches or None,
        options=[
            k8s.PodDNSConfigOption(name=name, value=value)
            for name, value in networking.options.items()
        ]
        or None,
    )


def _spread(plan: PodPlan) -> list[k8s.TopologySpreadConstraint]:
    version = _VERSION.get(plan.controller)
    if version is None:
        return []
    return topology_spread_constraints(plan.availability, plan.labels, rollout=version)


def _volumes(plan: PodPlan, containers: Sequence[BuiltContainer]) -> list[k8s.Volume]:
    """Return all volumes but those of a StatefulSet's claims, which come from its templates."""
    claims = plan.claims
    found = [volume for each in containers for volume in each.volumes]
    found += [
        pod_volume(name, volume, plan.claim_name(name) if name in claims else "")
        for name, volume in plan.settings.volumes.items()
        if name not in claims or plan.controller != "StatefulSet"
    ]
    for name, number in Counter(each.name for each in found).items():
        if number > 1:
            why = "is also the name of a volume of files or writable folders"
            raise InvalidValue(f"volume {name!r}", why, "rename it")
    return found
