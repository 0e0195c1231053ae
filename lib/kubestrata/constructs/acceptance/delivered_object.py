"""Objects of components, as they are delivered."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, TypeAlias

from kubestrata.constructs.helm.patch import PatchStep
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.json_patch import PatchError, apply_operation
from kubestrata.core.json_value import Manifest
from kubestrata.core.origin import Origin
from kubestrata.core.reference import Reference
from kubestrata.core.render import render_open
from kubestrata.core.value.placeholder import has_mark
from kubestrata.core.yaml_text import dump

Tested: TypeAlias = Reference | Component


def delivered(cluster: Cluster, tested: Tested, origin: Origin) -> list[Manifest]:
    """Return the objects of a component, or the one of a reference, as copies.

    Raises InvalidReference for an object that no component of the cluster writes, InvalidValue for
    one with a placeholder, whose value only the cluster knows.
    """
    if isinstance(tested, Reference):
        owner = cluster.owner_of(tested)
        found = [each for each in owner.rendered() if each.identity == tested.identity]
    else:
        cluster.require_component(tested, origin)
        owner, found = tested, tested.rendered()
    if not found:
        what = str(tested) if isinstance(tested, Reference) else f"component {tested.name!r}"
        why = f"is not written by component {owner.name!r}" if what == str(tested) else ""
        fix = "pass an object that the component creates"
        raise InvalidReference(what, why or "has no objects", fix, where=origin)
    for each in found:
        if has_mark(dump(each.manifest)):
            why = "contains a placeholder, whose value only the cluster knows"
            raise InvalidValue(str(each.identity), why, "test another object", where=origin)
    return [deepcopy(each.manifest) for each in found]


def only(cluster: Cluster, reference: Reference, origin: Origin) -> Manifest:
    """Return the object of a reference, as a copy."""
    (found,) = delivered(cluster, reference, origin)
    return found


def changed(manifest: Manifest, steps: Sequence[PatchStep], origin: Origin) -> Manifest:
    """Return the object with the operations applied; raises InvalidValue for a wrong path."""
    result = deepcopy(manifest)
    for step in steps:
        operation: Any = render_open(step.manifest, origin, "step")[0]
        try:
            apply_operation(result, operation)
        except PatchError as error:
            what = f"step {step.op} {step.path!r}"
            raise InvalidValue(what, f"cannot be applied: {error}", where=origin) from error
    return result
