"""The share of small mistakes in a component that its tests, or `kubestrata check`, notice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

from msgspec.structs import replace

from kubestrata.core.errors import KubestrataError
from kubestrata.core.frozen import Frozen
from kubestrata.core.identity import Identity
from kubestrata.core.json_value import Manifest
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.testing.finding import findings
from kubestrata.testing.mutation import Mutation, mutations
from kubestrata.testing.rendered_tree import RenderedTree

Assertion: TypeAlias = Callable[[RenderedTree], object]
"""A test of rendered objects: raises AssertionError if they are wrong."""


class MutationScore(Frozen):
    """The mutations by who noticed them; assertions come first, then the rules."""

    by_assertions: Sequence[Mutation]
    by_rules: Sequence[Mutation]
    missed: Sequence[Mutation]

    @property
    def total(self) -> int:
        """The number of mutations."""
        return len(self.by_assertions) + len(self.by_rules) + len(self.missed)

    @property
    def share(self) -> float:
        """The share that was noticed, 0 to 1."""
        return 1 - len(self.missed) / self.total

    def __str__(self) -> str:
        head = (
            f"{self.total - len(self.missed)} of {self.total} mutations noticed "
            f"({self.share:.0%}): {len(self.by_assertions)} by assertions, "
            f"{len(self.by_rules)} by rules"
        )
        return "\n".join([head, *(f"  missed: {each}" for each in self.missed)])


def mutation_score(
    rendered: RenderedTree, *assertions: Assertion, count: int = 100, seed: int = 1
) -> MutationScore:
    """Change one object at a time, and run the assertions and the rules on each result.

    Equal mutations count once, so there may be fewer than `count`. Raises AssertionError if an
    assertion fails without a mutation, and for a tree without objects.
    """
    __tracebackhide__ = True
    for assertion in assertions:
        assertion(rendered)
    tree = rendered.tree
    ours = {each.identity for each in rendered.objects}
    subjects = [each for each in tree.subjects if each.identity in ours]
    drawn = mutations(subjects, Random(seed), count)  # noqa: S311  # no secret is drawn
    if not drawn:
        raise AssertionError("the rendered tree has no object that can be changed")
    known = _signs(rendered)
    unique = {(each.sort, each.object, each.what): each for each in drawn}.values()
    by_assertions: list[Mutation] = []
    by_rules: list[Mutation] = []
    missed: list[Mutation] = []
    for each in unique:
        mutant = mutated(rendered, each)
        if any(_fails(assertion, mutant) for assertion in assertions):
            by_assertions.append(each)
        elif _signs(mutant) - known:
            by_rules.append(each)
        else:
            missed.append(each)
    return MutationScore(by_assertions, by_rules, missed)


def mutated(rendered: RenderedTree, mutation: Mutation) -> RenderedTree:
    """Return the rendered tree with one mutation."""
    objects = [
        each if each.identity != mutation.object else replace(each, manifest=manifest)
        for each in rendered.objects
        if (manifest := _after(mutation, each.identity, each.manifest)) is not None
    ]
    return dataclasses.replace(
        rendered, objects=objects, derive=lambda: _changed_tree(rendered.tree, mutation)
    )


def _after(mutation: Mutation, identity: Identity, manifest: Manifest) -> Manifest | None:
    return manifest if identity != mutation.object else mutation.manifest


def _changed_tree(tree: ClusterTree, mutation: Mutation) -> ClusterTree:
    units = {
        key: replace(unit, objects=tuple(_changed(unit.objects, mutation)))
        for key, unit in tree.units.items()
    }
    return dataclasses.replace(tree, subjects=_changed(tree.subjects, mutation), units=units)


def _changed(subjects: Sequence[Subject], mutation: Mutation) -> list[Subject]:
    return [
        each if each.identity != mutation.object else replace(each, manifest=manifest)
        for each in subjects
        if (manifest := _after(mutation, each.identity, each.manifest)) is not None
    ]


def _fails(assertion: Assertion, rendered: RenderedTree) -> bool:
    try:
        assertion(rendered)
    except (AssertionError, LookupError, TypeError, ValueError, KubestrataError):
        return True
    return False


def _signs(rendered: RenderedTree) -> set[tuple[str, ...]]:
    """Return the findings about the whole tree: a mutation may break what refers to its object."""
    return {
        (each.rule, *each.finding.object, each.finding.path, each.finding.message)
        for each in findings(rendered)
    }
