"""The knowledge files agree with the bindings, and hold no fact twice."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.json_value import is_mapping, sequence
from kubestrata.knowledge import (
    COMPILED,
    FOLDER,
    KindName,
    KnowledgeError,
    ProjectFact,
    compiled,
    knowledge,
    matches_group,
    read,
)
from kubestrata.schema import cel_library as cel

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(FOLDER.glob("*.toml"))
FACTS = read(FOLDER)
PROJECTS = sorted(FACTS.projects.items())
# The order of these lists is a fact: the last switch is the advice, the first path and kind hold.
ORDERED = {
    ("charts", "switches"),
    ("makes", "at"),
    ("outside", "property"),
    ("outside", "source"),
    ("references", "to"),
}
# What facts may be about, beside kinds.
NOT_KINDS = ("ChartValues", "PodSpec")
# Kinds of bound groups that this repository has not bound itself.
UNBOUND = {
    ("argoproj.io", "Rollout"),
    ("iam.aws.m.upbound.io", "AccessKey"),
    ("iam.aws.m.upbound.io", "UserPolicyAttachment"),
    ("kagent.dev", "MCPServer"),
}


def bound() -> dict[tuple[str, str], bool]:
    """Return every kind of the bindings, and True if it is namespaced."""
    index = json.loads((ROOT / "imports" / "kubeapis" / "_index.json").read_text("utf-8"))
    return {(each["group"], each["kind"]): each["namespaced"] for each in index}


def named(project: ProjectFact) -> Iterator[KindName]:
    """Yield every kind in a project's file."""
    for reference in project.references:
        yield from map(KindName.parse, (*reference.to, *reference.aliases.values()))
    lists = (
        *(project.health, project.images, project.makes, project.monitors, project.operands),
        *(project.autoscalers, project.outside, project.reaches, project.references, project.sizes),
    )
    for each in (fact for facts in lists for fact in facts):
        yield from (KindName.parse(kind) for kind in each.of if kind not in NOT_KINDS)
    yield from map(KindName.parse, (*project.kinds, *project.without_ready))


def exact(kinds: Iterable[KindName]) -> set[tuple[str, str]]:
    return {(each.group, each.kind) for each in kinds if not each.is_pattern}


def unsorted(value: Any, *keys: str) -> Iterator[str]:
    """Yield every table and list of a file that is not sorted, or has an entry twice."""
    path = ".".join(keys)
    if is_mapping(value):
        # The fields of one fact are in an order that reads well, after the entries of a table.
        if len(keys) == 1 and list(value) != sorted(value):
            yield path
        for key, inner in value.items():
            yield from unsorted(inner, *keys, key)
        return
    items = list(sequence(value))
    if items and is_mapping(items[0]):
        order = [(each["of"], each.get("at", []), each.get("to", [])) for each in items]
        if order != sorted(order):
            yield path
        for index, each in enumerate(items):
            yield from unsorted(each, *keys, str(index))
    elif (keys[0], keys[-1]) in ORDERED:
        yield from (path for _ in range(len(items) - len(set(items))))
    elif items != sorted(set(items)):
        yield path


def test_the_json_file_holds_the_facts_of_the_toml_files() -> None:
    assert COMPILED.read_bytes() == compiled(FACTS), "run `make knowledge`"
    assert knowledge().projects == FACTS.projects


def test_tables_and_lists_are_sorted() -> None:
    found = {
        f"{file.name} {path}"
        for file in FILES
        for path in unsorted(tomllib.loads(file.read_text("utf-8")))
    }
    assert found == set()
    assert len(FILES) >= len(PROJECTS) > 70


def groups_of(project: ProjectFact) -> Iterator[str]:
    """Yield every group in a project's file that is no pattern."""
    yield from (each.group for each in named(project) if not each.group.startswith("*"))
    yield from (group for chart in project.charts.values() for group in chart.crds)
    yield from (group for several in project.repositories.values() for group in several)


def test_every_group_in_a_file_is_declared() -> None:
    undeclared = {
        f"{name} {group}"
        for name, project in PROJECTS
        for group in groups_of(project)
        if not any(matches_group(own, group) for own in FACTS.groups)
    }
    assert undeclared == set()


def test_groups_are_in_the_bindings_unless_they_are_foreign() -> None:
    groups = {group for group, _ in bound()}
    exact_groups = {name: each for name, each in FACTS.groups.items() if not name.startswith("*")}
    foreign = {name for name, each in exact_groups.items() if each.foreign}
    assert foreign & groups == set()
    assert set(exact_groups) - foreign - groups == set()


