"""The facts of a cluster that a chart reads, found in its templates."""

from __future__ import annotations

import pytest

from kubestrata.helm.chart_traits import ChartTraits, traits_of


def traits(template: str, path: str = "templates/a.yaml") -> ChartTraits:
    return traits_of({path: template.encode()})


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{{ if .Capabilities.APIVersions.Has "a.io/v1" }}{{ end }}', ("a.io/v1",)),
        ('{{ if $.Capabilities.APIVersions.Has "a.io/v1/Kind" -}}{{ end }}', ("a.io/v1/Kind",)),
        ('{{ $a := .Capabilities.APIVersions }}{{ $a.Has "a.io/v1" }}', ("*",)),
        ("{{ .Capabilities.APIVersions.Has .Values.version }}", ("*",)),
        ("{{ .Capabilities.KubeVersion }}", ()),
        ("# .Capabilities.APIVersions", ()),
        ("{{/* .Capabilities.APIVersions */}}", ()),
    ],
)
def test_api_versions_are_those_that_templates_name(template: str, found: tuple[str, ...]) -> None:
    assert traits(template).api_versions == found


def test_only_versions_that_are_asked_for_are_given() -> None:
    has = {"a.io/v1", "b.io/v1"}
    asks = traits('{{ .Capabilities.APIVersions.Has "a.io/v1" }}')
    assert asks.chosen(has, "{}") == ["a.io/v1"]
    assert asks.chosen(has, "{{ .Capabilities.APIVersions }}") == ["a.io/v1", "b.io/v1"]
    assert traits("").chosen(has, "{}") == []
    assert traits("{{ .Capabilities.APIVersions }}").chosen(has, "{}") == ["a.io/v1", "b.io/v1"]


@pytest.mark.parametrize(
    ("template", "follows"),
    [
        ("{{ .Values.tag | default .Capabilities.KubeVersion.Version }}", True),
        ('{{ if semverCompare ">=1.30" .Capabilities.KubeVersion.Version }}{{ end }}', False),
        ("{{/* .Capabilities.KubeVersion */}}", False),
    ],
)
def test_a_comparison_with_the_version_makes_no_image(template: str, *, follows: bool) -> None:
    assert traits(template).images is follows


@pytest.mark.parametrize(
    ("template", "reads"),
    [
        ('{{ $a := lookup "v1" "Secret" "a" "b" }}', True),
        ('{{ (lookup "v1" "Secret" "a" "b").data }}', True),
        ('{{$a:=lookup "v1" "Secret" "a" "b"}}', True),
        ("# a lookup of names", False),
        ("{{ .Values.lookup }}", False),
    ],
)
def test_a_lookup_is_one_in_a_template(template: str, *, reads: bool) -> None:
    assert traits(template).lookup is reads


def test_sub_charts_and_values_count_but_no_other_files() -> None:
    text = "{{ .Capabilities.APIVersions }}"
    assert traits(text, "charts/db/templates/a.yaml").api_versions == ("*",)
    assert traits(text, "values.yaml").api_versions == ("*",)
    assert traits(text, "files/a.yaml").api_versions == ()
