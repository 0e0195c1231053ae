"""ResourceSets of the Flux Operator: their objects are in the tree, as far as inputs are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubestrata.gitops import from_folder
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import config_map, repository, unit

SET_IDENTITY = "ResourceSet.fluxcd.controlplane.io flux-system/tenants"
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: "
TENANTS = "inputs: [{tenant: shop, size: 3, on: true}, {tenant: wiki, size: '4', on: false}]"


def resource_set(spec: str, name: str = "tenants") -> str:
    head = "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\n"
    lines = "".join(f"  {line}\n" for line in spec.splitlines())
    return f"{head}metadata: {{name: {name}, namespace: flux-system}}\nspec:\n{lines}"


def provider(name: str, values: str, *, kind: str = "Static", labels: str = "{}") -> str:
    head = "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSetInputProvider\n"
    metadata = f"{{name: {name}, namespace: flux-system, labels: {labels}}}"
    return f"{head}metadata: {metadata}\nspec: {{type: {kind}, defaultValues: {values}}}\n"


def objects(*each: str) -> str:
    lines = (line for text in each for line in _item(text))
    return "resources:\n" + "\n".join(lines)


def _item(text: str) -> list[str]:
    first, *rest = text.splitlines()
    return [f"- {first}", *(f"  {line}" for line in rest)]


def template(text: str) -> str:
    return "resourcesTemplate: |\n" + "\n".join(f"  {line}" for line in text.splitlines())


def tree_of(top: Path, spec: str, **files: str) -> ClusterTree:
    named = {f"{name.replace('__', '/')}.yaml": text for name, text in files.items()}
    (tree,) = from_folder(
        repository(
            top,
            {"clusters/home/s.yaml": unit("sets"), "sets/set.yaml": resource_set(spec), **named},
        )
    )
    return tree


def maps(tree: ClusterTree) -> dict[str, dict[str, object]]:
    return {each.identity.name: each.manifest.get("data") or {}
            for each in tree.of_kind("", "ConfigMap")}  # fmt: skip


def notes(tree: ClusterTree) -> list[str]:
    return [f"{each.what}: {each.why}" for each in tree.unchecked]


def faults(tree: ClusterTree) -> list[str]:
    return [f"{each.path}: {each.message}" for each in tree.faults]


def test_objects_are_made_for_every_input_and_followed(tmp_path: Path) -> None:
    below = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: << inputs.tenant >>, namespace: flux-system}
spec:
  path: ./<< inputs.tenant >>
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}"""
    same = f"{HEAD}{{name: same, namespace: shop}}"
    spec = "\n".join((TENANTS, "commonMetadata: {labels: {team: shop}}", objects(below, same)))
    tree = tree_of(tmp_path, spec, shop__a=config_map("a"), wiki__b=config_map("b"))
    assert sorted(maps(tree)) == ["a", "b", "same"]
    (made,) = (each for each in tree.of_kind("", "ConfigMap") if each.identity.name == "same")
    assert dict(made.labels) == {"team": "shop"}
    assert str(made.place) == "sets/set.yaml:1"
    assert str(made.unit) == SET_IDENTITY
    names = {unit.name: str(each.parent) for unit, each in tree.units.items()}
    assert names["shop"] == names["wiki"] == SET_IDENTITY
    sets = "Kustomization.kustomize.toolkit.fluxcd.io flux-system/sets"
    assert names["tenants"] == sets
    assert (notes(tree), faults(tree)) == ([], [])


def test_texts_are_read_as_yaml_after_they_are_filled_in(tmp_path: Path) -> None:
    text = f"""{HEAD}{{name: "<< inputs.tenant >>-x"}}
data:
  bare: << inputs.size >>
  quoted: << inputs.size | quote >>
  label: "a: << inputs.size >>"
  << inputs.tenant >>: "<<- if inputs.on >>yes<<- else >>no<<- end >>"
  nested: << dict "a" (list 1 2) | toYaml | nindent 4 >>
  slug: << slugify "Feature/ABC_1  x" >>
  where: << inputs.provider.name >>"""
    made = maps(tree_of(tmp_path, f"{TENANTS}\n{objects(text)}"))
    assert made["shop-x"] == {
        "bare": 3,
        "quoted": "3",
        "label": "a: 3",
        "shop": True,
        "nested": {"a": [1, 2]},
        "slug": "feature-abc_1-x",
        "where": "tenants",
    }
    assert (made["wiki-x"]["bare"], made["wiki-x"]["wiki"]) == (4, False)


