"""Charts without a schema: the keys of values.yaml, and nothing that it does not state."""

from __future__ import annotations

import json

import msgspec
import pytest

from kubestrata.bindings import DERIVED, check
from kubestrata.bindings.source import known_keys
from kubestrata.core.errors import ImportSourceError
from tests.bindings.project import Project
from tests.bindings.test_chart import CHART, CRD, packed, put, refused, unpacked

SECRET = "a sentence of upstream"
VALUES = f"""# {SECRET}
replicas: 1
image: &image {{tag: "{SECRET}", pull: true}}
sidecar: {{<<: *image, port: 80}}
podAnnotations: {{}}
tolerations: []
affinity: null
"""


def files(values: str, **more: str) -> dict[str, str | bytes]:
    named = {f"c/{name}": text for name, text in more.items()}
    return {"c/Chart.yaml": CHART, "c/values.yaml": values, **named}


def stored(project: Project) -> str:
    return (project.tree / "helm" / "_schemas" / "my_chart.json").read_text()


def test_keys_become_loosely_typed_values_and_no_default_is_kept(project: Project) -> None:
    put(project, packed(files(VALUES)))
    assert project.generate().values == ("helm.my_chart",)
    helm = project.load("helm").my_chart
    for replicas in (2, "2", True):
        values = helm.Values(replicas=replicas, affinity={"a": 1}, tolerations=["any"])
        assert msgspec.to_builtins(values)["replicas"] == replicas
    whole = helm.Values(sidecar={"port": 1, "unheard_of": 2}, pod_annotations={"a": "b"})
    assert msgspec.to_builtins(whole)["sidecar"] == {"port": 1, "unheard_of": 2}
    with pytest.raises(TypeError, match="replica"):
        helm.Values(replica=1)
    assert json.loads(stored(project))[DERIVED] is True
    assert SECRET not in stored(project) + project.source("helm/my_chart.py")
    assert check(project.config, project.imports, None) == []


def test_a_schema_is_preferred_and_then_values_yaml_is_not_read(project: Project) -> None:
    schema = {"type": "object", "properties": {"size": {"type": "integer"}}}
    more = {"values.schema.json": json.dumps(schema)}
    unpacked(project, files("[", **more))
    project.add("c")
    assert project.generate().problems == ()
    assert DERIVED not in stored(project)
    (project.folder / "c/values.yaml").write_text("changed: true")
    assert check(project.config, project.imports, None) == []


def test_a_change_of_values_yaml_is_seen(project: Project) -> None:
    unpacked(project, files(VALUES))
    project.add("c")
    project.generate()
    (project.folder / "c/values.yaml").write_text(VALUES + "more: 1\n")
    assert check(project.config, project.imports, None) != []


def test_values_that_say_nothing_leave_the_kinds(project: Project) -> None:
    put(project, packed(files("# nothing\n", **{"crds/a.yaml": CRD})))
    report = project.generate()
    assert (report.kinds, report.values, report.problems) == (("example_org.v1.Widget",), (), ())


BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{{', '.join(f'k{k}: *a{n - 1}' for k in range(9))}}}\n" for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ("- a\n", "is not a mapping"),
        ("a: [\n", "not readable as YAML"),
        ("a: !!python/object:os.system {}\n", "not readable as YAML"),
        (BOMB, "values once aliases are written out"),
        ("".join(f"k{n}: 1\n" for n in range(known_keys.MAX_KEYS + 1)), "has more than 20000 keys"),
        ("{a: " * 5000, "nested deeper"),
        ("# only a comment\n", "it describes no values"),
        ("{}\n", "it describes no values"),
    ],
    ids=["list", "yaml", "tag", "bomb", "keys", "depth", "comment", "empty"],
)
def test_a_text_that_is_not_a_values_file_is_refused(
    project: Project, values: str, why: str
) -> None:
    assert why in refused(project, packed(files(values)))


def test_hostile_keys_stay_data(project: Project) -> None:
    keys = ['"""', "a b", "import os", "__class__", "\\", "class", "{x}", "1"]
    put(project, packed(files(json.dumps({key: {"x'\n": 1} for key in keys}))))
    project.generate()
    assert project.load("helm").my_chart.Values(class_={}) is not None


def test_a_merge_of_itself_ends() -> None:
    with pytest.raises(ImportSourceError):
        known_keys.known_keys("a", "a: &a {<<: *a}\n", frozenset())


def test_what_charts_hand_on_to_kubernetes_stays_open() -> None:
    text = "resources: {requests: {cpu: 1}}\npodLabels: {a: b}\nserver: {nodeSelector: {os: x}}"
    schema = known_keys.known_keys("values.yaml", text, frozenset())
    assert schema is not None
    server = schema["properties"]["server"]
    assert schema["properties"]["resources"] == schema["properties"]["podLabels"] == {}
    assert server == {"type": "object", "properties": {"nodeSelector": {}}}
