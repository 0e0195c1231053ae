"""The workload by kubestrata: `python kubestrata_app.py OUTPUT_FOLDER APPS`."""

from __future__ import annotations

import sys

from kubeapis import gateway, k8s
from kubestrata import Cluster, Component, Flux, GitRepository, Host, Namespace, Platform, Reference
from kubestrata.synth.dist_writer import write_tree
from kubestrata.synth.synthesis import synthesize
from workload import GATEWAY, GATEWAY_NAMESPACE, NAMESPACE, AppFacts, apps, as_a_command


class Home(Component):
    """The namespace that all apps share."""

    def __init__(self, scope: Cluster) -> None:
        super().__init__(scope, "home", layer="apps", namespace=Namespace(NAMESPACE, "restricted"))


class WebService(Component):
    """One app: eight objects."""

    def __init__(self, scope: Cluster, facts: AppFacts, *, namespace: Reference) -> None:
        super().__init__(scope, facts.name, layer="apps", namespace=namespace)
        name = facts.name
        metadata = k8s.ObjectMeta(labels=facts.labels)
        selector = k8s.LabelSelector(match_labels=facts.selector)
        config = k8s.ConfigMap(self, f"{name}-config", metadata=metadata, data=facts.settings)
        account = k8s.ServiceAccount(
            self, f"{name}-account", metadata=metadata, automount_service_account_token=False
        )
        deployment = k8s.Deployment(
            self,
            f"{name}-server",
            metadata=metadata,
            spec=k8s.DeploymentSpec(
                replicas=facts.replicas,
                revision_history_limit=3,
                selector=selector,
                strategy=k8s.DeploymentStrategy(
                    type="RollingUpdate",
                    rolling_update=k8s.RollingUpdateDeployment(max_surge=1, max_unavailable="25%"),
                ),
                template=k8s.PodTemplateSpec(
                    metadata=metadata, spec=_pod(facts, selector, config=config, account=account)
                ),
            ),
        )
        service = k8s.Service(
            self,
            f"{name}-http",
            metadata=metadata,
            spec=k8s.ServiceSpec(
                type="ClusterIP",
                selector=facts.selector,
                ports=[k8s.ServicePort(name="http", port=80, target_port="http", protocol="TCP")],
            ),
        )
        k8s.HorizontalPodAutoscaler(
            self,
            f"{name}-scaler",
            metadata=metadata,
            spec=k8s.HorizontalPodAutoscalerSpec(
                min_replicas=facts.replicas,
                max_replicas=facts.max_replicas,
                scale_target_ref=k8s.CrossVersionObjectReference(
                    api_version="apps/v1", kind="Deployment", name=deployment.name
                ),
                metrics=[_utilization("cpu", 70), _utilization("memory", 80)],
            ),
        )
        k8s.PodDisruptionBudget(
            self,
            f"{name}-budget",
            metadata=metadata,
            spec=k8s.PodDisruptionBudgetSpec(max_unavailable=1, selector=selector),
        )
        k8s.NetworkPolicy(self, f"{name}-network", metadata=metadata, spec=_network(selector))
        gateway.HTTPRoute(
            self,
            f"{name}-route",
            metadata=metadata,
            spec=gateway.HTTPRouteSpec(
                parent_refs=[
                    gateway.HTTPRouteSpecParentRefs(
                        name=GATEWAY, namespace=GATEWAY_NAMESPACE, section_name="https"
                    )
                ],
                hostnames=[facts.host],
                rules=[
                    gateway.HTTPRouteSpecRules(
                        matches=[
                            gateway.HTTPRouteSpecRulesMatches(
                                path=gateway.HTTPRouteSpecRulesMatchesPath(
                                    type="PathPrefix", value="/"
                                )
                            )
                        ],
                        backend_refs=[
                            gateway.HTTPRouteSpecRulesBackendRefs(name=service.name, port=80)
                        ],
                        timeouts=gateway.HTTPRouteSpecRulesTimeouts(request="30s"),
                    )
                ],
            ),
        )


def _pod(
    facts: AppFacts,
    selector: k8s.LabelSelector,
    *,
    config: k8s.ConfigMap,
    account: k8s.ServiceAccount,
) -> k8s.PodSpec:
    return k8s.PodSpec(
        service_account_name=account.name,
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
        containers=[_container(facts, config)],
        volumes=[
            k8s.Volume(name="config", config_map=k8s.ConfigMapVolumeSource(name=config.name)),
            k8s.Volume(name="tmp", empty_dir=k8s.EmptyDirVolumeSource(size_limit="64Mi")),
        ],
    )


def _container(facts: AppFacts, config: k8s.ConfigMap) -> k8s.Container:
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
        env_from=[k8s.EnvFromSource(config_map_ref=k8s.ConfigMapEnvSource(name=config.name))],
        resources=k8s.ResourceRequirements(
            requests={"cpu": facts.cpu, "memory": facts.memory}, limits={"memory": facts.memory}
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
        http_get=k8s.HTTPGetAction(path=path, port="http"),
        period_seconds=period_seconds,
        timeout_seconds=2,
        failure_threshold=3,
    )


def _utilization(resource: str, percent: int) -> k8s.MetricSpec:
    return k8s.MetricSpec(
        type="Resource",
        resource=k8s.ResourceMetricSource(
            name=resource,
            target=k8s.MetricTarget(type="Utilization", average_utilization=percent),
        ),
    )


def _network(selector: k8s.LabelSelector) -> k8s.NetworkPolicySpec:
    return k8s.NetworkPolicySpec(
        pod_selector=selector,
        policy_types=["Ingress", "Egress"],
        ingress=[
            k8s.NetworkPolicyIngressRule(
                from_=[_namespace(GATEWAY_NAMESPACE)],
                ports=[k8s.NetworkPolicyPort(port="http", protocol="TCP")],
            )
        ],
        egress=[
            k8s.NetworkPolicyEgressRule(
                to=[_namespace("kube-system")],
                ports=[
                    k8s.NetworkPolicyPort(port=53, protocol="UDP"),
                    k8s.NetworkPolicyPort(port=53, protocol="TCP"),
                ],
            )
        ],
    )


def _namespace(name: str) -> k8s.NetworkPolicyPeer:
    labels = {"kubernetes.io/metadata.name": name}
    return k8s.NetworkPolicyPeer(namespace_selector=k8s.LabelSelector(match_labels=labels))


def main(output: str, count: int) -> None:
    """Build `count` apps and write them below `output`."""
    platform = Platform(outdir=output)
    cluster = Cluster(
        platform,
        "production",
        domain=Host("example.com"),
        delivery=Flux(GitRepository("https://git.example.com/platform.git")),
        kubernetes="1.35",
        provided_groups=["gateway.networking.k8s.io"],
    )
    home = Home(cluster)
    for facts in apps(count):
        WebService(cluster, facts, namespace=home.home_namespace)
    write_tree(platform.output, synthesize(platform).contents)  # the other side checks nothing


if __name__ == "__main__":
    with as_a_command():
        main(sys.argv[1], int(sys.argv[2]))
