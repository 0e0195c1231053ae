"""Deprecated and removed versions of built-in APIs, from Kubernetes' migration guide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

Minor: TypeAlias = int
_STABLE = re.compile(r"v\d+")


class Retired(NamedTuple):
    """The minor versions 1.x that deprecated and removed it (0: not yet), and its replacement."""

    deprecated: Minor
    removed: Minor
    replacement: str


_TABLE = """
extensions/v1beta1 Deployment,DaemonSet,ReplicaSet 8 16 apps/v1
extensions/v1beta1 NetworkPolicy 9 16 networking.k8s.io/v1
extensions/v1beta1 Ingress 14 22 networking.k8s.io/v1
extensions/v1beta1 PodSecurityPolicy 10 16 -
apps/v1beta1 Deployment,StatefulSet,ReplicaSet 9 16 apps/v1
apps/v1beta2 Deployment,StatefulSet,DaemonSet,ReplicaSet 9 16 apps/v1
admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration 16 22 same/v1
admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration 16 22 same/v1
apiextensions.k8s.io/v1beta1 CustomResourceDefinition 16 22 same/v1
apiregistration.k8s.io/v1beta1 APIService 19 22 same/v1
authentication.k8s.io/v1beta1 TokenReview 19 22 same/v1
authorization.k8s.io/v1beta1 SubjectAccessReview,SelfSubjectAccessReview 19 22 same/v1
certificates.k8s.io/v1beta1 CertificateSigningRequest 19 22 same/v1
coordination.k8s.io/v1beta1 Lease 19 22 same/v1
networking.k8s.io/v1beta1 Ingress,IngressClass 19 22 same/v1
rbac.authorization.k8s.io/v1beta1 Role,ClusterRole,RoleBinding,ClusterRoleBinding 17 22 same/v1
rbac.authorization.k8s.io/v1alpha1 Role,ClusterRole,RoleBinding,ClusterRoleBinding 17 22 same/v1
scheduling.k8s.io/v1beta1 PriorityClass 14 22 same/v1
storage.k8s.io/v1beta1 CSIDriver,CSINode,StorageClass,VolumeAttachment 19 22 same/v1
batch/v1beta1 CronJob 21 25 same/v1
discovery.k8s.io/v1beta1 EndpointSlice 21 25 same/v1
events.k8s.io/v1beta1 Event 19 25 same/v1
autoscaling/v2beta1 HorizontalPodAutoscaler 22 25 autoscaling/v2
autoscaling/v2beta2 HorizontalPodAutoscaler 23 26 autoscaling/v2
policy/v1beta1 PodDisruptionBudget 21 25 same/v1
policy/v1beta1 PodSecurityPolicy 21 25 -
node.k8s.io/v1beta1 RuntimeClass 20 25 same/v1
flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema,PriorityLevelConfiguration 23 26 same/v1
flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema,PriorityLevelConfiguration 26 29 same/v1
flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema,PriorityLevelConfiguration 29 32 same/v1
storage.k8s.io/v1beta1 CSIStorageCapacity 24 27 same/v1
v1 ComponentStatus 19 0 -
v1 Endpoints 33 0 discovery.k8s.io/v1
"""


def _read(table: str) -> Mapping[tuple[str, str], Retired]:
    found: dict[tuple[str, str], Retired] = {}
    for line in table.split("\n"):
        if not line:
            continue
        version, kinds, deprecated, removed, replacement = line.split()
        new = replacement.replace("same", version.partition("/")[0]).strip("-")
        for kind in kinds.split(","):
            found[version, kind] = Retired(int(deprecated), int(removed), new)
    return found


_RETIRED = _read(_TABLE)


def is_stable(version: str) -> bool:
    """Return True for `v1`, False for `v1beta1` and `v1alpha1`."""
    return _STABLE.fullmatch(version) is not None


def retired(api_version: str, kind: str) -> Retired | None:
    """Return the facts about a version that has been or will be removed."""
    return _RETIRED.get((api_version, kind))
