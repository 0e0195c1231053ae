"""Another rendering of a release shows ignored values, looked up objects and moving images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kubestrata.helm.release import Release
from kubestrata.helm.rendered import Rendered
from kubestrata.helm.renderer import Renderer, Variant
from kubestrata.helm.store import ChartStore, chart_at
from kubestrata.helm.variation import ReleaseFacts, release_facts
from kubestrata.helm.work import Outcome, Work
from kubestrata.helm.worker_pool import WorkerPool
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


def test_a_variant_has_the_objects_of_unchanged_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"templates/a.yaml": config(a="{{ .Values.a }}"), "templates/b.yaml": config(b="1")}
    chart = chart_at(write_chart(tmp_path / "c", files))
    release = Release(chart, "web", "prod", {"a": "1"})
    changed = replace(release, values={"a": "2"})
    outcomes: list[Outcome] = []
    run = WorkerPool.run

    def recorded(pool: WorkerPool, works: Sequence[Work]) -> Iterator[tuple[int, Outcome]]:
        for position, outcome in run(pool, works):
            outcomes.append(outcome)
            yield position, outcome

    monkeypatch.setattr(WorkerPool, "run", recorded)
    with Renderer(ChartStore(tmp_path / "store"), processes=1) as renderer:
        base, whole = renderer.render_all([release, changed])
        assert isinstance(base, Rendered)
        assert isinstance(whole, Rendered)
        found = dict(renderer.render_variants([Variant(release, base, changed)]))
    assert outcomes[-1].unchanged == ["shop/templates/b.yaml"]
    assert isinstance(found[0], Rendered)
    assert found[0].objects == whole.objects


CERTIFICATE = """{{ $ca := genCA "ca" 365 }}{{ $c := genSignedCert "a" nil (list "a") 365 $ca }}
apiVersion: v1
kind: Secret
metadata: {name: tls}
data:
  ca: {{ $ca.Cert | b64enc }}
  crt: {{ $c.Cert | b64enc }}
  key: {{ $c.Key | b64enc }}
  sum: {{ $c.Cert | sha256sum | b64enc }}
"""
AGAIN = "{{ $again := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) }}"


def test_certificates_are_compared_with_constants_of_their_form(tmp_path: Path) -> None:
    results: list[Rendered] = []
    for name, more in (("constant", ""), ("generated", AGAIN)):
        text = CERTIFICATE.replace("apiVersion", f"{more}\napiVersion", 1)
        found, facts = examined(tmp_path / name, {"templates/a.yaml": text}, {"b": 1})
        assert facts == ReleaseFacts(ignored=["b"])
        results.append(found)
    # A template that reads a certificate gets real ones, also for the comparison.
    assert results[0] == results[1]
    assert results[0].replaced == tuple(
        f"Secret tls data.{key}" for key in ("ca", "crt", "key", "sum")
    )
