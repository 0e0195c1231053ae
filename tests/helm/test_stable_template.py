"""Replaced functions give what they give without the replacement, wherever a template has them."""

from __future__ import annotations

import pytest

from tests.helm.chart import Charts, config

VALUES = {"one": {"k": "v"}, "three": {"b": "2", "c": "3", "a": "1"}, "no": False}
CHANGED = (
    "{{ $d := dict `a` dict }}{{ range values $d }}{{ $_ := set . `b` `z` }}{{ end }}{{ $d.a.b }}"
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{{ .Values.three | values | join `-` }}", "1-2-3"),
        ("{{ values .Values.three | join `-` }}", "1-2-3"),
        ("{{ (values (dict `a` (dict `b` `c`)) | first).b }}", "c"),
        ("{{ values (dict `a` (values .Values.one)) | first | first }}", "v"),
        ("{{ values (dict `a` 1234567) | first }}", 1234567),
        ("{{ values (dict `a` 1) | first | kindOf }}", "int"),
        ("{{ range values (dict `a` `x`) }}{{ . }}{{ end }}", "x"),
        ("{{ with .Values.no }}{{ else with values .Values.one }}{{ first . }}{{ end }}", "v"),
        ("{{ $values := dict `keys` `x` }}{{ $values.keys }}", "x"),
        (CHANGED, "z"),
        ('{{ tpl `{{ .Values.three | values | sortAlpha | join "-" }}` . }}', "1-2-3"),
        ("{{ `login` | lookup `v1` `Secret` `prod` | toJson | quote }}", "{}"),
        ("{{ with lookup `v1` `Secret` `prod` `login` }}{{ . }}{{ else }}none{{ end }}", "none"),
        ("{{$x:=lookup `v1` `Secret` `prod` `login`}}{{ len $x | quote }}", "0"),
        ("{{ dig `data` `a` `none` (lookup `v1` `Secret` `prod` `login`) }}", "none"),
        ("{{ now.Year | quote }}", "2000"),
        ("{{ now | date `2006` | quote }}", "2000"),
        ("{{ `{{ $value | lookup }}` | quote }}", "{{ $value | lookup }}"),
        ('{{ "{{ now }} }}" | quote }}', "{{ now }} }}"),
        ("{{ list `now` `keys` `values` `lookup` | join ` ` }}", "now keys values lookup"),
    ],
)  # fmt: skip
def test_a_replaced_function_gives_what_helm_gives(
    charts: Charts, expression: str, expected: str | int
) -> None:
    assert charts.data({"templates/a.yaml": config(a=expression)}, VALUES) == {"a": expected}


@pytest.mark.parametrize("call", ["values", "values .Values.one .Values.three", "lookup `v1`"])
def test_a_wrong_number_of_arguments_is_refused(charts: Charts, call: str) -> None:
    assert charts.failure({"templates/a.yaml": config(a=f"{{{{ {call} }}}}")}, VALUES).is_refused


@pytest.mark.parametrize("call", ["keys dict", "values dict", "lookup `a` `b` `` ``"])
def test_lines_keep_their_numbers(charts: Charts, call: str) -> None:
    text = config(a=f"{{{{ {call}\n\n}}}}", b="{{ fail `here` }}")
    assert charts.failure({"templates/a.yaml": text}).line == 8
