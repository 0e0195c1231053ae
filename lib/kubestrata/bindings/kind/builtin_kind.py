"""Scope and plural of built-in kinds: the JSON definitions of Kubernetes lack both.

Taken from the paths of its OpenAPI documents, 1.28 to 1.36. Kinds that are only posted and
never stored (reviews, bindings, evictions, scales) are left out: they are never in manifests.
"""

from __future__ import annotations

_NAMESPACED = """
core: ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate
core: ReplicationController ResourceQuota Secret Service ServiceAccount
apps: ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
autoscaling: HorizontalPodAutoscaler
batch: CronJob Job
certificates.k8s.io: PodCertificateRequest
coordination.k8s.io: Lease LeaseCandidate
discovery.k8s.io: EndpointSlice
events.k8s.io: Event
networking.k8s.io: Ingress NetworkPolicy
policy: PodDisruptionBudget
rbac.authorization.k8s.io: Role RoleBinding
resource.k8s.io: PodSchedulingContext ResourceClaim ResourceClaimTemplate
scheduling.k8s.io: PodGroup Workload
storage.k8s.io: CSIStorageCapacity
"""
_CLUSTER_SCOPED = """
core: Namespace Node PersistentVolume
admissionregistration.k8s.io: MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
admissionregistration.k8s.io: MutatingWebhookConfiguration
admissionregistration.k8s.io: ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
admissionregistration.k8s.io: ValidatingWebhookConfiguration
apiextensions.k8s.io: CustomResourceDefinition
apiregistration.k8s.io: APIService
certificates.k8s.io: CertificateSigningRequest ClusterTrustBundle
flowcontrol.apiserver.k8s.io: FlowSchema PriorityLevelConfiguration
internal.apiserver.k8s.io: StorageVersion
networking.k8s.io: ClusterCIDR IPAddress IngressClass ServiceCIDR
node.k8s.io: RuntimeClass
rbac.authorization.k8s.io: ClusterRole ClusterRoleBinding
resource.k8s.io: DeviceClass DeviceTaintRule ResourceClass ResourcePoolStatusRequest ResourceSlice
scheduling.k8s.io: PriorityClass
storage.k8s.io: CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass
storagemigration.k8s.io: StorageVersionMigration
"""
NEVER_STORED = frozenset(
    {
        "Binding",
        "ComponentStatus",
        "Eviction",
        "LocalSubjectAccessReview",
        "Scale",
        "SelfSubjectAccessReview",
        "SelfSubjectReview",
        "SelfSubjectRulesReview",
        "Status",
        "SubjectAccessReview",
        "TokenRequest",
        "TokenReview",
    }
)


def _scopes() -> dict[tuple[str, str], bool]:
    found: dict[tuple[str, str], bool] = {}
    for table, namespaced in ((_NAMESPACED, True), (_CLUSTER_SCOPED, False)):
        for line in table.split("\n"):
            group, _, kinds = line.partition(": ")
            for kind in kinds.split():
                found["" if group == "core" else group, kind] = namespaced
    return found


_SCOPES = _scopes()


def is_namespaced(group: str, kind: str) -> bool | None:
    """Return True if a built-in kind is namespaced; None if the kind is unknown."""
    return _SCOPES.get((group, kind))


def plural_of(kind: str) -> str:
    """Return the resource name of a built-in kind: NetworkPolicy -> networkpolicies."""
    name = kind.lower()
    if name == "endpoints":
        return name
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"
