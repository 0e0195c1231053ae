"""The workload by cloudcoil: `python cloudcoil_app.py OUTPUT_FOLDER APPS`.

Runs in the environment of that package, and imports nothing of kubestrata.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from cloudcoil import apimachinery as meta  # type: ignore[import-not-found]
from cloudcoil.models.kubernetes.apps import v1 as apps_v1  # type: ignore[import-not-found]
from cloudcoil.models.kubernetes.autoscaling import (  # type: ignore[import-not-found]
    v2 as autoscaling,
)
from cloudcoil.models.kubernetes.core import v1 as core  # type: ignore[import-not-found]
from cloudcoil.models.kubernetes.networking import (  # type: ignore[import-not-found]
    v1 as networking,
)
from cloudcoil.models.kubernetes.policy import v1 as policy  # type: ignore[import-not-found]

from cloudcoil_route import HTTPRoute, route_spec
from workload import GATEWAY_NAMESPACE, NAMESPACE, AppFacts, apps


def _home() -> core.Namespace:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return core.Namespace(metadata=meta.ObjectMeta(name=NAMESPACE, labels=labels))


def _web_service(facts: AppFacts) -> Iterator[Any]:
    """Build the eight objects of one app."""
    selector = meta.LabelSelector(match_labels=facts.selector)

    def named(role: str) -> meta.ObjectMeta:
        name = f"{facts.name}-{role}"
        return meta.ObjectMeta(name=name, namespace=NAMESPACE, labels=facts.labels)

    yield core.ConfigMap(metadata=named("config"), data=facts.settings)
    yield core.ServiceAccount(metadata=named("account"), automount_service_account_token=False)
    yield apps_v1.Deployment(
        metadata=named("server"),
        spec=apps_v1.DeploymentSpec(
            replicas=facts.replicas,
            revision_history_limit=3,
            selector=selector,
            strategy=apps_v1.DeploymentStrategy(
                type="RollingUpdate",
                rolling_update=apps_v1.RollingUpdateDeployment(max_surge=1, max_unavailable="25%"),
            ),
            template=core.PodTemplateSpec(
                metadata=meta.ObjectMeta(labels=facts.labels), spec=_pod(facts, selector)
            ),
        ),
    )
    yield core.Service(
        metadata=named("http"),
        spec=core.ServiceSpec(
            type="ClusterIP",
            selector=facts.selector,
            ports=[core.ServicePort(name="http", port=80, target_port="http", protocol="TCP")],
        ),
    )
    yield autoscaling.HorizontalPodAutoscaler(
        metadata=named("scaler"),
        spec=autoscaling.HorizontalPodAutoscalerSpec(
            min_replicas=facts.replicas,
            max_replicas=facts.max_replicas,
            scale_target_ref=autoscaling.CrossVersionObjectReference(
                api_version="apps/v1", kind="Deployment", name=f"{facts.name}-server"
            ),
            metrics=[_utilization("cpu", 70), _utilization("memory", 80)],
        ),
    )
    yield policy.PodDisruptionBudget(
        metadata=named("budget"),
        spec=policy.PodDisruptionBudgetSpec(max_unavailable=1, selector=selector),
    )
    yield networking.NetworkPolicy(metadata=named("network"), spec=_network(selector))
    yield HTTPRoute(metadata=named("route"), spec=route_spec(facts))


def _pod(facts: AppFacts, selector: meta.LabelSelector) -> core.PodSpec:
    return core.PodSpec(
        service_account_name=f"{facts.name}-account",
        security_context=core.PodSecurityContext(
            run_as_non_root=True,
            run_as_user=10001,
            fs_group=10001,
            seccomp_profile=core.SeccompProfile(type="RuntimeDefault"),
        ),
        termination_grace_period_seconds=30,
        topology_spread_constraints=[
            core.TopologySpreadConstraint(
                max_skew=1,
                topology_key="kubernetes.io/hostname",
                when_unsatisfiable="ScheduleAnyway",
                label_selector=selector,
            )
        ],
        containers=[_container(facts)],
        volumes=[
            core.Volume(
                name="config", config_map=core.ConfigMapVolumeSource(name=f"{facts.name}-config")
            ),
            core.Volume(name="tmp", empty_dir=core.EmptyDirVolumeSource(size_limit="64Mi")),
        ],
    )


def _container(facts: AppFacts) -> core.Container:
    field = core.ObjectFieldSelector(field_path="metadata.name")
    config = core.ConfigMapEnvSource(name=f"{facts.name}-config")
    return core.Container(
        name="server",
        image=facts.image,
        image_pull_policy="IfNotPresent",
        args=["serve", "--config", "/etc/app/application.yaml"],
        ports=[core.ContainerPort(name="http", container_port=facts.port, protocol="TCP")],
        env=[
            core.EnvVar(name="PORT", value=str(facts.port)),
            core.EnvVar(name="POD_NAME", value_from=core.EnvVarSource(field_ref=field)),
        ],
        env_from=[core.EnvFromSource(config_map_ref=config)],
        resources=core.ResourceRequirements(
            requests={"cpu": facts.cpu, "memory": facts.memory}, limits={"memory": facts.memory}
        ),
        security_context=core.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=core.Capabilities(drop=["ALL"]),
        ),
        liveness_probe=_probe("/healthz", 20),
        readiness_probe=_probe("/readyz", 5),
        volume_mounts=[
            core.VolumeMount(name="config", mount_path="/etc/app", read_only=True),
            core.VolumeMount(name="tmp", mount_path="/tmp"),  # noqa: S108  # in the pod
        ],
    )


def _probe(path: str, period_seconds: int) -> core.Probe:
    return core.Probe(
        http_get=core.HTTPGetAction(path=path, port="http"),
        period_seconds=period_seconds,
        timeout_seconds=2,
        failure_threshold=3,
    )


def _utilization(resource: str, percent: int) -> autoscaling.MetricSpec:
    return autoscaling.MetricSpec(
        type="Resource",
        resource=autoscaling.ResourceMetricSource(
            name=resource,
            target=autoscaling.MetricTarget(type="Utilization", average_utilization=percent),
        ),
    )


def _network(selector: meta.LabelSelector) -> networking.NetworkPolicySpec:
    return networking.NetworkPolicySpec(
        pod_selector=selector,
        policy_types=["Ingress", "Egress"],
        ingress=[
            networking.NetworkPolicyIngressRule(
                from_=[_namespace(GATEWAY_NAMESPACE)],
                ports=[networking.NetworkPolicyPort(port="http", protocol="TCP")],
            )
        ],
        egress=[
            networking.NetworkPolicyEgressRule(
                to=[_namespace("kube-system")],
                ports=[
                    networking.NetworkPolicyPort(port=53, protocol="UDP"),
                    networking.NetworkPolicyPort(port=53, protocol="TCP"),
                ],
            )
        ],
    )


def _namespace(name: str) -> networking.NetworkPolicyPeer:
    labels = {"kubernetes.io/metadata.name": name}
    return networking.NetworkPolicyPeer(namespace_selector=meta.LabelSelector(match_labels=labels))


def main(output: str, count: int) -> None:
    """Build `count` apps and write a file for each into a folder."""
    components = {"home": [_home()]}
    components |= {facts.name: list(_web_service(facts)) for facts in apps(count)}
    for name, objects in components.items():
        manifests = [
            each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in objects
        ]
        text = yaml.dump_all(manifests, Dumper=yaml.CSafeDumper, sort_keys=False)
        Path(output, f"{name}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