def test_a_template_may_hold_several_documents(tmp_path: Path) -> None:
    text = f"""<<- range $i := list 1 2 >>
---
{HEAD}{{name: c<< $i >>-<< inputs.tenant >>, namespace: shop}}
<<- end >>"""
    assert sorted(maps(tree_of(tmp_path, f"{TENANTS}\n{template(text)}"))) == [
        *("c1-shop", "c1-wiki", "c2-shop", "c2-wiki"),
    ]


def test_steps_and_plain_templates_are_read(tmp_path: Path) -> None:
    written = """steps:
- name: one
  resources:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: first, namespace: shop}
- name: two
  resourcesTemplate: |
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: second, namespace: shop}"""
    assert sorted(maps(tree_of(tmp_path, written))) == ["first", "second"]


def test_static_providers_are_inputs_wherever_they_are(tmp_path: Path) -> None:
    text = f"{HEAD}{{name: << inputs.region >>, namespace: shop}}"
    spec = "inputsFrom: [{name: one}, {selector: {matchLabels: {a: b}}}]\n" + objects(text)
    tree = tree_of(
        tmp_path,
        spec,
        clusters__home__z=unit("zones"),
        zones__p=provider("one", "{region: east}"),
        zones__q=provider("two", "{region: west}", labels="{a: b}"),
        zones__r=provider("three", "{region: north}"),
    )
    assert sorted(maps(tree)) == ["east", "west"]


def test_permutations_have_the_names_of_their_providers(tmp_path: Path) -> None:
    text = f"{HEAD}{{name: << inputs.tenants.a >>-<< inputs.my_zone.b >>, namespace: shop}}"
    spec = "inputStrategy: {name: Permute}\ninputs: [{a: x}, {a: y}]\n"
    spec += "inputsFrom: [{name: my-zone}]\n" + objects(text)
    tree = tree_of(tmp_path, spec, sets__p=provider("my-zone", "{b: z}"))
    assert sorted(maps(tree)) == ["x-z", "y-z"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{name: one}", "the input provider one reads GitHubPullRequest, outside of the tree"),
        ("{name: two}", "the input provider two is not in the tree"),
        ("{selector: {matchLabels: {a: b}}}", "an input provider is not in the tree"),
    ],
)
def test_inputs_of_the_cluster_are_noted(tmp_path: Path, source: str, why: str) -> None:
    open_, plain = (f"{HEAD}{{name: {name}, namespace: shop}}" for name in ("<< inputs.a >>", "b"))
    spec = f"inputsFrom: [{source}]\n{objects(open_, plain)}\n{template(open_)}"
    tree = tree_of(tmp_path, spec, sets__p=provider("one", "{a: x}", kind="GitHubPullRequest"))
    assert sorted(maps(tree)) == ["b"]
    assert notes(tree) == [
        f"ConfigMap shop/<< inputs.a >> of {SET_IDENTITY}: {why}",
        f"resourcesTemplate of {SET_IDENTITY}: {why}",
    ]
    assert not {each.identity.name: each for each in tree.units.values()}["tenants"].complete


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<< inputs.tenent >>", 'the template fails: the parameters have no key "tenent"'),
        ("<< input.tenant >>", 'the template fails: function "input" not defined'),
        ("<< env `HOME` >>", 'the template fails: function "env" not defined'),
        ("<< inputs.tenant", "the template fails: an action has no end"),
        ("<< if inputs.tenant >>a", "the template fails: <<if>> has no <<end>>"),
    ],
)
def test_a_template_that_fails_is_reported_once(tmp_path: Path, text: str, problem: str) -> None:
    made = f"{HEAD}{{name: x, namespace: shop}}\ndata: {{a: '{text}'}}"
    tree = tree_of(tmp_path, f"{TENANTS}\n{objects(made)}")
    assert faults(tree) == [f"spec.resources[0]: {problem}"]


def test_other_problems_are_reported(tmp_path: Path) -> None:
    off = "annotations: {fluxcd.controlplane.io/reconcile: disabled}"
    spec = "\n".join(
        (
            objects("kind: ConfigMap", f"{HEAD}{{name: off, namespace: shop, {off}}}"),
            template(f"{HEAD}[x"),
        )
    )
    tree = tree_of(tmp_path, spec)
    assert [each.partition(":")[0] for each in faults(tree)] == [
        "spec.resources[0]",
        "spec.resourcesTemplate",
    ]
    assert maps(tree) == {}
    now = f"{HEAD}{{name: '<< now >>', namespace: shop}}"
    assert notes(tree_of(tmp_path / "now", f"{TENANTS}\n{objects(now)}")) == [
        f"resources[0] of {SET_IDENTITY}: the function now is not evaluated here"
    ]
