"""The objects of a cluster with their schemas, computed once for all rules that need them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.knowledge import VersionSpan
from kubestrata.rules.defined_kind import kinds_defined
from kubestrata.rules.passed_checks import KeptCheck
from kubestrata.rules.placeholders import is_substituted
from kubestrata.rules.subject import ClusterTree, Subject, Unchecked
from kubestrata.schema import (
    FITS,
    Catalogue,
    CelBudget,
    Extended,
    Fault,
    KindSchema,
    UncheckedRule,
    Verdict,
    installed,
)
from kubestrata.schema.catalogue import catalogue

_Found = TypeVar("_Found")
NOT_RENDERED = "not rendered"


class CheckedObject:
    """An object with its schema; results of validation are computed when first needed."""

    def __init__(self, tree: ClusterTree, subject: Subject, schema: KindSchema) -> None:
        self.subject = subject
        self.schema = schema
        self.substituted = is_substituted(tree, subject)
        """True if Flux substitutes in the object."""
        self._passed = tree.passed

    @cached_property
    def _key(self) -> bytes:
        """Return the digest of all that the checks depend on; b"" where nothing is kept."""
        if self._passed is None or self.subject.is_secret:
            return b""
        facts = self.schema.digest, b"%d" % self.substituted
        return self._passed.key(self.subject.manifest, *facts)

    def _found(
        self, check: KeptCheck, find: Callable[[], Iterable[_Found]], version: int = 0
    ) -> tuple[_Found, ...]:
        if self._passed is None:
            return tuple(find())
        return self._passed.found(self._key, check, find, version)

    @cached_property
    def value(self) -> dict[str, Any]:
        """The object with its defaults."""
        return self.schema.filled(self.subject.manifest)

    @cached_property
    def verdict(self) -> Verdict:
        """The result of validation by the schema."""
        found = self._found(KeptCheck.SCHEMA, self._misfits)
        return found[0] if found else FITS

    def _misfits(self) -> Iterator[Verdict]:
        verdict = self.schema.validate(self.value, substituted=self.substituted)
        if verdict != FITS:
            yield verdict

    def dated_fields(self) -> Mapping[str, VersionSpan]:
        """Return the fields that not every version of Kubernetes has, by path."""
        find = self.schema.dated_fields
        return dict(self._found(KeptCheck.DATED_FIELDS, lambda: find(self.value).items()))

    def cel_faults(self, noted: set[UncheckedRule], budget: CelBudget) -> list[Fault]:
        """Return the CEL rules that it breaks; `noted` collects those that cannot be evaluated."""
        own: set[UncheckedRule] = set()

        def find() -> Iterator[Fault | UncheckedRule]:
            yield from self.schema.rule_faults(self.value, own, budget)
            yield from own

        found = self._found(KeptCheck.CEL_RULES, find)
        known = {each.rule for each in noted}
        noted |= {each for each in own if each.rule not in known}
        return [each for each in found if isinstance(each, Fault)]

    def list_faults(self) -> tuple[Fault, ...]:
        """Return the problems that the server finds in lists and quantities."""
        find = self.schema.list_faults
        return self._found(KeptCheck.LISTS, lambda: find(self.value, substituted=self.substituted))

    def requirement_faults(self, minor: int) -> tuple[Fault, ...]:
        """Return the requirements of Kubernetes 1.`minor` that it does not meet."""
        find = self.schema.requirement_faults
        return self._found(
            KeptCheck.REQUIREMENTS,
            lambda: find(self.value, minor, substituted=self.substituted),
            minor,
        )

    def cut_off_faults(self) -> tuple[Fault, ...]:
        """Return the numbers that the API server cuts off without an error."""
        find = self.schema.cut_off_faults
        return self._found(KeptCheck.CUT_OFF_NUMBERS, lambda: find(self.value))


class Coverage(Frozen):
    """The number of objects that a schema validated, and the objects without one."""

    checked: int
    unchecked: tuple[Identity, ...]
    rules: tuple[str, ...]
    """The CEL rules that could not be checked, with their kind and the reason."""
    keywords: tuple[str, ...] = ()
    """The schema keywords that could not be read, with their kind, location and why."""


def catalogue_of(tree: ClusterTree) -> Catalogue:
    """Return the schemas that validate the objects of a cluster."""
    return tree.once(_catalogue)


def bound_catalogue(tree: ClusterTree) -> Catalogue:
    """Return the schemas of the bindings alone, whatever the cluster deploys."""
    return installed() if tree.schemas is None else catalogue((tree.schemas,))


def _catalogue(tree: ClusterTree) -> Catalogue:
    more = tuple(tree.more_schemas)
    bound = installed(more) if tree.schemas is None else catalogue((tree.schemas,), more)
    defined = kinds_defined(tree).kinds
    return Extended(bound, defined) if defined else bound


def schema_of(tree: ClusterTree, subject: Subject) -> KindSchema | None:
    """Return the schema of an object; None if it is encrypted, or its kind is not bound."""
    manifest = subject.manifest
    if "sops" in manifest:
        return None
    return catalogue_of(tree).get(str(manifest.get("apiVersion")), subject.identity.kind)


def checked_objects(tree: ClusterTree) -> list[CheckedObject]:
    """Return every object that has a schema, with its validation."""
    return tree.once(_checked)


def _checked(tree: ClusterTree) -> list[CheckedObject]:
    found = ((subject, schema_of(tree, subject)) for subject in tree.subjects)
    return [CheckedObject(tree, subject, schema) for subject, schema in found if schema is not None]


def unchecked_rules(tree: ClusterTree, schema: KindSchema) -> set[UncheckedRule]:
    """Return the unchecked CEL rules of a kind in this cluster; it grows while rules run."""
    known = tree.once(_unchecked_rules)
    if schema not in known:
        find = schema.unchecked_rules
        known[schema] = set(_of_schema(tree, schema, KeptCheck.UNCHECKED_RULES, find))
    return known[schema]


def is_readable(tree: ClusterTree, schema: KindSchema) -> bool:
    """Return True if the validator can read the whole schema."""

    def find() -> Iterator[object]:
        yield from schema.unchecked
        yield from filter(None, [schema.fault])

    return not _of_schema(tree, schema, KeptCheck.KEYWORDS, find)


def _of_schema(
    tree: ClusterTree, schema: KindSchema, check: KeptCheck, find: Callable[[], Iterable[_Found]]
) -> tuple[_Found, ...]:
    return tuple(find()) if tree.passed is None else tree.passed.found(schema.digest, check, find)


def _unchecked_rules(_tree: ClusterTree) -> dict[KindSchema, set[UncheckedRule]]:
    return {}


def unrendered(tree: ClusterTree) -> list[Unchecked]:
    """Return the releases of a cluster whose objects are not known, with the reasons."""
    return [
        Unchecked(str(each.object), f"{NOT_RENDERED}: {each.message}", each.place)
        for each in tree.charts.unrendered
    ]


def coverage(tree: ClusterTree) -> Coverage:
    """Return the coverage of a cluster by schemas, after its rules ran."""
    without = tuple(each.identity for each in tree.subjects if not _is_validated(tree, each))
    schemas = list(dict.fromkeys(each.schema for each in checked_objects(tree)))
    rules = tuple(
        f"{_kind(schema)}: {rule.rule}: {rule.why}"
        for schema in schemas
        for rule in sorted(unchecked_rules(tree, schema))
    )
    unread = [each for each in schemas if not is_readable(tree, each)]
    keywords = tuple(f"{_kind(each)}: {what}" for each in unread for what in each.unchecked)
    return Coverage(len(tree.subjects) - len(without), without, rules, keywords)


def _kind(schema: KindSchema) -> str:
    return f"{schema.kind.kind} {schema.kind.version}"


def _is_validated(tree: ClusterTree, subject: Subject) -> bool:
    schema = schema_of(tree, subject)
    return schema is not None and (is_readable(tree, schema) or not schema.fault)
