"""Files beside a delivery: disabled, applied by hand, or made by something else."""

from __future__ import annotations

from pathlib import Path

from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.gitops.argo import application
from tests.gitops.repository import SYNC, config_map, unit

_NAMES = [f"app{number}" for number in range(24)]


def _trees(top: Path, files: dict[str, str]) -> list[ClusterTree]:
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return from_folder(top)


def _names(tree: ClusterTree) -> list[str]:
    return sorted(each.identity.name for each in tree.of_kind("", "ConfigMap"))


def _listed(names: list[str]) -> dict[str, str]:
    """Return a list of Kustomizations, each beside the folder that it applies."""
    entries = "".join(f"  - ./{name}/ks.yaml\n" for name in names)
    files = {"apps/home/kustomization.yaml": f"resources:\n{entries}"}
    for name in names:
        files[f"apps/home/{name}/ks.yaml"] = _kustomization(f"apps/home/{name}/app")
        files[f"apps/home/{name}/app/c.yaml"] = config_map(name)
    return files


def _kustomization(folder: str) -> str:
    return unit(folder).replace(f"name: {folder}", f"name: {folder.split('/')[-2]}", 1)


def test_a_kustomization_that_no_list_names_is_disabled_where_lists_name_most(
    tmp_path: Path,
) -> None:
    files = _listed(_NAMES) | {
        "apps/off/other/ks.yaml": _kustomization("apps/off/other/app"),
        "apps/off/other/app/c.yaml": config_map("other"),
    }
    assert [_names(tree) for tree in _trees(tmp_path, files)] == [sorted(_NAMES)]


def test_a_kustomization_beside_the_list_of_a_delivered_folder_is_disabled(tmp_path: Path) -> None:
    files = _listed(["a", "b"]) | {
        "top/apps.yaml": unit("apps/home").replace("name: apps/home", "name: apps", 1),
        "apps/home/off/ks.yaml": _kustomization("apps/home/off/app"),
        "apps/home/off/app/c.yaml": config_map("off"),
    }
    assert [_names(tree) for tree in _trees(tmp_path, files)] == [["a", "b"]]


def test_an_application_that_applies_itself_does_not_hide_those_applied_by_hand(
    tmp_path: Path,
) -> None:
    files = {
        "vms/kustomization.yaml": "resources: [app.yaml, c.yaml]\n",
        "vms/app.yaml": application("vms", "path: vms"),
        "vms/c.yaml": config_map("vm"),
    }
    for name in ("p", "q", "r"):
        files[f"argo/{name}.yaml"] = application(name, f"path: {name}")
        files[f"{name}/c.yaml"] = config_map(name)
    seen = {name for tree in _trees(tmp_path, files) for name in _names(tree)}
    assert seen == {"vm", "p", "q", "r"}


def test_a_file_of_values_beside_an_application_is_not_applied(tmp_path: Path) -> None:
    values = "extra:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n"
    files = {
        "apps/app.yaml": application("web", "path: web"),
        "apps/values.yaml": values,
        "web/c.yaml": config_map("web"),
    }
    [tree] = _trees(tmp_path, files)
    assert (list(tree.faults), _names(tree)) == ([], ["web"])


def test_a_folder_of_builtin_transformers_is_run(tmp_path: Path) -> None:
    transformer = (
        "apiVersion: builtin\nkind: NamespaceTransformer\n"
        "metadata: {name: apply, namespace: none}\nunsetOnly: false\n"
        "fieldSpecs:\n- {path: spec/targetNamespace, kind: Kustomization, create: true}\n"
    )
    files = {
        "clusters/home/sync.yaml": SYNC,
        "clusters/home/kustomization.yaml": "resources: [sync.yaml, web.yaml]\n"
        "transformers: [../../transformers/home]\n",
        "clusters/home/web.yaml": unit("web"),
        "transformers/base/kustomization.yaml": "resources: [t.yaml]\n",
        "transformers/base/t.yaml": transformer,
        "transformers/home/kustomization.yaml": "namespace: shop\nresources: [../base]\n",
        "web/c.yaml": config_map("web"),
    }
    [tree] = _trees(tmp_path, files)
    [web] = [each for each in tree.units.values() if each.identity.name == "web"]
    assert (web.subject.spec["targetNamespace"], list(tree.unchecked)) == ("shop", [])


def test_a_component_is_built_as_the_folder_of_a_kustomization(tmp_path: Path) -> None:
    files = {
        "clusters/home/sync.yaml": SYNC + "---\n" + unit("web", "  targetNamespace: shop\n"),
        "web/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\n"
        "kind: Component\nresources: [c.yaml]\n",
        "web/c.yaml": config_map("web").replace(", namespace: shop", ""),
    }
    [tree] = _trees(tmp_path, files)
    [found] = tree.of_kind("", "ConfigMap")
    assert (found.namespace, list(tree.faults)) == ("shop", [])


def test_a_source_with_a_single_user_among_many_is_another_repository(tmp_path: Path) -> None:
    other = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
        "metadata: {name: private, namespace: flux-system}\n"
        "spec: {url: 'ssh://git@example.com/private'}\n---\n"
    )
    own = SYNC.partition("---\n")[2]
    units = "".join(f"---\n{unit(name)}" for name in _NAMES[:12])
    files = {f"{name}/c.yaml": config_map(name) for name in _NAMES[:12]}
    private = unit("private", source="private").replace("./private", "./extra")
    files |= {
        "clusters/home/sync.yaml": own + units,
        "clusters/home/private.yaml": other + private,
        "extra/c.yaml": config_map("extra"),
    }
    [tree] = _trees(tmp_path, files)
    assert _names(tree) == sorted(_NAMES[:12])
