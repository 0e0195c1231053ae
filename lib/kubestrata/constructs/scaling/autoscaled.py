"""What is scaled already: no two autoscalers change the same figure of one target."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from kubestrata.constructs.scaling.scaling import Scaling
from kubestrata.constructs.scaling.vertical_scaling import VerticalScaling
from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import DuplicateObject
from kubestrata.core.identity import Identity
from kubestrata.core.origin import Origin, caller
from kubestrata.core.reference import Reference


@dataclass(slots=True)
class _Target:
    horizontal: tuple[Scaling, Origin] | None = None
    vertical: tuple[VerticalScaling, Origin] | None = None


_targets: WeakKeyDictionary[Cluster, dict[Identity, _Target]] = WeakKeyDictionary()


def scale_horizontally(target: Reference, scaling: Scaling) -> None:
    """Note an autoscaler of replicas.

    Raises DuplicateObject where the target has one, InvalidValue where one of requests follows
    the same resource.
    """
    known = _of(target)
    _refuse_second(target, known.horizontal)
    if known.vertical is not None:
        known.vertical[0].check_beside(scaling)
    known.horizontal = (scaling, caller())


def scale_vertically(target: Reference, scaling: VerticalScaling) -> None:
    """Note an autoscaler of requests; raises as `scale_horizontally` does."""
    known = _of(target)
    _refuse_second(target, known.vertical)
    if known.horizontal is not None:
        scaling.check_beside(known.horizontal[0])
    known.vertical = (scaling, caller())


def _of(target: Reference) -> _Target:
    found = _targets.setdefault(target.component.cluster, {})
    return found.setdefault(target.identity, _Target())


def _refuse_second(target: Reference, first: tuple[object, Origin] | None) -> None:
    if first is not None:
        why = f"has one already, made at {first[1]}: they would fight"
        raise DuplicateObject(f"autoscaler of {target}", why, "keep one of the two")
