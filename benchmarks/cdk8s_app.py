"""The workload by plain cdk8s Python: `python cdk8s_app.py OUTPUT_FOLDER APPS`.

The bindings are those of `cdk8s import`, found in the folder that PYTHONPATH names. Names are
passed as text, not read back from constructs: each reading would cost a call to Node.
"""

from __future__ import annotations

import sys

import cdk8s
from cdk8s_imports import k8s  # type: ignore[import-not-found]  # made by cdk8s_bindings
from cdk8s_imports.io.k8s.networking import gateway  # type: ignore[import-not-found]

from workload import GATEWAY, GATEWAY_NAMESPACE, NAMESPACE, AppFacts, apps, as_a_command


class Home(cdk8s.Chart):
    """The namespace that all apps share."""

    def __init__(self, scope: cdk8s.App) -> None:
        super().__init__(scope, "home")
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        metadata = k8s.ObjectMeta(name=NAMESPACE, labels=labels)
        k8s.KubeNamespace(self, "namespace", metadata=metadata)


class WebService(cdk8s.Chart):
    """One app: eight objects."""

    def __init__(self, scope: cdk8s.App, facts: AppFacts) -> None:
        super().__init__(scope, facts.name, namespace=NAMESPACE)
        name = facts.name
        selector = k8s.LabelSelector(match_labels=facts.selector)
        k8s.KubeConfigMap(
            self, f"{name}-config", metadata=_metadata(facts, "config"), data=facts.settings
        )
        k8s.KubeServiceAccount(
            self,
            f"{name}-account",
            metadata=_metadata(facts, "account"),
            automount_service_account_token=False,
        )
        k8s.KubeDeployment(
            self,
            f"{name}-server",
            metadata=_metadata(facts, "server"),
            spec=k8s.DeploymentSpec(
                replicas=facts.replicas,
                revision_history_limit=3,
                selector=selector,
                strategy=k8s.DeploymentStrategy(
                    type="RollingUpdate",
                    rolling_update=k8s.RollingUpdateDeployment(
                        max_surge=k8s.IntOrString.from_number(1),
                        max_unavailable=k8s.IntOrString.from_string("25%"),
                    ),
                ),
                template=k8s.PodTemplateSpec(
                    metadata=k8s.ObjectMeta(labels=facts.labels), spec=_pod(facts, selector)
                ),
            ),
        )
        k8s.KubeService(
            self,
            f"{name}-http",
            metadata=_metadata(facts, "http"),
            spec=k8s.ServiceSpec(
                type="ClusterIP",
                selector=facts.selector,
                ports=[
                    k8s.ServicePort(
                        name="http",
                        port=80,
                        target_port=k8s.IntOrString.from_string("http"),
                        protocol="TCP",
                    )
                ],
            ),
        )
        k8s.KubeHorizontalPodAutoscalerV2(
            self,
            f"{name}-scaler",
            metadata=_metadata(facts, "scaler"),
            spec=k8s.HorizontalPodAutoscalerSpecV2(
                min_replicas=facts.replicas,
                max_replicas=facts.max_replicas,
                scale_target_ref=k8s.CrossVersionObjectReferenceV2(
                    api_version="apps/v1", kind="Deployment", name=f"{name}-server"
                ),
                metrics=[_utilization("cpu", 70), _utilization("memory", 80)],
            ),
        )
        k8s.KubePodDisruptionBudget(
            self,
            f"{name}-budget",
            metadata=_metadata(facts, "budget"),
            spec=k8s.PodDisruptionBudgetSpec(
                max_unavailable=k8s.IntOrString.from_number(1), selector=selector
            ),
        )
        k8s.KubeNetworkPolicy(
            self, f"{name}-network", metadata=_metadata(facts, "network"), spec=_network(selector)
        )
        gateway.HttpRoute(
            self,
            f"{name}-route",
            metadata=cdk8s.ApiObjectMetadata(name=f"{name}-route", labels=facts.labels),
            spec=gateway.HttpRouteSpec(
                parent_refs=[
                    gateway.HttpRouteSpecParentRefs(
                        name=GATEWAY, namespace=GATEWAY_NAMESPACE, section_name="https"
                    )
                ],
                hostnames=[facts.host],
                rules=[
                    gateway.HttpRouteSpecRules(
                        matches=[
                            gateway.HttpRouteSpecRulesMatches(
                                path=gateway.HttpRouteSpecRulesMatchesPath(
                                    type=gateway.HttpRouteSpecRulesMatchesPathType.PATH_PREFIX,
                                    value="/",
                                )
                            )
                        ],
                        backend_refs=[
                            gateway.HttpRouteSpecRulesBackendRefs(name=f"{name}-http", port=80)
                        ],
                        timeouts=gateway.HttpRouteSpecRulesTimeouts(request="30s"),
                    )
                ],
            ),
        )


