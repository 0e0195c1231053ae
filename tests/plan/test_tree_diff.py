"""The difference of two trees, object by object and field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from kubestrata.core.field_change import FieldChange
from kubestrata.core.yaml_read import load_all
from kubestrata.core.yaml_text import dump
from kubestrata.plan import tree_diff
from kubestrata.plan.tree_diff import ObjectChange, compare
from tests.main_platform import delivered


def config_map(name: str = "a", **data: str) -> bytes:
    metadata = {"name": name, "namespace": "n"}
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    return dump({**head, "data": data}).encode()


def test_equal_trees_have_no_difference() -> None:
    tree = {"c1/a.yaml": config_map(x="1")}
    assert compare(tree, dict(tree)) == []


def test_added_removed_and_changed_objects_are_distinguished() -> None:
    before = {"c1/a.yaml": config_map("a", x="1"), "c1/b.yaml": config_map("b")}
    after = {"c1/a.yaml": config_map("a", x="2"), "c1/c.yaml": config_map("c")}
    assert compare(before, after) == [
        ObjectChange(
            "changed", "ConfigMap n/a", "c1/a.yaml", [FieldChange("data.x", "changed", "1", "2")]
        ),
        ObjectChange("removed", "ConfigMap n/b", "c1/b.yaml"),
        ObjectChange(
            "added",
            "ConfigMap n/c",
            "c1/c.yaml",
            note="resembles ConfigMap n/b; a rename deletes and creates",
        ),
    ]


def test_a_file_with_another_name_is_noted() -> None:
    [change] = compare({"c1/a.yaml": config_map()}, {"c1/b.yaml": config_map()})
    assert (change.verb, change.file, change.note) == ("changed", "c1/b.yaml", "was in c1/a.yaml")


def test_one_object_in_two_clusters_is_two() -> None:
    tree = {"c1/a.yaml": config_map(), "c2/a.yaml": config_map()}
    assert compare({}, tree) == [
        ObjectChange("added", "ConfigMap n/a", "c1/a.yaml"),
        ObjectChange("added", "ConfigMap n/a", "c2/a.yaml"),
    ]


def test_other_bytes_of_the_same_values_are_reported() -> None:
    commented = b"# by hand\n" + config_map()
    [change] = compare({"c1/a.yaml": commented}, {"c1/a.yaml": config_map()})
    assert (change.fields, change.note) == ([], "same values, other bytes")


def test_files_that_hold_no_object_are_compared_as_bytes() -> None:
    broken = {"c1/x.yaml": b"a: ["}
    assert compare(broken, dict(broken)) == []
    [change] = compare(broken, {"c1/x.yaml": b"a: [1]"})
    assert (change.verb, change.name) == ("changed", "c1/x.yaml")
    [sealed] = compare({"c1/s.enc.yaml": b"a: 1\n"}, {"c1/s.enc.yaml": b"a: 2\n"})
    assert sealed.fields == []


def test_conflict_markers_in_a_file_are_reported() -> None:
    conflict = b"a: 0\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n"
    [change] = compare({"c1/x.yaml": conflict}, {"c1/x.yaml": config_map()})
    assert change == ObjectChange(
        "changed",
        "ConfigMap n/a",
        "c1/x.yaml",
        [],
        "line 2 on disk is a Git conflict marker",
    )
    [broken] = compare({"c1/x.yaml": b"a: ["}, {"c1/x.yaml": config_map()})
    assert (broken.verb, broken.note) == ("changed", "the file on disk holds no readable object")


def obj(kind: str, name: str, api: str = "v1", **fields: Any) -> dict[str, Any]:
    """Return an object in the namespace `n`."""
    metadata = {"name": name, "namespace": "n", **fields.pop("metadata", {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **fields}


def tree(
    *objects: tuple[str, dict[str, Any]], prune: bool = True, **options: Any
) -> dict[str, bytes]:
    """Return a tree from objects by component, and the Kustomization of each component."""
    files: dict[str, bytes] = {}
    for component, manifest in objects:
        name = f"{manifest['metadata']['name']}-{manifest['kind'].lower()}"
        files[f"c1/apps/{component}/{name}.yaml"] = dump(manifest).encode()
        spec = {"path": f"./dist/c1/apps/{component}", "prune": prune, **options}
        unit = obj("Kustomization", component, "kustomize.toolkit.fluxcd.io/v1", spec=spec)
        files[f"c1/flux/{component}-kustomization.yaml"] = dump(unit).encode()
    return files


def of_objects(changes: Sequence[ObjectChange]) -> list[tuple[str, str, str, str]]:
    """Return the changes of objects other than Kustomizations."""
    found = [change for change in changes if not change.file.startswith("c1/flux/")]
    return [(change.verb, change.name, change.note, change.data_lost) for change in found]


CLAIM = obj("PersistentVolumeClaim", "data")
LOST = "its volume, depending on the reclaim policy"


def test_an_object_that_moves_to_another_kustomization_is_recreated() -> None:
    changes = compare(tree(("web", obj("Service", "a")), ("web", CLAIM)), tree(("site", CLAIM)))
    note = (
        "was in c1/apps/web/data-persistentvolumeclaim.yaml; "
        "Kustomization web deletes it, Kustomization site creates it"
    )
    assert of_objects(changes) == [
        ("recreated", "PersistentVolumeClaim n/data", note, LOST),
        ("removed", "Service n/a", "", ""),
    ]


def test_an_object_that_is_not_pruned_is_taken_over() -> None:
    kept = {"annotations": {"kustomize.toolkit.fluxcd.io/prune": "disabled"}}
    claim = obj("PersistentVolumeClaim", "data", metadata=kept)
    [taken] = of_objects(compare(tree(("web", claim)), tree(("site", claim))))
    assert taken[0::3] == ("changed", "")
    assert taken[2].endswith("; Kustomization site takes it over: its prune is disabled")
    [other] = of_objects(compare(tree(("web", CLAIM), prune=False), tree(("site", CLAIM))))
    assert other[2].endswith("takes it over: Kustomization web does not prune")


@pytest.mark.parametrize(
    ("options", "is_component_kept", "kept"),
    [
        ({}, False, False),
        ({"prune": False}, False, True),
        ({"prune": False}, True, True),
        ({"prune": False, "deletionPolicy": "Delete"}, False, False),
        ({"deletionPolicy": "Orphan"}, False, True),
        ({"deletionPolicy": "Orphan"}, True, False),
        ({"suspend": True}, False, True),
    ],
)
def test_an_object_that_flux_keeps_is_not_reported_as_deleted(
    options: dict[str, Any], *, is_component_kept: bool, kept: bool
) -> None:
    rest = ("web", obj("Service", "rest")) if is_component_kept else ("api", obj("Service", "a"))
    before = {**tree(("web", CLAIM), **options), **tree(rest, **options)}
    [change] = of_objects(compare(before, tree(rest, **options)))
    assert change[0] == "removed"
    assert (change[2].startswith("stays in the cluster: "), change[3] == "") == (kept, kept)


def test_a_renamed_object_is_deleted_and_created() -> None:
    before, after = obj("PersistentVolumeClaim", "data"), obj("PersistentVolumeClaim", "files")
    note = "resembles PersistentVolumeClaim n/data; a rename deletes and creates"
    assert of_objects(compare(tree(("web", before)), tree(("web", after)))) == [
        ("removed", "PersistentVolumeClaim n/data", "", LOST),
        ("added", "PersistentVolumeClaim n/files", note, ""),
    ]
    moved = obj("PersistentVolumeClaim", "data", metadata={"namespace": "m"})
    verbs = [one[0] for one in of_objects(compare(tree(("web", before)), tree(("web", moved))))]
    assert verbs == ["removed", "added"]


def test_several_likely_origins_are_not_reported() -> None:
    before = tree(("web", obj("ConfigMap", "a")), ("web", obj("ConfigMap", "b")))
    changes = of_objects(compare(before, tree(("web", obj("ConfigMap", "c")))))
    assert [note for _, _, note, _ in changes] == ["", "", ""]


@pytest.mark.parametrize(
    ("manifest", "lost"),
    [
        (obj("Namespace", "a"), "every object in it, with its volumes"),
        (
            obj("Cluster", "a", "postgresql.cnpg.io/v1", spec={}),
            "the databases and their volumes",
        ),
        (
            obj("Bucket", "a", "s3.aws.m.upbound.io/v1beta1", spec={"forProvider": {}}),
            "the resource managed by the provider",
        ),
        (
            obj(
                "VMSingle",
                "a",
                "operator.victoriametrics.com/v1beta1",
                spec={"storage": {"resources": {"requests": {"storage": "1Gi"}}}},
            ),
            "its volumes, depending on their reclaim policies",
        ),
        (
            obj(
                "HelmRelease",
                "a",
                "helm.toolkit.fluxcd.io/v2",
                spec={"values": {"primary": {"persistence": {"enabled": True}}}},
            ),
            "the data of its pods, unless the chart keeps it",
        ),
        (
            obj("StatefulSet", "a", "apps/v1", spec={"volumeClaimTemplates": [{}]}),
            "its pods; its PersistentVolumeClaims stay and need the same name to be used again",
        ),
        (obj("ConfigMap", "a"), ""),
        (obj("StatefulSet", "a", "apps/v1", spec={}), ""),
        (
            obj(
                "Bucket",
                "a",
                "s3.aws.upbound.io/v1beta1",
                spec={"forProvider": {}, "deletionPolicy": "Orphan"},
            ),
            "",
        ),
        (
            obj(
                "Bucket",
                "a",
                "s3.aws.m.upbound.io/v1beta1",
                spec={"forProvider": {}, "managementPolicies": ["Observe", "Update"]},
            ),
            "",
        ),
    ],
)
def test_deleted_objects_report_lost_data(manifest: dict[str, Any], lost: str) -> None:
    rest = obj("ConfigMap", "rest")
    [change] = of_objects(compare(tree(("web", manifest), ("web", rest)), tree(("web", rest))))
    assert change[3] == lost


def test_composites_of_the_platform_hold_their_resources() -> None:
    spec = {"group": "example.org", "names": {"kind": "XSql"}, "claimNames": {"kind": "Sql"}}
    api = "apiextensions.crossplane.io/v1"
    definition = obj("CompositeResourceDefinition", "sqls", api, spec=spec)
    before = tree(("api", definition), ("web", obj("Sql", "db", "example.org/v1")))
    [change] = of_objects(compare(before, tree(("api", definition))))
    assert change[3] == "the resources created by its composition"


def test_a_cluster_without_a_folder_deletes_nothing() -> None:
    [change] = of_objects(compare(tree(("web", CLAIM)), {}))
    assert change[2:] == (
        "stays in the cluster: without the folder c1 its delivery applies and deletes nothing",
        "",
    )


def test_objects_with_data_come_first() -> None:
    before = tree(("a", obj("ConfigMap", "a")), ("z", CLAIM))
    changes = compare(before, tree(("b", obj("Secret", "b"))))
    assert changes[0].name == "PersistentVolumeClaim n/data"


def test_known_objects_of_unchanged_files_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a platform, only files that differ are parsed, and the changes are the same."""
    made = delivered()
    before, after = dict(made.contents), made.contents
    files = sorted(made.manifests)
    for file in files[:: len(files) // 20]:
        before[file] = before[file].replace(b"name: ", b"name: x-", 1)
    for file in files[7 :: len(files) // 10]:
        before[f"{file[:-5]}-old.yaml"] = before.pop(file)
    found = compare(before, after)
    assert len(found) > 20
    parsed: list[str] = []

    def counted(text: str, source: str) -> Any:
        parsed.append(source)
        return load_all(text, source)

    monkeypatch.setattr(tree_diff, "load_all", counted)
    assert compare(before, after, made.manifests) == found
    assert parsed
    unchanged = {file for file in after if before.get(file) == after[file]}
    assert not unchanged & {*parsed} & {*made.manifests}
    parsed.clear()
    assert compare(after, after) == []
    assert not parsed
