"""One version of a kind with all its validators, each built on first use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from jsonschema_rs import Draft7Validator, ValidationError

from kubestrata.bindings import IndexedKind
from kubestrata.core.json_value import is_list, is_mapping
from kubestrata.knowledge import VersionSpan
from kubestrata.schema.cel_cost import CelBudget
from kubestrata.schema.cel_rule import CelPlan, UncheckedRule
from kubestrata.schema.checkable import UncheckedKeyword, checked
from kubestrata.schema.cut_off import cut_off_faults, short_numbers
from kubestrata.schema.dated_field import dated_branch, dated_fields
from kubestrata.schema.default import filled, filling
from kubestrata.schema.definitions import REF, KubernetesDefinitions
from kubestrata.schema.fault import Fault
from kubestrata.schema.field_path import field_paths
from kubestrata.schema.immutable import immutable_fields
from kubestrata.schema.message import Wording, faults_of
from kubestrata.schema.null import has_null, without_nulls
from kubestrata.schema.requirement import requirement_branch, requirement_faults
from kubestrata.schema.server_list import list_faults, server_lists
from kubestrata.schema.strict import has_reference, keeps_unknown, strict
from kubestrata.schema.transition import TransitionRule, transition_rules

_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_SERVER_FIELD = "status"
_ANY: dict[str, Any] = {}
_PRUNED = "so the API server would drop it, or reject the object under strict validation"


class Verdict(NamedTuple):
    """The problems of an object; one without any may still depend on substitution."""

    fits: bool
    faults: tuple[Fault, ...]


FITS = Verdict(fits=True, faults=())


class LazySchema(NamedTuple):
    """A schema as stored with the definitions of Kubernetes, which are read when first needed.

    `digest` is of all that they depend on.
    """

    read: Callable[[], tuple[dict[str, Any], KubernetesDefinitions]]
    digest: Callable[[], bytes]


class KindSchema:
    """Validates the objects of one version of a kind."""

    def __init__(self, kind: IndexedKind, source: LazySchema) -> None:
        self.kind = kind
        self._source = source
        self._failure = ""
        self._unchecked: tuple[UncheckedKeyword, ...] = ()

    @cached_property
    def digest(self) -> bytes:
        """Return a digest of the kind, its schema and the definitions of Kubernetes."""
        return hashlib.sha256(repr(self.kind).encode() + self._source.digest()).digest()

    @cached_property
    def _read(self) -> tuple[dict[str, Any], KubernetesDefinitions]:
        stored, definitions = self._source.read()
        return _authored(stored), definitions

    @property
    def _body(self) -> dict[str, Any]:
        return self._read[0]

    @property
    def _definitions(self) -> KubernetesDefinitions:
        return self._read[1]

    @cached_property
    def _strict(self) -> dict[str, Any]:
        body: dict[str, Any] = self._body
        referring = body
        if not self.kind.builtin:
            properties, metadata = body.get("properties", {}), self._metadata()
            extra = {"apiVersion": {}, "kind": {}, "metadata": metadata}
            body = {**body, "properties": {**properties, **extra}}
            referring = body if self._has_reference else metadata
        needed = self._definitions.strict(referring)
        known = {"$ref": REF + _META} if _META in needed else {"type": "object"}
        read = strict(body, structural=not self.kind.builtin, metadata=known)
        return {**read, "definitions": needed}

    def _metadata(self) -> dict[str, Any]:
        own = self._body.get("properties", {}).get("metadata")
        known = [{"$ref": REF + _META}] if _META in self._definitions else []
        # A CRD's schema of metadata only restricts it.
        return {"allOf": [*known, {"allOf": [own]} if is_mapping(own) else {}]}

    @cached_property
    def _has_reference(self) -> bool:
        return not self.kind.builtin and has_reference(self._body)

    @cached_property
    def _validator(self) -> Draft7Validator | None:
        """Return the validator, None for a schema of which no part can be used."""
        try:
            validator, self._unchecked = checked(self._strict, refers=self._has_reference)
        except ValueError as failure:
            self._failure = str(failure).partition("\n")[0]
            return None
        return validator

    @property
    def unchecked(self) -> tuple[UncheckedKeyword, ...]:
        """The keywords of the schema that the validator cannot read; all others are checked."""
        return self._unchecked if self._validator is not None else ()

    @property
    def fault(self) -> str:
        """Return why the schema cannot be used, '' if it can."""
        return "" if self._validator is not None else self._failure

    @cached_property
    def _filling(self) -> Any:
        return None if self.kind.builtin else filling(self._body)

    @cached_property
    def rules(self) -> CelPlan:
        """Return the CEL rules; those of built-in kinds are in the API server itself."""
        return CelPlan({} if self.kind.builtin else self._body)

    def unchecked_rules(self) -> set[UncheckedRule]:
        """Return the CEL rules that cannot be evaluated at all, with the reasons."""
        return self.rules.unchecked

    @cached_property
    def transitions(self) -> tuple[TransitionRule, ...]:
        """Return the CEL rules about changes; those of built-in kinds are in the API server."""
        return () if self.kind.builtin else tuple(transition_rules(self._body))

    @cached_property
    def _lists(self) -> Any:
        return server_lists(self._body, self._definitions)

    @cached_property
    def _requirements(self) -> Any:
        if not self.kind.builtin:
            return None
        return requirement_branch(self._body, self.kind.definition, self._definitions)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Return the paths of all fields of a custom kind: `spec.rules[].name`."""
        return frozenset(field_paths(self._body))

    @cached_property
    def immutable(self) -> Mapping[str, str]:
        """Return the immutable fields of the definition, each with its message."""
        return immutable_fields(self.transitions)

    def filled(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Return the object as the API server reads it; itself if that is the same.

        A custom resource gets its defaults, a built-in kind loses its nulls.
        """
        found: dict[str, Any] = filled(self._filling, manifest)
        if self.kind.builtin and has_null(found):
            found = without_nulls(found, self._body, self._definitions)
        metadata = found.get("metadata")
        if not self.kind.builtin and is_mapping(metadata) and has_null(metadata):
            schema = self._definitions.get(_META, _ANY)
            known = without_nulls(metadata, schema, self._definitions)
            found = {**found, "metadata": known}
        return found

    def validate(self, value: dict[str, Any], *, substituted: bool = False) -> Verdict:
        """Validate an object with its defaults against the schema.

        In a `substituted` object a text with `${x}` may still become anything.
        """
        validator = self._validator
        if validator is None:
            return Verdict(fits=False, faults=())
        try:
            if validator.is_valid(value):
                return FITS
            errors = list(validator.iter_errors(value))
            if not self.kind.builtin:
                errors = [each for each in errors if not _is_ignored(each)]
        except (ValueError, TypeError) as failure:
            return Verdict(fits=False, faults=(Fault("", f"cannot be read as JSON: {failure}"),))
        wording = Wording(of_secret=self._is_secret, substituted=substituted, pruned=_PRUNED)
        found = [each for error in errors for each in faults_of(error, self._strict, wording)]
        return Verdict(not errors, tuple(sorted(dict.fromkeys(found))))

    def rule_faults(
        self, value: dict[str, Any], noted: set[UncheckedRule], budget: CelBudget | None = None
    ) -> Iterator[Fault]:
        """Yield the CEL rules that an object breaks; it has its defaults and fits the schema.

        `noted` collects the rules that cannot be evaluated for it, or not within `budget`.
        """
        return self.rules.faults(value, noted, budget)

    def list_faults(self, value: dict[str, Any], *, substituted: bool = False) -> Iterator[Fault]:
        """Yield the problems that the server finds in lists and quantities."""
        return list_faults(self._lists, value, substituted=substituted)

    @cached_property
    def _short(self) -> Any:
        return short_numbers(self._body, self._definitions) if self.kind.builtin else None

    def cut_off_faults(self, value: dict[str, Any]) -> Iterator[Fault]:
        """Yield the numbers that the API server cuts off without an error."""
        return cut_off_faults(self._short, value)

    @cached_property
    def _dated(self) -> Any:
        if not self.kind.builtin:
            return None
        return dated_branch(self._body, self.kind.definition, self._definitions)

    def dated_fields(self, value: dict[str, Any]) -> Mapping[str, VersionSpan]:
        """Return the fields of an object that not every version of Kubernetes has, by path."""
        return dict(dated_fields(self._dated, value))

    def requirement_faults(
        self, value: dict[str, Any], minor: int, *, substituted: bool = False
    ) -> Iterator[Fault]:
        """Yield the requirements beyond the schema that an object of a built-in kind breaks.

        `minor` is the version of the API server, 35 for 1.35.
        """
        return requirement_faults(
            self._requirements,
            value,
            minor=minor,
            of_secret=self._is_secret,
            substituted=substituted,
        )

    @property
    def _is_secret(self) -> bool:
        return self.kind.builtin and self.kind.kind == "Secret"


def _is_ignored(error: ValidationError) -> bool:
    """Return True for a null in the metadata of an embedded resource, as one that is absent.

    The schema of a custom kind refers to nothing but metadata.
    """
    return error.instance is None and error.schema_path[0] == "definitions"


def _authored(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a kind; fields that only the server writes are allowed unchecked."""
    stored: object = schema.get("properties")
    known = stored if is_mapping(stored) else {}
    properties: dict[str, Any] = {**known}
    if not known and (keeps_unknown(schema) or schema.get("type") != "object"):
        # A kind that describes nothing takes any spec.
        properties = {"spec": {"x-kubernetes-preserve-unknown-fields": True}}
    required: object = schema.get("required")
    needed = [name for name in required if name != _SERVER_FIELD] if is_list(required) else []
    return {**schema, "properties": {**properties, _SERVER_FIELD: _ANY}, "required": needed}