def _metadata(facts: AppFacts, role: str) -> k8s.ObjectMeta:
    return k8s.ObjectMeta(name=f"{facts.name}-{role}", labels=facts.labels)


def _pod(facts: AppFacts, selector: k8s.LabelSelector) -> k8s.PodSpec:
    return k8s.PodSpec(
        service_account_name=f"{facts.name}-account",
        security_context=k8s.PodSecurityContext(
            run_as_non_root=True,
            run_as_user=10001,
            fs_group=10001,
            seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
        ),
        termination_grace_period_seconds=30,
        topology_spread_constraints=[
            k8s.TopologySpreadConstraint(
                max_skew=1,
                topology_key="kubernetes.io/hostname",
                when_unsatisfiable="ScheduleAnyway",
                label_selector=selector,
            )
        ],
        containers=[_container(facts)],
        volumes=[
            k8s.Volume(
                name="config", config_map=k8s.ConfigMapVolumeSource(name=f"{facts.name}-config")
            ),
            k8s.Volume(
                name="tmp",
                empty_dir=k8s.EmptyDirVolumeSource(size_limit=k8s.Quantity.from_string("64Mi")),
            ),
        ],
    )


def _container(facts: AppFacts) -> k8s.Container:
    return k8s.Container(
        name="server",
        image=facts.image,
        image_pull_policy="IfNotPresent",
        args=["serve", "--config", "/etc/app/application.yaml"],
        ports=[k8s.ContainerPort(name="http", container_port=facts.port, protocol="TCP")],
        env=[
            k8s.EnvVar(name="PORT", value=str(facts.port)),
            k8s.EnvVar(
                name="POD_NAME",
                value_from=k8s.EnvVarSource(
                    field_ref=k8s.ObjectFieldSelector(field_path="metadata.name")
                ),
            ),
        ],
        env_from=[
            k8s.EnvFromSource(config_map_ref=k8s.ConfigMapEnvSource(name=f"{facts.name}-config"))
        ],
        resources=k8s.ResourceRequirements(
            requests={
                "cpu": k8s.Quantity.from_string(facts.cpu),
                "memory": k8s.Quantity.from_string(facts.memory),
            },
            limits={"memory": k8s.Quantity.from_string(facts.memory)},
        ),
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
        liveness_probe=_probe("/healthz", 20),
        readiness_probe=_probe("/readyz", 5),
        volume_mounts=[
            k8s.VolumeMount(name="config", mount_path="/etc/app", read_only=True),
            k8s.VolumeMount(name="tmp", mount_path="/tmp"),  # noqa: S108  # in the pod
        ],
    )


def _probe(path: str, period_seconds: int) -> k8s.Probe:
    return k8s.Probe(
        http_get=k8s.HttpGetAction(path=path, port=k8s.IntOrString.from_string("http")),
        period_seconds=period_seconds,
        timeout_seconds=2,
        failure_threshold=3,
    )


def _utilization(resource: str, percent: int) -> k8s.MetricSpecV2:
    return k8s.MetricSpecV2(
        type="Resource",
        resource=k8s.ResourceMetricSourceV2(
            name=resource,
            target=k8s.MetricTargetV2(type="Utilization", average_utilization=percent),
        ),
    )


def _network(selector: k8s.LabelSelector) -> k8s.NetworkPolicySpec:
    return k8s.NetworkPolicySpec(
        pod_selector=selector,
        policy_types=["Ingress", "Egress"],
        ingress=[
            k8s.NetworkPolicyIngressRule(
                from_=[_namespace(GATEWAY_NAMESPACE)],
                ports=[
                    k8s.NetworkPolicyPort(port=k8s.IntOrString.from_string("http"), protocol="TCP")
                ],
            )
        ],
        egress=[
            k8s.NetworkPolicyEgressRule(
                to=[_namespace("kube-system")],
                ports=[
                    k8s.NetworkPolicyPort(port=k8s.IntOrString.from_number(53), protocol="UDP"),
                    k8s.NetworkPolicyPort(port=k8s.IntOrString.from_number(53), protocol="TCP"),
                ],
            )
        ],
    )


def _namespace(name: str) -> k8s.NetworkPolicyPeer:
    labels = {"kubernetes.io/metadata.name": name}
    return k8s.NetworkPolicyPeer(namespace_selector=k8s.LabelSelector(match_labels=labels))


def main(output: str, count: int) -> None:
    """Build `count` apps and write them below `output`."""
    app = cdk8s.App(outdir=output)
    Home(app)
    for facts in apps(count):
        WebService(app, facts)
    app.synth()


if __name__ == "__main__":
    with as_a_command():
        main(sys.argv[1], int(sys.argv[2]))
