"""Go templates give what Go gives: Helm's engine, which has the same functions, is the measure."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import helm_python
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestrata.gitops.template.error import NotEvaluatedError, TemplateError
from kubestrata.gitops.template.evaluation import evaluated
from kubestrata.gitops.template.value import from_json

PARAMETERS: dict[str, Any] = {
    "path": {"path": "apps/team_a/web", "basename": "web", "segments": ["apps", "team_a", "web"]},
    "list": ["b", "a", "b"],
    "map": {"y": "1", "x": 2},
    "text": "Hello World-x",
    "whole": 8080,
    "million": 1_000_000,
    "id": 123_456_789_012,
    "half": 0.5,
    "small": 0.00001,
    "minus": -1234567.5,
    "yes": True,
    "zero": 0,
    "none": "",
    "null": None,
}
SAME = r"""
{{ .whole }} {{ .million }} {{ .id }} {{ .half }} {{ .small }} {{ .minus }} {{ .zero }}
{{ .yes }} {{ .list }} {{ .map }} {{ .path.segments }}
{{ index .path.segments 1 | replace "_" "-" }}{{ index .map "zz" }}
{{ .path.path | splitList "/" | last | upper }} {{ (index .path.segments 0) }}
{{ if eq .path.basename "web" }}yes{{ else }}no{{ end }}
{{ if .zero }}a{{ else if .yes }}b{{ else }}c{{ end }}
{{ with .none }}d{{ else with .text }}{{ . }}{{ end }}
{{ range $i, $v := .list }}{{ $i }}={{ $v }},{{ end }}{{ range .null }}x{{ else }}none{{ end }}
{{ range $k, $v := .map }}{{ $k }}={{ $v }};{{ end }}{{ range $v := .list }}{{ $v }}{{ end }}
{{ range .list -}} x {{- . }} {{- end }}
{{ with .map }}{{ .x }}{{ $.whole }}{{ end }}{{ with $z := .text }}{{ $z }}{{ end }}
{{ $x := .text }}{{ $x | lower | trunc 5 }}{{- /* nothing */ -}}  a
{{- $a := 1 -}}{{- if true }}{{ $a = 2 }}{{ end }}{{ $a }}
{{ printf "%s-%d-%v-%05d-%q-%%" .text 3 .whole 42 "a" }} {{ printf "%10s|%-5s|" "a" "b" }}
{{ default "d" .none }}{{ .null | default "q" }}{{ .yes | ternary "a" "b" }}
{{ coalesce .none .null "z" }}
{{ dig "y" "none" .map }}{{ dig "z" "none" .map }}{{ hasKey .map "y" }}{{ get .map "y" }}
{{ slice .path.segments 1 | join "-" }} {{ slice .list }} {{ slice .list 1 2 }} {{ slice .list 3 }}
{{ list 1 2 "a" | join "," }} {{ dict "a" 1 }} {{ cat "a" 1 .null "b" }}
{{ (dict "a" (dict "b" 2)).a.b }}
{{ quote .text .whole }} {{ squote "a" }} {{ len .list }} {{ len "é" }} {{ toString .whole }}
{{ and .yes .zero }} {{ or .none "x" }} {{ not .none }} {{ and 1 2 }} {{ empty .none }}
{{ add 1 2 }} {{ sub 5 3 }} {{ max 1 5 }} {{ min 3 1 }} {{ int .whole }} {{ add .whole 1 }}
{{ atoi "12" }} {{ add1 3 }}
{{ trimSuffix "x" .text }} {{ trimPrefix "H" .text }} {{ trimAll "Hx" .text }} {{ trim "  a " }}
{{ contains "W" .text }} {{ hasPrefix "H" .text }} {{ hasSuffix "H" .text }} {{ nospace "a b" }}
{{ base "a/b/c.txt" }} {{ dir "a/b/c.txt" }} {{ ext "a/b.tar.gz" }} {{ clean "a//b/../c" }}
{{ base "" }} {{ dir "a" }}
{{ first .list }} {{ rest .list }} {{ initial .list }} {{ uniq .list }} {{ has "a" .list }}
{{ without .list "a" }}
{{ sortAlpha .list }} {{ reverse .list }} {{ compact (list "" "a") }} {{ append .list "z" }}
{{ concat (list 1) (list 2) }}
{{ .text | b64enc }} {{ sha256sum "a" }} {{ toJson .map }} {{ fromJson "{\"a\":[1]}" }}
{{ toJson "<&>" }} {{ toRawJson "<" }}
{{ keys .map | sortAlpha }} {{ pick .map "x" }} {{ omit .map "x" }} {{ print "a" 1 2 "b" }}
{{ values (dict "a" 1) }}
{{ regexMatch "^H" .text }} {{ regexMatch "(" .text }} {{ regexReplaceAll "[^a-z]" .text "-" }}
{{ regexReplaceAllLiteral "l" .text "$" }}
{{ repeat 3 "ab" }} {{ until 3 }} {{ split "-" "a-b" }} {{ trunc -3 "abcdef" }}
{{ trunc 10 "abc" }} {{ indent 2 "a\nb" }}{{ nindent 2 "a" }}
{{ lt 1 2 }} {{ ge "b" "a" }} {{ ne "a" "b" }} {{ eq 1 1 2 }} {{ gt 2.5 1.5 }} {{ le "a" "a" }}
{{ true }} {{ "a\tb" }} {{ `r"w` }} {{ 0x10 }} {{ 1.5 }} {{ -3 }} {{ range 3 }}{{ . }}{{ end }}
{{ .absent }} {{ .null }} {{ print .null }} {{ .absent | default "d" }}
"""
REFUSED = [
    "{{ lower .absent }}",
    "{{ .absent.x }}",
    "{{ eq .whole 8080 }}",
    "{{ lower .whole }}",
    "{{ index .path.segments 9 }}",
    "{{ slice .list 4 }}",
    "{{ slice .list 2 1 }}",
    "{{ slice .list 1 9 }}",
    "{{ slice .list -1 }}",
    "{{ slice .text 1 }}",
    "{{ index .path.segments .text }}",
    "{{ .text.x }}",
    "{{ if }}",
    "{{ name }}",
    "{{ .text lower }}",
    "{{ end }}",
    "{{ else }}",
    "{{ if .text }}",
    "{{ if .text }}{{ else }}{{ else }}{{ end }}",
    "{{ (upper .text }}",
    "{{ .text",
    "{{ }}",
    "{{ $y }}",
    "{{ upper }}",
    '{{ upper "a" "b" }}',
    "{{ eq .map .map }}",
    "{{ range .text }}{{ end }}",
    "{{ len .whole }}",
    '{{ fail "no" }}',
    '{{ regexReplaceAll "(" .text "" }}',
    "{{ if .none }}{{ else with .text }}{{ end }}",
]


def _chart(template: str) -> bytes:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.0.1\n",
        "templates/_t.tpl": f'{{{{ define "t" }}}}{template}{{{{ end }}}}',
        "templates/a.txt": '[{{ include "t" .Values.p }}]',
    }
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"c/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return content.getvalue()


def _by_go(template: str) -> str:
    with helm_python.Chart.load_archive(_chart(template)) as chart:
        made = chart.render(values={"p": PARAMETERS}, name="c", namespace="d")
    return made["c/templates/a.txt"][1:-1]


def _here(template: str, *, strict: bool = False) -> str:
    # Helm removes what Argo CD shows for an undefined key.
    return evaluated(template, from_json(PARAMETERS), strict=strict).replace("<no value>", "")


@pytest.mark.parametrize("template", [line for line in SAME.splitlines() if line])
def test_a_template_gives_what_go_gives(template: str) -> None:
    assert _here(template) == _by_go(template)


@pytest.mark.parametrize("template", REFUSED)
def test_what_go_refuses_is_refused(template: str) -> None:
    with pytest.raises(helm_python.HelmError):
        _by_go(template)
    with pytest.raises(TemplateError):
        _here(template)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ normalize .text }}", "hello-world-x"),
        ("{{ .path.path | normalize }}", "apps-team-a-web"),
        ('{{ slugify "Feature/One_two three" }}', "feature-one-two-three"),
        ('{{ cat "feature" "a-very-long-name" | slugify 12 }}', "feature-a"),
        ('{{ cat "feature" "a-very-long-name" | slugify 12 false }}', "feature-a-ve"),
        ('{{ slugify 5 "abcdefgh" }}', "abcde"),
        ("{{ .absent }}", "<no value>"),
    ],
)
def test_functions_that_only_argo_cd_has(template: str, text: str) -> None:
    assert evaluated(template, from_json(PARAMETERS), strict=False) == text


@pytest.mark.parametrize("template", ["{{ .absent }}", "{{ .path.absent }}", "{{ $.map.z }}"])
def test_an_undefined_key_is_refused_if_it_must_be(template: str) -> None:
    with pytest.raises(TemplateError, match=r"the parameters have no key"):
        _here(template, strict=True)


@pytest.mark.parametrize("template", ['{{ dig "z" "d" .map }}', '{{ index .map "z" }}'])
def test_a_function_may_look_for_an_undefined_key(template: str) -> None:
    assert _here(template, strict=True) in ("d", "")


@pytest.mark.parametrize(
    "template",
    [
        "{{ snakecase .text }}",
        "{{ mustToJson .map }}",
        '{{ template "x" }}',
        "{{ 'a' }}",
        '{{ printf "%x" 3 }}',
        '{{ regexReplaceAll "(a)" .text "$1" }}',
        "{{ range .list }}{{ break }}{{ end }}",
    ],
)
def test_what_is_not_evaluated_is_said_to_be(template: str) -> None:
    with pytest.raises(NotEvaluatedError):
        _here(template)


@pytest.mark.parametrize(
    "template",
    [
        '{{ repeat 1000000000 "a" }}',
        "{{ until 1000000000 }}",
        "{{ range 1000000000 }}a{{ end }}",
        '{{ indent 1000000000 "a" }}',
        '{{ $x := "aaaaaaaaaa" }}' + '{{ $x = replace "a" "aaaaaaaaaa" $x }}' * 12,
        "{{ $x := list 1 }}" + "{{ $x = list $x $x }}" * 40 + "{{ $x }}",
        "{{ $x := dict }}{{ range until 90000 }}{{ $x = dict `a` $x }}{{ end }}{{ $x }}",
        "{{ if .text }}" * 100 + "{{ end }}" * 100,
        "{{ " + "(" * 100 + ".text" + ")" * 100 + " }}",
        "{{ .text }}" * 20_000,
    ],
)
def test_a_template_of_any_cost_ends(template: str) -> None:
    with pytest.raises(NotEvaluatedError):
        _here(template)


@given(st.text(alphabet="{}().|$\"`'-= \n:,abefindlrw0", max_size=60))
def test_any_text_is_evaluated_or_refused(text: str) -> None:
    try:
        evaluated(f"{{{{{text}", from_json(PARAMETERS), strict=True)
    except (TemplateError, NotEvaluatedError):
        return
