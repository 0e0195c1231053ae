"""The native objects that run a workload."""

from __future__ import annotations

from kubeapis import k8s
from kubestrata.constructs.network import Pods
from kubestrata.constructs.scaling import (
    DisruptionBudget,
    EventAutoscaler,
    EventScaling,
    HorizontalAutoscaler,
    Scaling,
)
from kubestrata.constructs.workload.declaration import WorkloadDeclaration
from kubestrata.constructs.workload.defaults import WorkloadDefaults
from kubestrata.constructs.workload.pod import build_pod
from kubestrata.constructs.workload.pod_owner import create_claims, finish
from kubestrata.constructs.workload.pod_parts import file_keys
from kubestrata.constructs.workload.pod_plan import PodPlan
from kubestrata.constructs.workload.pod_settings import PodSettings
from kubestrata.constructs.workload.provider import WorkloadObjects
from kubestrata.constructs.workload.rollout import Rollout
from kubestrata.constructs.workload.service import checked_paths, make_route, make_service
from kubestrata.constructs.workload.volume_mount import mounted
from kubestrata.core.cluster import component_of
from kubestrata.core.errors import InvalidValue
from kubestrata.core.node import Construct
from kubestrata.core.reference import Reference

# A budget for a single pod would block every drain of its node.
BUDGETED = 2


def workload_plan(
    pods: Pods, declaration: WorkloadDeclaration, defaults: WorkloadDefaults
) -> PodPlan:
    """Return the plan of the pods of a Deployment."""
    return PodPlan(
        controller="Deployment",
        id=pods.name,
        namespace=pods.namespace,
        image=declaration.image,
        container=declaration.container,
        settings=declaration.pod or PodSettings(),
        availability=declaration.availability or defaults.availability,
        labels=pods.labels,
    )


def run_native(scope: Construct, pods: Pods, declaration: WorkloadDeclaration) -> WorkloadObjects:
    """Create the native objects of a workload."""
    defaults = WorkloadDefaults.of(component_of(scope).cluster)
    plan = workload_plan(pods, declaration, defaults)
    scaling, rollout = _one_node(plan, declaration, defaults)
    deployment = _deployment(scope, plan, scaling, rollout)
    ready = deployment.ref
    service = make_service(scope, plan.id, dict(plan.labels), plan.ports)
    scale(scope, plan, ready, scaling)
    finish(scope, plan, deployment)
    route = None
    if declaration.route is not None:
        route = make_route(scope, declaration.route, pods, plan.ports, ready=ready, service=service)
    return WorkloadObjects(ready, service, ready, route)


def _one_node(
    plan: PodPlan, declaration: WorkloadDeclaration, defaults: WorkloadDefaults
) -> tuple[Scaling | EventScaling, Rollout]:
    """Return scaling and rollout; a volume of one node allows one pod, which ends before the next.

    Raises InvalidValue for several pods of such a volume, or a rollout with two at a time.
    """
    scaling, rollout = declaration.scaling, declaration.rollout
    name = next((name for name, claim in plan.claims.items() if claim.is_of_one_node), None)
    if name is None:
        return scaling or defaults.scaling, rollout or Rollout()
    what = f"volume {name!r}"
    access = plan.claims[name].access
    if scaling is not None and scaling.max > 1:
        why = f"is a {access} claim, which {scaling.max} pods on several nodes cannot share"
        fix = "use a StatefulWorkload, Scaling.fixed(1), or access='ReadWriteMany'"
        raise InvalidValue(what, why, fix)
    if rollout is not None and rollout.strategy != "Recreate":
        why = f"is a {access} claim, which a new pod on another node cannot mount during a rollout"
        raise InvalidValue(what, why, "use Rollout.recreate()")
    return scaling or Scaling.fixed(1), rollout or Rollout.recreate()


def _deployment(
    scope: Construct, plan: PodPlan, scaling: Scaling | EventScaling, rollout: Rollout
) -> k8s.Deployment:
    template = build_pod(scope, plan)
    create_claims(scope, plan)
    labels = dict(plan.labels)
    rolling = k8s.RollingUpdateDeployment(
        max_surge=rollout.max_surge, max_unavailable=rollout.max_unavailable
    )
    return k8s.Deployment(
        scope,
        plan.id,
        metadata=k8s.ObjectMeta(labels=labels),
        spec=k8s.DeploymentSpec(
            replicas=scaling.min if scaling.is_fixed else None,
            strategy=k8s.DeploymentStrategy(
                type=rollout.strategy,
                rolling_update=rolling if rollout.strategy == "RollingUpdate" else None,
            ),
            min_ready_seconds=rollout.min_ready_seconds or None,
            progress_deadline_seconds=rollout.deadline_seconds,
            revision_history_limit=rollout.history,
            selector=k8s.LabelSelector(match_labels=labels),
            template=template,
        ),
    )


def scale(
    scope: Construct, plan: PodPlan, target: Reference, scaling: Scaling | EventScaling
) -> None:
    """Create the autoscaler and the disruption budget of a Deployment or a StatefulSet."""
    if isinstance(scaling, EventScaling):
        EventAutoscaler(scope, plan.id, target=target, scaling=scaling)
    elif not scaling.is_fixed:
        HorizontalAutoscaler(scope, plan.id, target=target, scaling=scaling)
    if scaling.min >= BUDGETED:
        DisruptionBudget(
            scope,
            plan.id,
            labels=dict(plan.labels),
            availability=plan.availability,
            replicas=scaling.min,
        )


def check_native(declaration: WorkloadDeclaration, defaults: WorkloadDefaults) -> None:
    """Raise InvalidValue for settings that native objects would reject."""
    container = declaration.container
    if declaration.route is not None:
        checked_paths(declaration.route, container.all_ports)
    file_keys(container.texts)
    mounted(container, None)
    scaling = declaration.scaling or defaults.scaling
    if scaling.min >= BUDGETED:
        (declaration.availability or defaults.availability).check_replicas(scaling.min)
