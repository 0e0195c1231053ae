"""Kinds of one name in several groups of a package: reached by group, never by chance."""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from kubestrata.bindings.kind.custom_kind import CustomKind
from kubestrata.bindings.module.group_name import group_labels
from kubestrata.core.struct import Struct
from tests.bindings.odd import odd_crd
from tests.bindings.project import Project, crd, version
from tests.bindings.stub import broken_promises

COMPUTE = crd(version({"cores": {"type": "integer"}}), kind="Instance", group="compute.cloud.org")
DATABASE = crd(version({"rows": {"type": "integer"}}), kind="Instance", group="sql.cloud.org")
DISK = crd(version({"size": {"type": "integer"}}), kind="Disk", group="compute.cloud.org")


def labels(*groups: str) -> dict[str, str]:
    kinds = [CustomKind(group, "A", "as", namespaced=True, versions=(), line=1) for group in groups]
    return group_labels(kinds)


def test_a_kind_of_two_groups_is_reached_by_its_group(project: Project) -> None:
    made = project.make(COMPUTE, DATABASE, DISK)
    assert made.compute.Instance.api_version == "compute.cloud.org/v1"
    assert made.sql.v1.Instance.api_version == "sql.cloud.org/v1"
    assert made.compute.InstanceSpec(cores=1).cores == 1
    assert made.sql.InstanceSpec(rows=1).rows == 1
    assert made.Disk is made.compute.Disk is made.compute.v1.Disk is made.v1.Disk
    assert broken_promises(project.tree) == []


@pytest.mark.parametrize("name", ["Instance", "InstanceSpec"])
@pytest.mark.parametrize("package", ["made", "made.v1"])
def test_the_bare_name_is_an_error_that_lists_both(
    project: Project, package: str, name: str
) -> None:
    project.make(COMPUTE, DATABASE)
    expected = f"write kubeapis.made.compute.{name} or kubeapis.made.sql.{name}"
    with pytest.raises(AttributeError, match=expected):
        getattr(project.load(package), name)
    assert name not in project.load(package).__all__


def test_a_struct_that_ambiguous_kinds_share_is_one_class(project: Project) -> None:
    part = {"type": "object", "properties": {"name": {"type": "string"}}}
    kinds = [crd(version({"ref": part}), kind="Instance", group=f"{g}.org") for g in ("a", "b")]
    made = project.make(*kinds, crd(version({"ref": part}), kind="Disk", group="a.org"))
    assert made.a.InstanceSpecRef is made.b.InstanceSpecRef is made.DiskSpecRef
    assert made.DiskSpecRef.__name__ == "DiskSpecRef"


def test_a_struct_and_a_kind_of_one_name_are_ambiguous(project: Project) -> None:
    made = project.make(crd(), crd(version({"x": {"type": "string"}}), kind="WidgetSpec"))
    with pytest.raises(AttributeError, match=r"write kubeapis\.made\.v1\.widget\.WidgetSpec or "):
        _ = made.WidgetSpec
    assert made.v1.widget_spec.WidgetSpec.kind == "WidgetSpec"
    assert made.WidgetSpecSpec(x="a").x == "a"


def test_two_definitions_with_other_storage_versions_are_ambiguous(project: Project) -> None:
    project.write("a.yaml", crd(version(name="v1")), package="made")
    project.write("b.yaml", crd(version(name="v2")), package="made")
    project.generate()
    made = project.load("made")
    with pytest.raises(AttributeError, match=r"kubeapis\.made\.v1\.Widget or kubeapis\.made\.v2"):
        _ = made.Widget
    assert made.v2.Widget.api_version == "example.org/v2"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (("example.org",), {}),
        (("a.example.org", "b.example.org"), {"a.example.org": "a", "b.example.org": "b"}),
        (("a.b.org", "a.c.org"), {"a.b.org": "a_b", "a.c.org": "a_c"}),
        (("a.org", "a.org.com"), {"a.org": "a__org", "a.org.com": "a_org_com"}),
        (("v1.org", "1a.org"), {"v1.org": "v1_org", "1a.org": "group_1a"}),
    ],
)
def test_groups_are_called_by_their_first_labels(
    groups: tuple[str, ...], expected: Mapping[str, str]
) -> None:
    assert labels(*groups) == expected


def meanings(project: Project) -> Iterator[tuple[str, Any]]:
    """Return the meaning of each public name of the tree: a kind, or the fields of a struct."""
    for path in sorted(project.tree.rglob("*.py")):
        name = ".".join(path.relative_to(project.tree.parent).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for each in getattr(module, "__all__", ()):
            found = getattr(module, each)
            if isinstance(found, type) and issubclass(found, Struct):
                fields = msgspec.structs.fields(found)
                yield f"{module.__name__}.{each}", tuple(field.encode_name for field in fields)
            elif isinstance(found, type):
                yield f"{module.__name__}.{each}", getattr(found, "api_version", "")


def forget() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "kubeapis"]:
        del sys.modules[name]


@pytest.mark.parametrize("seed", range(8))
def test_a_source_more_never_changes_the_class_behind_a_name(seed: int, project: Project) -> None:
    choose = random.Random(seed)
    kinds = ("Disk", "DiskSpec", "disk", "Instance", "Compute", "compute")
    groups = ("compute.cloud.org", "compute.other.org", "sql.cloud.org", "disk.cloud.org")
    wanted = choose.sample([(kind, group) for kind in kinds for group in groups], 7)
    known: dict[str, Any] = {}
    for number, (kind, group) in enumerate(wanted):
        # A name in front of the others as often as behind them.
        project.write(f"{choose.random()}-{number}.yaml", odd_crd(choose, kind, group), package="m")
        assert project.generate().problems == ()
        forget()
        found = dict(meanings(project))
        changed = {name for name in known.keys() & found.keys() if known[name] != found[name]}
        assert changed == set()
        assert broken_promises(project.tree) == []
        known = found
