"""Another rendering of a release shows ignored values, looked up objects and moving images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from kubestrata.helm.release import Release
from kubestrata.helm.rendered import Rendered
from kubestrata.helm.renderer import Renderer
from kubestrata.helm.store import ChartStore, chart_at
from kubestrata.helm.variation import ReleaseFacts, release_facts
from tests.helm.chart import config, write_chart

SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login", "namespace": "prod"}}
KEY = "v1 Secret prod login"


def examined(
    tmp_path: Path, files: dict[str, str], values: dict[str, Any], **more: Any
) -> tuple[Rendered, ReleaseFacts]:
    chart = chart_at(write_chart(tmp_path / "c", files))
    release = Release(chart, "web", "prod", values, "1.34", **more)
    with Renderer(ChartStore(tmp_path / "store"), processes=1) as renderer:
        (found,) = renderer.render_all([release])
        assert isinstance(found, Rendered)
        (facts,) = release_facts(renderer, [(release, found)])
        # The second time they come from the store.
        assert release_facts(renderer, [(release, found)]) == [facts]
    return found, facts


def test_a_value_that_no_template_reads_is_ignored(tmp_path: Path) -> None:
    files = {
        "values.yaml": "a: 1\nall: {}\nb: {c: 1}\n",
        "templates/a.yaml": config(a="{{ .Values.a }}", b="{{ .Values.b | toJson | quote }}"),
        "templates/b.yaml": config(x="{{ .Values.extra | default 1 }}"),
    }
    values = {"a": 2, "all": {"x": 1}, "b": {"d": 2}, "extra": 3, "other": {"e": 1}}
    _, facts = examined(tmp_path, files, values)
    assert facts == ReleaseFacts(ignored=["other"])


def test_values_that_a_random_part_hides_are_found(tmp_path: Path) -> None:
    files = {"values.yaml": "a: 1\n", "templates/a.yaml": config(p="{{ randAlphaNum 20 }}")}
    found, facts = examined(tmp_path, files, {"b": 1})
    assert found.replaced == ("ConfigMap shop data.p",)
    assert facts == ReleaseFacts(ignored=["b"])


def test_an_object_without_which_something_changes_is_looked_up(tmp_path: Path) -> None:
    lookup = 'lookup "v1" "Secret" .Release.Namespace .Values.secret'
    files = {
        "values.yaml": "secret: ''\n",
        "templates/a.yaml": config(a=f"{{{{ if {lookup} }}}}found{{{{ else }}}}none{{{{ end }}}}"),
    }
    found, facts = examined(tmp_path, files, {"secret": "login"}, objects={KEY: SECRET})
    assert found.objects[0].manifest["data"] == {"a": "found"}
    assert facts == ReleaseFacts(looked_up=[KEY])


def test_an_object_may_be_required(tmp_path: Path) -> None:
    lookup = 'lookup "v1" "Secret" .Release.Namespace .Values.secret'
    files = {
        "values.yaml": "secret: ''\n",
        "templates/a.yaml": config(a=f"{{{{ ({lookup}).data.PASSWORD | b64dec }}}}"),
    }
    found, facts = examined(tmp_path, files, {"secret": "login"}, objects={KEY: SECRET})
    assert found.objects[0].manifest["data"] == {"a": "value-of-a-secret"}
    assert facts == ReleaseFacts(looked_up=[KEY], required=[KEY])


def test_an_object_that_is_only_named_is_not_looked_up(tmp_path: Path) -> None:
    other = 'lookup "v1" "Secret" .Release.Namespace "other"'
    files = {
        "values.yaml": "secret: ''\n",
        "templates/a.yaml": config(a="{{ .Values.secret }}", b=f"{{{{ len ({other}) }}}}"),
    }
    _, facts = examined(tmp_path, files, {"secret": "login"}, objects={KEY: SECRET})
    assert facts == ReleaseFacts()


def test_an_image_that_follows_kubernetes_is_found(tmp_path: Path) -> None:
    pod = """apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, image: "tool:{{ .Capabilities.KubeVersion.Minor }}"}]}
"""
    _, facts = examined(tmp_path, {"templates/a.yaml": pod}, {})
    assert facts == ReleaseFacts(images=[("tool:34", "tool:35")])


def test_what_keys_and_values_return_has_one_order(tmp_path: Path) -> None:
    text = config(k="{{ keys .Values.m | join `,` }}", v="{{ values .Values.m | join `,` }}")
    chart = chart_at(write_chart(tmp_path / "c", {"templates/a.yaml": text}))
    letters = {each: each.upper() for each in "hgfedcba"}
    release = Release(chart, "web", "prod", {"m": letters})
    with Renderer(ChartStore(tmp_path / "store"), processes=1) as renderer:
        (found,) = renderer.render_all([release])
        (again,) = renderer.render_all([replace(release, name="other")])
    assert isinstance(found, Rendered)
    assert isinstance(again, Rendered)
    data = found.objects[0].manifest["data"]
    assert data == {"k": "a,b,c,d,e,f,g,h", "v": "A,B,C,D,E,F,G,H"}
    assert again.objects[0].manifest["data"] == data
