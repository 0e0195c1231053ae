"""Secrets that a container uses."""

from __future__ import annotations

from kubestrata.constructs.secret import SecretReference
from kubestrata.constructs.workload.container import Container
from kubestrata.core.reference import ReferenceName


def check_namespaces(container: Container, namespace: str) -> None:
    """Raise InvalidReference for a Secret that pods in `namespace` cannot use."""
    for value in (*container.secret_variables.values(), *container.secret_files.values()):
        if isinstance(value.secret, ReferenceName):
            SecretReference(value.secret.reference).require_namespace(namespace)
