"""Structs that several kinds or versions of a package have: one class, found under every name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.bindings.project import ROOT, Project, crd, version
from tests.type_check import mypy

REF: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "port": {"type": "integer"}},
}
TEXT = {"type": "string"}
OTHER: dict[str, Any] = {"type": "object", "properties": {"path": {"type": "string"}}}
GADGET = crd(version({"targetRef": REF, "own": OTHER}), kind="Gadget")


def test_a_struct_of_two_kinds_is_one_class_under_both_names(project: Project) -> None:
    made = project.make(crd(version({"ref": REF})), GADGET)
    assert made.WidgetSpecRef is made.GadgetSpecTargetRef
    assert made.v1.WidgetSpecRef is made.v1.GadgetSpecTargetRef is made.WidgetSpecRef
    assert made.WidgetSpecRef.__module__ == "kubeapis.made.v1.shared"
    assert made.GadgetSpecOwn.__module__ == "kubeapis.made.v1.gadget"
    spec = made.GadgetSpec(target_ref=made.WidgetSpecRef(name="a"))
    assert msgspec.to_builtins(spec) == {"targetRef": {"name": "a"}}


def test_the_newest_version_declares_shared_structs(project: Project) -> None:
    older = version({"ref": REF, "old": OTHER}, name="v1beta1", storage=False)
    made = project.make(crd(version({"ref": REF}), older))
    assert made.v1beta1.WidgetSpecRef is made.v1.WidgetSpecRef is made.WidgetSpecRef
    assert made.WidgetSpecRef.__module__ == "kubeapis.made.v1.shared"
    assert made.v1beta1.WidgetSpecOld.__module__ == "kubeapis.made.v1beta1.widget"


def test_a_name_has_in_each_version_the_meaning_of_that_version(project: Project) -> None:
    """Two kinds share one meaning of `ref` in v1 and another one in v1beta1."""
    versions = (version({"ref": REF}), version({"ref": OTHER}, name="v1beta1", storage=False))
    made = project.make(crd(*versions), crd(*versions, kind="Gadget"))
    for name in ("WidgetSpecRef", "GadgetSpecRef"):
        assert "port" in getattr(made.v1, name).__struct_fields__
        assert getattr(made.v1beta1, name).__struct_fields__ == ("path",)
        assert getattr(made, name) is getattr(made.v1, name)


def test_the_stub_has_the_names_of_run_time(project: Project) -> None:
    """`v1beta1` is stored for one kind and `v1` for the other, so that both are exported."""
    project.write(
        "w.yaml",
        crd(version({"ref": REF}), version({"ref": OTHER}, name="v1beta1", storage=False)),
        package="made",
    )
    stored = (version({"ref": REF}, storage=False), version({"ref": OTHER}, name="v1beta1"))
    project.write("g.yaml", crd(*stored, kind="Gadget"), package="made")
    project.generate()
    made = project.load("made")
    assert made.WidgetSpecRef.__struct_fields__ == ("name", "port")
    assert made.GadgetSpecRef.__struct_fields__ == ("path",)
    (project.folder / "use.py").write_text(
        "from kubeapis import made\n"
        "made.WidgetSpec(ref=made.WidgetSpecRef(name='a', port=1))\n"
        "made.GadgetSpec(ref=made.GadgetSpecRef(path='a'))\n"
        "made.v1beta1.WidgetSpec(ref=made.v1beta1.WidgetSpecRef(path='a'))\n"
    )
    path = [ROOT / "lib", project.imports]
    done = mypy(project.folder, "use.py", project.tree, path=path)
    assert done.stdout + done.stderr == ""


def test_a_kind_may_be_called_shared(project: Project) -> None:
    made = project.make(crd(version({"ref": REF}), kind="Shared"), crd(version({"ref": REF})))
    assert made.Shared.kind == "Shared"
    assert made.SharedSpecRef is made.WidgetSpecRef


def test_restrictions_distinguish_equal_fields(project: Project) -> None:
    one = {**REF, "oneOf": [{"required": ["name"]}, {"required": ["port"]}]}
    made = project.make(crd(version({"ref": REF})), crd(version({"ref": one}), kind="Gadget"))
    assert made.WidgetSpecRef is not made.GadgetSpecRef


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_sources_makes_no_difference(project: Project, order: int) -> None:
    project.make(*[crd(version({"ref": REF})), GADGET][::order])
    assert "class GadgetSpecTargetRef(" not in project.source("made/v1/shared.py")
    assert "class WidgetSpecRef(" in project.source("made/v1/shared.py")


def test_a_long_name_has_a_short_one_that_says_the_kind_and_the_end(project: Project) -> None:
    part: dict[str, Any] = REF
    wires = ("certificateAuthority", "certificateStorage", "certificateSettings", "certificates")
    for wire in wires:
        part = {"type": "object", "properties": {wire: part}}
    made = project.make(crd(version({"first": part, "second": part})))
    ending = "CertificatesCertificateSettingsCertificateStorageCertificateAuthority"
    assert len(f"WidgetSpecFirst{ending}") > 80
    found = getattr(made, f"WidgetSpecFirst{ending}")
    assert found is made.Widget_First_CertificateAuthority
    assert found is made.Widget_Second_CertificateAuthority


def test_a_struct_is_called_as_most_of_its_places_are(project: Project) -> None:
    kinds = [crd(version({"secretRef": REF}), kind=kind) for kind in ("Long", "Longer", "Longest")]
    made = project.make(crd(version({"a": REF}), kind="A"), *kinds)
    assert made.ASpecA is made.LongestSpecSecretRef
    assert made.ASpecA.__name__ == "LongSpecSecretRef"
    assert "LongSpec.secretRef" not in made.ASpecA.__doc__
    assert made.ASpecA.__doc__.startswith("Long.spec.secretRef and 3 more places")