def test_kinds_exist_in_the_bindings_of_their_group() -> None:
    known = bound().keys() | UNBOUND
    unknown = {
        f"{name} {key}"
        for name, project in PROJECTS
        for key in exact(named(project)) - known
        if not FACTS.group(key[0]).foreign
    }
    assert unknown == set()


def test_every_kind_has_the_scope_of_the_bindings() -> None:
    ours = set(FACTS.kinds) | {key for _, project in PROJECTS for key in exact(named(project))}
    ours |= {key for key in bound() if FACTS.group(key[0]).builtin}
    wrong = {
        key
        for key in ours & bound().keys()
        if FACTS.kind(*key).namespaced is not bound()[key]
        # A kind that is never looked up by name may leave its scope to the bindings.
        and (key in FACTS.kinds or FACTS.group(key[0]).builtin)
    }
    assert wrong == set()


def test_built_in_groups_are_those_of_the_bindings() -> None:
    index = json.loads((ROOT / "imports" / "kubeapis" / "_index.json").read_text("utf-8"))
    built_in = {each["group"] for each in index if each["builtin"]}
    declared = {name for name, each in FACTS.groups.items() if each.builtin}
    # Both have no kinds that are stored.
    assert declared - built_in == {"authentication.k8s.io", "authorization.k8s.io"}
    assert built_in - declared == set()


def test_expressions_can_be_read() -> None:
    projects = [project for _, project in PROJECTS]
    for fact in (each for project in projects for each in project.health):
        cel.compile(fact.ready)
        assert "  " not in fact.ready, fact.of
    for reference in (each for project in projects for each in project.references):
        re.compile(reference.except_names)
    for outside in (each for project in projects for each in project.outside):
        re.compile(outside.within)
        named_group = not outside.pattern or "name" in re.compile(outside.pattern).groupindex
        assert named_group, outside.of


def stated() -> Iterator[tuple[object, ...]]:
    """Yield every fact of all files that only one of them may hold."""
    for reference in FACTS.references:
        yield from product(reference.of, reference.at, reference.to)
    for made in FACTS.makes:
        yield from (("makes", kind, made.at, made.names) for kind in made.of)
    for outside in FACTS.outside:
        found = (outside.sort, outside.name, outside.property, tuple(outside.where.items()))
        yield from ((kind, at, each) for kind, at, each in product(outside.of, outside.at, [found]))
    for reach in FACTS.reaches:
        yield from product(reach.of, reach.at, [reach.host])
    for size in FACTS.sizes:
        yield from product(["size"], size.of, size.at)
    for _, project in PROJECTS:
        yield from (("without_ready", kind) for kind in project.without_ready)
        for sort in ("autoscalers", "health", "monitors", "operands"):
            for fact in getattr(project, sort):
                yield from ((sort, kind) for kind in fact.of)


def test_no_fact_is_declared_twice() -> None:
    assert [fact for fact, count in Counter(stated()).items() if count > 1] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n[groups x]", "own.toml: .*line 2"),
        ("[chart.own]\n", r"own.toml: .*`chart`"),
        ('[charts.own]\ncrds = ["a.b"]\nswitch = "x"\n', r"own.toml: .*`switch`.*charts"),
        (
            '[[outside]]\nof = ["A.b"]\nat = ["c"]\nsort = "pail"\n',
            r"own.toml: .*'pail'.*outside\[0\].sort",
        ),
        ('[[placeholders]]\nof = ["A.b"]\n', r"own.toml: .*`at`.*placeholders"),
        ('[[references]]\nof = ["A.b"]\nat = []\nto = ["C"]\n', r"own.toml: .*references\[0\].at"),
        ('[kinds]\n"A.b" = { charts = "all" }\n', r"own.toml: .*'all'.*kinds"),
    ],
)
def test_an_error_names_file_and_key(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(KnowledgeError, match=message):
        read(tmp_path)


def test_a_group_is_in_one_file(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('[groups]\n"a.b" = {}\n')
    (tmp_path / "two.toml").write_text('[groups]\n"a.b" = {}\n')
    with pytest.raises(KnowledgeError, match=r"two\.toml: 'a\.b': already in one\.toml"):
        read(tmp_path).group("a.b")


def test_patterns_match_groups_and_kinds() -> None:
    bucket = KindName.parse("*.*.example.com")
    assert bucket.matches("s3.example.com", "Bucket")
    assert not bucket.matches("example.com", "Bucket")
    assert KindName.parse("*.example.com").matches("example.com", "Bucket")
    assert not KindName.parse("Bucket.example.com").matches("example.com", "Key")
    assert KindName.parse("*").matches("", "Secret")
    assert KindName.parse("Secret") == ("", "Secret")
