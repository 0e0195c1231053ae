"""Facts about Kubernetes and the projects around it, as data in TOML files."""

from kubestrata.knowledge.fact import (
    Autoscaler,
    ChartFact,
    Group,
    GrowingSize,
    Health,
    Kind,
    Makes,
    Monitor,
    NamespaceFact,
    Operand,
    Outside,
    OutsideSort,
    PackageFact,
    ProjectFact,
    Reach,
    ReferenceFact,
    RefusedValues,
)
from kubestrata.knowledge.kind_name import KindName, KindSet, matches_group
from kubestrata.knowledge.knowledge import Knowledge, KnowledgeError
from kubestrata.knowledge.kubernetes_history import (
    KubernetesHistory,
    VersionSpan,
    kubernetes_history,
    type_name,
)
from kubestrata.knowledge.load import COMPILED, FOLDER, compiled, knowledge, read
from kubestrata.knowledge.requirement import Check, Requirements, requirements

__all__ = [
    "COMPILED",
    "FOLDER",
    "Autoscaler",
    "ChartFact",
    "Check",
    "Group",
    "GrowingSize",
    "Health",
    "Kind",
    "KindName",
    "KindSet",
    "Knowledge",
    "KnowledgeError",
    "KubernetesHistory",
    "Makes",
    "Monitor",
    "NamespaceFact",
    "Operand",
    "Outside",
    "OutsideSort",
    "PackageFact",
    "ProjectFact",
    "Reach",
    "ReferenceFact",
    "RefusedValues",
    "Requirements",
    "VersionSpan",
    "compiled",
    "knowledge",
    "kubernetes_history",
    "matches_group",
    "read",
    "requirements",
    "type_name",
]
