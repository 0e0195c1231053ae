"""Tests of components and clusters: render them, look objects up, assert what must hold.

`kubestrata.testing.snapshot` requires syrupy, `kubestrata.testing.strategies` requires hypothesis.
"""

from kubestrata.testing.connection import assert_closed, assert_open
from kubestrata.testing.extra import MissingExtra
from kubestrata.testing.fake_cluster import (
    FakeCluster,
    bare_cluster,
    full_cluster,
    new_component,
)
from kubestrata.testing.finding import (
    assert_finding,
    assert_no_errors,
    assert_no_finding,
    findings,
)
from kubestrata.testing.mutation import Mutation
from kubestrata.testing.mutation_score import MutationScore, mutation_score
from kubestrata.testing.refusal import Refusal, refused
from kubestrata.testing.rendered_tree import RenderedTree, render
from kubestrata.testing.schema_problem import schema_problems
from kubestrata.testing.tree_object import TreeObject

__all__ = [
    "FakeCluster",
    "MissingExtra",
    "Mutation",
    "MutationScore",
    "Refusal",
    "RenderedTree",
    "TreeObject",
    "assert_closed",
    "assert_finding",
    "assert_no_errors",
    "assert_no_finding",
    "assert_open",
    "bare_cluster",
    "findings",
    "full_cluster",
    "mutation_score",
    "new_component",
    "refused",
    "render",
    "schema_problems",
]
