"""Tests of policies by the command line of Kyverno, without a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from kubestrata.constructs.acceptance.delivered_object import changed, only
from kubestrata.constructs.helm.patch import PatchStep
from kubestrata.core.argument import require
from kubestrata.core.cluster import Cluster
from kubestrata.core.errors import InvalidReference, InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity, identity_of
from kubestrata.core.json_value import Json, JsonObject, Manifest, mapping, sequence
from kubestrata.core.names import check_label
from kubestrata.core.origin import Origin
from kubestrata.core.reference import Reference
from kubestrata.core.yaml_text import dump, dump_all

_API = "cli.kyverno.io/v1alpha1"
_POLICY, _RESOURCES, _TEST = "policy.yaml", "resources.yaml", "kyverno-test.yaml"
Examined: TypeAlias = Reference | JsonObject
"""A delivered object, or one that others create, in full."""


class PolicyCase(Frozen):
    """One rule applied to one object; use one of the factories below."""

    rule: str
    examined: Examined
    result: Literal["fail", "pass", "skip"]
    mutation: Sequence[PatchStep] = ()
    generated_object: JsonObject | None = None

    def __post_init__(self) -> None:
        fix = "pass a reference, or the whole object as a mapping"
        require(f"object of rule {self.rule!r}", self.examined, Reference, Mapping, fix=fix)

    @classmethod
    def passed(cls, rule: str, examined: Examined) -> PolicyCase:
        """Return the case of an object that complies."""
        return cls(rule, examined, "pass")

    @classmethod
    def failed(cls, rule: str, examined: Examined) -> PolicyCase:
        """Return the case of an object that does not comply."""
        return cls(rule, examined, "fail")

    @classmethod
    def skipped(cls, rule: str, examined: Examined) -> PolicyCase:
        """Return the case of an object that the rule does not apply to."""
        return cls(rule, examined, "skip")

    @classmethod
    def mutated(cls, rule: str, examined: Examined, *steps: PatchStep) -> PolicyCase:
        """Return the case of an object that the rule changes by these operations."""
        if not steps:
            raise InvalidValue(f"case of rule {rule!r}", "changes nothing", "use skipped()")
        return cls(rule, examined, "pass", mutation=steps)

    @classmethod
    def generated(cls, rule: str, examined: Examined, made: JsonObject) -> PolicyCase:
        """Return the case of an object for which the rule creates `made`."""
        return cls(rule, examined, "pass", generated_object=made)


class PolicyTest(Frozen):
    """A policy with its cases, written to a folder of its name."""

    name: str
    policy: Reference
    cases: Sequence[PolicyCase]

    def __post_init__(self) -> None:
        check_label("name of a PolicyTest", self.name)
        if not self.cases:
            raise InvalidValue(f"PolicyTest {self.name!r}", "has no cases")

    def files(self, cluster: Cluster, origin: Origin) -> Iterator[tuple[str, str]]:
        """Yield the names and texts of the files.

        Raises InvalidReference for a rule that the policy lacks.
        """
        policy = only(cluster, self.policy, origin)
        self._check_rules(policy, origin)
        objects: dict[Identity, Manifest] = {}
        results: list[Json] = []
        for number, case in enumerate(self.cases, 1):
            examined = _object(cluster, case.examined, origin)
            objects[identity_of(examined)] = examined
            result = _result(self.policy.object_name, case, examined)
            if case.mutation or case.generated_object is not None:
                name = f"expected-{number}.yaml"
                field = "patchedResources" if case.mutation else "generatedResource"
                result = {**result, field: name}
                made = case.generated_object or changed(examined, case.mutation, origin)
                yield name, dump(made)
            results.append(result)
        yield _POLICY, dump(policy)
        yield _RESOURCES, dump_all(list(objects.values()))
        yield (
            _TEST,
            dump(
                {
                    "apiVersion": _API,
                    "kind": "Test",
                    "metadata": {"name": self.name},
                    "policies": [_POLICY],
                    "resources": [_RESOURCES],
                    "results": results,
                }
            ),
        )

    def _check_rules(self, policy: Manifest, origin: Origin) -> None:
        rules = [mapping(each).get("name") for each in sequence(policy["spec"].get("rules"))]
        for case in self.cases:
            if case.rule not in rules:
                why = f"is not a rule of {self.policy}, which has {', '.join(map(str, rules))}"
                raise InvalidReference(f"rule {case.rule!r}", why, where=origin)


def _object(cluster: Cluster, examined: Examined, origin: Origin) -> Manifest:
    if isinstance(examined, Reference):
        return only(cluster, examined, origin)
    return dict(examined)


def _result(policy: str, case: PolicyCase, examined: Manifest) -> JsonObject:
    identity = identity_of(examined)
    name = f"{identity.namespace}/{identity.name}" if identity.namespace else identity.name
    return {
        "policy": policy,
        "rule": case.rule,
        "kind": identity.kind,
        "resources": [name],
        "result": case.result,
    }
