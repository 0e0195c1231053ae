"""Pod settings of Strimzi: hardening, spreading and requests."""

from __future__ import annotations

from kubeapis import k8s, strimzi
from kubestrata.constructs.data.kafka_spec import KafkaExporter, KafkaHeap, KafkaSpec
from kubestrata.constructs.scaling.placement import NODE, ZONE
from kubestrata.constructs.scaling.pod_resources import PodResources
from kubestrata.core.value.quantity import Quantity

_Pod = strimzi.KafkaSpecKafkaTemplatePodSecurityContext
_Apart = strimzi.KafkaSpecKafkaTemplatePodAffinityPodAntiAffinity
_Term = strimzi.KafkaSpecKafkaTemplatePodAffinityPodAntiAffinityRequiredDuringSchedulingIgnoredDuringExecution  # noqa: E501
_Weighted = strimzi.KafkaSpecKafkaTemplatePodAffinityPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecution  # noqa: E501
_Container = strimzi.KafkaSpecKafkaTemplateInitContainer


def broker_resources(spec: KafkaSpec) -> strimzi.KafkaNodePoolSpecResources:
    """Return requests, and a memory limit equal to the request unless the spec has others."""
    return _resources(spec.resources or PodResources(cpu=Quantity("250m"), memory=spec.memory))


def jvm(heap: KafkaHeap) -> strimzi.KafkaNodePoolSpecJvmOptions:
    """Return the limits of the heap."""
    return strimzi.KafkaNodePoolSpecJvmOptions(xms=heap.least, xmx=heap.most)


def exporter(spec: KafkaExporter) -> strimzi.KafkaSpecKafkaExporter:
    """Return the exporter of topics and consumer groups."""
    return strimzi.KafkaSpecKafkaExporter(
        topic_regex=spec.topics,
        group_regex=spec.groups,
        resources=_resources(spec.resources),
        template=strimzi.KafkaSpecKafkaExporterTemplate(
            pod=strimzi.KafkaSpecEntityOperatorTemplatePod(security_context=_pod()),
            container=_container(),
        ),
    )


def _resources(resources: PodResources) -> strimzi.KafkaNodePoolSpecResources:
    return strimzi.KafkaNodePoolSpecResources(requests=resources.requests, limits=resources.limits)


def pool_template(spec: KafkaSpec, cluster: str, pool: str) -> strimzi.KafkaNodePoolSpecTemplate:
    """Return the pod template of one pool: restricted level, spread over zones and nodes."""
    labels = {"strimzi.io/cluster": cluster, "strimzi.io/pool-name": pool}
    pod = strimzi.KafkaSpecKafkaTemplatePod(
        security_context=_pod(spec.user),
        priority_class_name=spec.priority,
        affinity=_apart(spec, labels),
        topology_spread_constraints=[_spread(key, labels) for key in (ZONE, NODE)],
    )
    return strimzi.KafkaNodePoolSpecTemplate(
        pod=pod, kafka_container=_container(), init_container=_container()
    )


def entity_operator(spec: KafkaSpec) -> strimzi.KafkaSpecEntityOperator:
    """Return the topic and user operators, in one pod."""
    resources = _resources(spec.operators)
    return strimzi.KafkaSpecEntityOperator(
        topic_operator=strimzi.KafkaSpecEntityOperatorTopicOperator(resources=resources),
        user_operator=strimzi.KafkaSpecEntityOperatorUserOperator(resources=resources),
        template=strimzi.KafkaSpecEntityOperatorTemplate(
            pod=strimzi.KafkaSpecEntityOperatorTemplatePod(security_context=_pod()),
            topic_operator_container=_container(),
            user_operator_container=_container(),
        ),
    )


def _spread(
    key: str, labels: dict[str, str]
) -> strimzi.KafkaSpecKafkaTemplatePodTopologySpreadConstraints:
    return strimzi.KafkaSpecKafkaTemplatePodTopologySpreadConstraints(
        max_skew=1,
        topology_key=key,
        when_unsatisfiable="ScheduleAnyway",
        label_selector=strimzi.KafkaSpecKafkaTemplatePodTopologySpreadConstraintsLabelSelector(
            match_labels=labels
        ),
    )


def _apart(
    spec: KafkaSpec, labels: dict[str, str]
) -> strimzi.KafkaSpecKafkaTemplatePodAffinity | None:
    if spec.anti_affinity is None:
        return None
    term = _Term(
        topology_key=NODE,
        label_selector=strimzi.KafkaSpecKafkaTemplatePodTopologySpreadConstraintsLabelSelector(
            match_labels=labels
        ),
    )
    if spec.anti_affinity == "required":
        apart = _Apart(required_during_scheduling_ignored_during_execution=[term])
    else:
        weighted = _Weighted(weight=100, pod_affinity_term=term)
        apart = _Apart(preferred_during_scheduling_ignored_during_execution=[weighted])
    return strimzi.KafkaSpecKafkaTemplatePodAffinity(pod_anti_affinity=apart)


def _pod(user: int | None = None) -> _Pod:
    return _Pod(
        run_as_non_root=True,
        run_as_user=user,
        fs_group=user,
        seccomp_profile=strimzi.KafkaSpecKafkaTemplatePodSecurityContextSeccompProfile(
            type="RuntimeDefault"
        ),
    )


def _container() -> _Container:
    return _Container(
        security_context=strimzi.KafkaSpecKafkaTemplateInitContainerSecurityContext(
            allow_privilege_escalation=False,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        )
    )
