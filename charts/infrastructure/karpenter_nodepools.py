"""Node pools of Karpenter."""

from collections.abc import Sequence
from typing import Literal

from kubeapis import karpenter as api
from kubestrata import Cluster, Component, Construct, Frozen, Reference
from kubestrata.constructs import Scheduling, Toleration
from kubestrata.constructs.cloud import AwsAccount

Requirement = api.NodePoolSpecTemplateSpecRequirements
Taint = api.NodePoolSpecTemplateSpecTaints

_DISCOVERY = "karpenter.sh/discovery"
_GROUP = "karpenter.k8s.aws"
_CATEGORY = f"{_GROUP}/instance-category"
_IMAGE = "bottlerocket@v1.49.0"
# Pods must not start on a node before its Cilium agent is ready.
_NO_NETWORK_YET = Taint(key="node.cilium.io/agent-not-ready", value="true", effect="NoExecute")
_FOR_IO = Taint(key="ogenki/io", value="true", effect="NoSchedule")


class NodeChoice(Frozen):
    """Nodes of one pool, as a pod selects them; its component waits for the pool."""

    pool: Reference
    tolerations: Sequence[Toleration] = ()

    @property
    def selector(self) -> dict[str, str]:
        """Return `nodeSelector` of the pods."""
        return {"karpenter.sh/nodepool": self.pool.name}

    @property
    def scheduling(self) -> Scheduling:
        """Return the same choice for the constructs that run pods."""
        return Scheduling(nodes=self.selector, tolerations=self.tolerations)


class KarpenterNodepools(Component):
    """The NodePools `default` and `io`, each with its EC2NodeClass.

    Nodes of `io` have local disks as ephemeral storage, for pods that tolerate their taint. A node
    expires after two weeks, and is consolidated when underused. `controller` is Karpenter's
    release, `network` the discovery tag of the subnets; pods select nodes by `default` and `io`.
    """

    def __init__(self, scope: Cluster, *, controller: Reference, network: str) -> None:
        super().__init__(scope, "karpenter-nodepools", layer="infrastructure")
        self.needs(controller)
        aws = scope.ask(AwsAccount)
        classes, pools = Construct(self, "node-classes"), Construct(self, "node-pools")
        nodes = _node_class(classes, "default", aws, network)
        # Burstable instances are throttled under load.
        unwanted = Requirement(key=_CATEGORY, operator="NotIn", values=["t"])
        wanted = [unwanted, _capacity("spot"), *_COMMON]
        self.default = NodeChoice(_pool(pools, nodes, requirements=wanted, taints=[]).ref)
        nodes = _node_class(classes, "io", aws, network, local_disks="RAID0")
        disks = Requirement(key=f"{_GROUP}/instance-local-nvme", operator="Gt", values=["100"])
        families = Requirement(key=_CATEGORY, operator="In", values=["c", "i", "m", "r"])
        wanted = [families, disks, _capacity("spot", "on-demand"), *_COMMON]
        pool = _pool(pools, nodes, requirements=wanted, taints=[_FOR_IO])
        self.io = NodeChoice(pool.ref, tolerations=[_tolerated(_FOR_IO)])


def _tolerated(taint: api.NodePoolSpecTemplateSpecTaints) -> Toleration:
    return Toleration(key=taint.key, value=taint.value, effect=taint.effect)


def _capacity(*types: str) -> api.NodePoolSpecTemplateSpecRequirements:
    return Requirement(key="karpenter.sh/capacity-type", operator="In", values=types)


_COMMON = (
    Requirement(key=f"{_GROUP}/instance-generation", operator="Gt", values=["5"]),
    Requirement(key=f"{_GROUP}/instance-cpu", operator="Lt", values=["26"]),
    Requirement(key=f"{_GROUP}/instance-memory", operator="Lt", values=["50001"]),
    Requirement(key="kubernetes.io/arch", operator="In", values=["amd64"]),
    Requirement(key="kubernetes.io/os", operator="In", values=["linux"]),
)


def _node_class(
    scope: Construct,
    name: str,
    aws: AwsAccount,
    network: str,
    *,
    local_disks: Literal["RAID0"] | None = None,
) -> api.EC2NodeClass:
    """Create a class of nodes in the cluster's own network, with encrypted disks."""
    found = {_DISCOVERY: aws.cluster_name}
    volume = api.EC2NodeClassSpecBlockDeviceMappingsEbs(
        volume_size="50Gi", volume_type="gp3", encrypted=True, delete_on_termination=True
    )
    return api.EC2NodeClass(
        scope,
        name,
        spec=api.EC2NodeClassSpec(
            ami_selector_terms=[api.EC2NodeClassSpecAmiSelectorTerms(alias=_IMAGE)],
            role=f"Karpenter-{aws.cluster_name}",
            subnet_selector_terms=[
                api.EC2NodeClassSpecSubnetSelectorTerms(tags={_DISCOVERY: network})
            ],
            security_group_selector_terms=[
                api.EC2NodeClassSpecSecurityGroupSelectorTerms(tags=found)
            ],
            instance_store_policy=local_disks,
            # Bottlerocket stores images and writable layers on its second disk.
            block_device_mappings=[
                api.EC2NodeClassSpecBlockDeviceMappings(device_name="/dev/xvdb", ebs=volume)
            ],
            # One hop: pods cannot reach the node's own credentials.
            metadata_options=api.EC2NodeClassSpecMetadataOptions(
                http_tokens="required", http_put_response_hop_limit=1
            ),
            tags=found,
        ),
    )


def _pool(
    scope: Construct,
    nodes: api.EC2NodeClass,
    *,
    requirements: Sequence[api.NodePoolSpecTemplateSpecRequirements],
    taints: Sequence[api.NodePoolSpecTemplateSpecTaints],
) -> api.NodePool:
    template = api.NodePoolSpecTemplateSpec(
        node_class_ref=api.NodePoolSpecTemplateSpecNodeClassRef(
            group=_GROUP, kind=nodes.kind, name=nodes.name
        ),
        requirements=requirements,
        startup_taints=[_NO_NETWORK_YET],
        taints=taints or None,
        expire_after="336h",
        termination_grace_period="1h",
    )
    return api.NodePool(
        scope,
        nodes.identity.name,
        spec=api.NodePoolSpec(
            disruption=api.NodePoolSpecDisruption(
                consolidation_policy="WhenEmptyOrUnderutilized", consolidate_after="30s"
            ),
            limits={"cpu": 20, "memory": "64Gi"},
            template=api.NodePoolSpecTemplate(spec=template),
        ),
    )
