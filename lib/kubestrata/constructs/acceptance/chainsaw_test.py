"""Tests of a running cluster by Chainsaw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubestrata.constructs.acceptance.delivered_object import Tested, changed, delivered, only
from kubestrata.constructs.acceptance.readiness import assertion
from kubestrata.constructs.helm.patch import PatchStep
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster, Component
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.json_value import Json, JsonObject, mapping
from kubestrata.core.names import check_label
from kubestrata.core.origin import Origin
from kubestrata.core.reference import Reference

_API = "chainsaw.kyverno.io/v1alpha1"


class _Copy(Frozen):
    """A copy of a delivered object in the namespace of the test."""

    source: Reference
    name: str
    labels: Mapping[str, str]
    steps: Sequence[PatchStep]


class ChainsawStep(Frozen):
    """One step of a test; use one of the factories below."""

    name: str
    ready_objects: tuple[Tested, ...] = ()
    copy: _Copy | None = None
    expected: JsonObject | None = None
    absent: JsonObject | None = None

    @classmethod
    def ready(cls, name: str, *objects: Tested) -> ChainsawStep:
        """Return the assertion that objects, or all of a component, exist and are ready."""
        if not objects:
            raise InvalidValue(f"step {name!r}", "has no objects", "pass a component")
        for each in objects:
            require(f"object of step {name!r}", each, Reference, Component)
        return cls(name, objects)

    @classmethod
    def apply_copy(
        cls,
        source: Reference,
        *,
        name: str,
        labels: Mapping[str, str] | None = None,
        steps: Sequence[PatchStep] = (),
    ) -> ChainsawStep:
        """Return the creation of a copy with another name, in a namespace made for the test.

        It has `labels` in place of those of the delivered object; `steps` change other fields.
        """
        check_label("name of a copy", name)
        require(f"source of copy {name!r}", source, Reference)
        return cls(f"apply-{name}", copy=_Copy(source, name, labels or {}, steps))

    @classmethod
    def expect(cls, name: str, fields: JsonObject) -> ChainsawStep:
        """Return the assertion that an object with these fields exists."""
        _check_fields(name, fields)
        return cls(name, expected=fields)

    @classmethod
    def expect_none(cls, name: str, fields: JsonObject) -> ChainsawStep:
        """Return the assertion that no object with these fields exists."""
        _check_fields(name, fields)
        return cls(name, absent=fields)

    def operations(self, cluster: Cluster, origin: Origin) -> list[JsonObject]:
        """Return the operations of Chainsaw, with the delivered objects of the cluster."""
        if self.copy is not None:
            return [{"apply": {"resource": _copied(cluster, self.copy, origin)}}]
        if self.expected is not None:
            return [{"assert": {"resource": self.expected}}]
        if self.absent is not None:
            return [{"error": {"resource": self.absent}}]
        return [
            {"assert": {"resource": assertion(each)}}
            for tested in self.ready_objects
            for each in delivered(cluster, tested, origin)
        ]


class ChainsawTest(Frozen):
    """A test with its steps, written to a folder of its name."""

    name: str
    steps: Sequence[ChainsawStep]

    def __post_init__(self) -> None:
        check_label("name of a ChainsawTest", self.name)
        if not self.steps:
            raise InvalidValue(f"ChainsawTest {self.name!r}", "has no steps")

    def manifest(self, cluster: Cluster, origin: Origin) -> JsonObject:
        """Return the Test."""
        steps: list[Json] = [
            {"name": each.name, "try": each.operations(cluster, origin)} for each in self.steps
        ]
        return {
            "apiVersion": _API,
            "kind": "Test",
            "metadata": {"name": self.name},
            "spec": {"steps": steps},
        }


def _copied(cluster: Cluster, copy: _Copy, origin: Origin) -> JsonObject:
    source = only(cluster, copy.source, origin)
    kept = {key: value for key, value in source.items() if key not in ("metadata", "status")}
    annotations = mapping(mapping(source["metadata"]).get("annotations"))
    metadata: JsonObject = {
        "name": copy.name,
        **({"labels": dict(copy.labels)} if copy.labels else {}),
        **({"annotations": annotations} if annotations else {}),
    }
    head = {"apiVersion": kept.pop("apiVersion"), "kind": kept.pop("kind"), "metadata": metadata}
    return changed({**head, **kept}, copy.steps, origin)


def _check_fields(step: str, fields: object) -> None:
    """Raise InvalidValue for fields without the kind of the object that Chainsaw looks for."""
    known = mapping(fields)
    if not (known.get("apiVersion") and known.get("kind")):
        fix = "write {'apiVersion': 'v1', 'kind': 'ConfigMap', ...}"
        raise InvalidValue(f"object of step {step!r}", "has no apiVersion or no kind", fix)
