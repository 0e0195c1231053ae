"""Facts about Kubernetes and the projects around it, as data in TOML files."""

from kubestrata.knowledge.fact import (
    Chart,
    Group,
    Health,
    Kind,
    Makes,
    Monitor,
    NamespaceFact,
    Operand,
    Project,
    ReferenceFact,
)
from kubestrata.knowledge.kind_name import KindName, KindSet, matches_group
from kubestrata.knowledge.knowledge import Knowledge, KnowledgeError
from kubestrata.knowledge.load import COMPILED, FOLDER, compiled, knowledge, read

__all__ = [
    "COMPILED",
    "FOLDER",
    "Chart",
    "Group",
    "Health",
    "Kind",
    "KindName",
    "KindSet",
    "Knowledge",
    "KnowledgeError",
    "Makes",
    "Monitor",
    "NamespaceFact",
    "Operand",
    "Project",
    "ReferenceFact",
    "compiled",
    "knowledge",
    "matches_group",
    "read",
]
