"""Structural schemas of declarations, and the values that they accept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta

from kubestrata import Cron, Duration, Host, Image, Port, Quantity
from kubestrata.constructs.cloud import PodIdentitySpec, Statement
from kubestrata.constructs.platform_api import AppSpec, SQLInstanceSpec, structural_schema
from kubestrata.constructs.platform_api.claim import claim_spec
from kubestrata.core.declaration import Declaration
from kubestrata.core.errors import InvalidValue
from kubestrata.core.origin import Origin
from kubestrata.core.render import Rendering, restore
from kubestrata.schema import KindSchema, UncheckedRule
from tests.constructs.checking import kind_schema
from tests.constructs.platform_api.declarations import damaged, declarations

HERE = Origin(__file__, 1)


class Part(Declaration, kw_only=True):
    """A part."""

    size: Annotated[int, Meta(ge=1, le=9, description="How large.")] = 2
    name: Annotated[str, Meta(min_length=1, max_length=8, pattern="^[a-z]+$")]


class Whole(Declaration, kw_only=True):
    """A whole."""

    image: Annotated[Image, Meta(description="What runs.")]
    mode: Literal["fast", "slow"] = "fast"
    count: int | None = None
    port: int | str = 80
    on: bool = True
    part: Part | None = None
    some_parts: Annotated[Sequence[Part], Meta(max_length=3)] = ()
    labels: Mapping[str, str] = {}
    every: Duration | None = None
    when: Cron | None = None
    host: Host | None = None
    amount: Quantity | None = None
    listens: Port | None = None
    anything: Any = None
    more_than: Annotated[int, Meta(gt=3)] | None = None


@cache
def schema_of(declaration: type[Declaration]) -> KindSchema:
    spec = structural_schema(declaration)
    return kind_schema({"type": "object", "required": ["spec"], "properties": {"spec": spec}})


def fits(schema: KindSchema, spec: Any) -> bool:
    claim = {"apiVersion": "example.com/v1", "kind": "Claim", "metadata": {}, "spec": spec}
    value = schema.filled(claim)
    noted: set[UncheckedRule] = set()
    verdict = schema.validate(value)
    faults = [*verdict.faults, *(schema.rule_faults(value, noted) if verdict.fits else ())]
    assert not noted
    return not faults


def is_taken(declaration: type[Declaration], spec: Any) -> bool:
    try:
        msgspec.convert(spec, declaration, dec_hook=restore)
    except msgspec.ValidationError:
        return False
    return True


def stated(declaration: Declaration) -> Any:
    spec = claim_spec(declaration, HERE, "claim")
    return msgspec.to_builtins(spec, enc_hook=Rendering([]).encode)


def test_a_schema_has_no_references_unions_or_closed_objects() -> None:
    assert structural_schema(Whole) == {
        "type": "object",
        "description": "A whole.",
        "required": ["image"],
        "properties": {
            "image": {
                "type": "string",
                "description": "What runs.",
                "maxLength": 512,
                "pattern": f"^({Image.PATTERN})$",
                "x-kubernetes-validations": [
                    {
                        "rule": "self.matches('@sha256:|:[^/:]+$') && !self.endsWith(':latest')",
                        "message": "an image has a tag other than latest, or a digest",
                    }
                ],
            },
            "mode": {"type": "string", "enum": ["fast", "slow"], "default": "fast"},
            "count": {"type": "integer"},
            "port": {"x-kubernetes-int-or-string": True, "default": 80},
            "on": {"type": "boolean", "default": True},
            "part": part_schema(),
            "someParts": {
                "type": "array",
                "maxItems": 3,
                "items": part_schema(),
                "default": [],
            },
            "labels": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "default": {},
            },
            "every": {"type": "string", "pattern": f"^({Duration.PATTERN})$"},
            "when": {
                "type": "string",
                "pattern": f"^({Cron.PATTERN})$",
            },
            "host": {
                "type": "string",
                "maxLength": 253,
                "pattern": f"^({Host.PATTERN})$",
            },
            "amount": {"type": "string", "pattern": f"^({Quantity.PATTERN})$"},
            "listens": {"type": "integer", "minimum": 1, "maximum": 65535},
            "anything": {"x-kubernetes-preserve-unknown-fields": True},
            "moreThan": {"type": "integer", "minimum": 4},
        },
    }


def part_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "A part.",
        "required": ["name"],
        "properties": {
            "size": {
                "type": "integer",
                "description": "How large.",
                "minimum": 1,
                "maximum": 9,
                "default": 2,
            },
            "name": {"type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[a-z]+$"},
        },
    }


class Ring(Declaration, kw_only=True):
    """A recursive declaration."""

    next: Ring | None = None


class Either(Declaration, kw_only=True):
    """A union without a schema in Kubernetes."""

    value: Part | str = "a"


class Pair(Declaration, kw_only=True):
    """A tuple of fixed length."""

    value: tuple[int, str] = (1, "a")


@pytest.mark.parametrize(
    ("declaration", "why"),
    [
        (Ring, "Ring.next: Ring contains itself"),
        (Either, "Either.value: is a union"),
        (Pair, "Pair.value: is a tuple"),
    ],
)
def test_types_without_a_structural_schema_are_refused(
    declaration: type[Declaration], why: str
) -> None:
    with pytest.raises(InvalidValue, match=why):
        structural_schema(declaration)


KINDS = [Whole, PodIdentitySpec, SQLInstanceSpec, AppSpec]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(data=st.data())
def test_every_declaration_fits_its_schema_and_no_damaged_one_does(
    kind: type[Declaration], data: st.DataObject
) -> None:
    schema = schema_of(kind)
    declaration = data.draw(declarations(kind))
    spec = stated(declaration)
    assert fits(schema, spec)
    assert stated(msgspec.convert(spec, kind, dec_hook=restore)) == spec
    for path, changed in damaged(spec, structural_schema(kind)):
        assert not is_taken(kind, changed), path
        assert not fits(schema, changed), path


@pytest.mark.parametrize("image", ["a/b:latest", "a/b", "a b:1"])
def test_an_image_that_is_not_pinned_is_refused_by_both(image: str) -> None:
    assert not is_taken(Whole, {"image": image})
    assert not fits(schema_of(Whole), {"image": image})


@pytest.mark.parametrize("actions", [["s3:GetObject"], ["ec2:CreateTags"], ["ec2:DescribeVpcs"]])
@pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::*", "arn:aws:s3:::a/*"])
@pytest.mark.parametrize("reason", [None, "nothing narrower is known"])
@pytest.mark.parametrize("conditions", [None, {"Bool": {"aws:SecureTransport": ["true"]}}])
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_the_api_server_checks_least_privilege_as_the_statement_does(
    actions: list[str],
    resource: str,
    reason: str | None,
    conditions: dict[str, Any] | None,
    effect: str,
) -> None:
    statement: dict[str, Any] = {"actions": actions, "resources": [resource], "effect": effect}
    statement |= {"anyResourceBecause": reason} if reason else {}
    statement |= {"conditions": conditions} if conditions else {}
    spec = {"serviceAccount": {"name": "a", "namespace": "b"}, "statements": [statement]}
    assert fits(schema_of(PodIdentitySpec), spec) == is_taken(Statement, statement)
