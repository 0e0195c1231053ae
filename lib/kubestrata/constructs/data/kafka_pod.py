"""Pod settings of Strimzi: hardening, spreading and requests."""

from __future__ import annotations

from kubeapis import k8s, strimzi
from kubestrata.constructs.data.kafka_spec import KafkaSpec
from kubestrata.core.value.quantity import Quantity

_Pod = strimzi.KafkaSpecKafkaTemplatePodSecurityContext
_Container = strimzi.KafkaSpecKafkaTemplateInitContainer


def resources(memory: Quantity, cpu: str = "250m") -> strimzi.KafkaNodePoolSpecResources:
    """Return requests, and a memory limit equal to the request."""
    return strimzi.KafkaNodePoolSpecResources(
        requests={"cpu": cpu, "memory": memory}, limits={"memory": memory}
    )


def pool_template(spec: KafkaSpec, cluster: str, pool: str) -> strimzi.KafkaNodePoolSpecTemplate:
    """Return the pod template of one pool: restricted level, spread over zones and nodes."""
    labels = {"strimzi.io/cluster": cluster, "strimzi.io/pool-name": pool}
    pod = strimzi.KafkaSpecKafkaTemplatePod(
        security_context=_pod(),
        priority_class_name=spec.priority,
        topology_spread_constraints=[
            _spread(key, labels)
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
    )
    return strimzi.KafkaNodePoolSpecTemplate(
        pod=pod, kafka_container=_container(), init_container=_container()
    )


def entity_operator() -> strimzi.KafkaSpecEntityOperator:
    """Return the topic and user operators, in one pod."""
    memory = Quantity("256Mi")
    return strimzi.KafkaSpecEntityOperator(
        topic_operator=strimzi.KafkaSpecEntityOperatorTopicOperator(
            resources=resources(memory, "50m")
        ),
        user_operator=strimzi.KafkaSpecEntityOperatorUserOperator(
            resources=resources(memory, "50m")
        ),
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


def _pod() -> _Pod:
    return _Pod(
        run_as_non_root=True,
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
