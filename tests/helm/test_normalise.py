"""Two renderings of a chart give the same bytes, and keep the form of what differs."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import pytest

from kubestrata.helm.normalise import stable_text
from kubestrata.helm.stable_template import renderings_of, with_constants
from tests.helm.chart import CONFIG, Charts, config

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\n"
CERTIFICATES = """
{{- $ca := genCA "shop-ca" 365 }}
{{- $cert := genSignedCert "shop" nil (list "shop.prod.svc") 365 $ca }}
apiVersion: v1
kind: Secret
metadata:
  name: tls
data:
  ca.crt: {{ $ca.Cert | b64enc }}
  tls.crt: {{ $cert.Cert | b64enc }}
  tls.key: {{ $cert.Key | b64enc }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: shop
  annotations:
    checksum/ca: {{ $ca.Cert | sha256sum }}
webhooks:
- name: shop.example.com
  clientConfig:
    caBundle: {{ $ca.Cert | b64enc }}
"""
RANDOM = [
    CERTIFICATES,
    SECRET + "data: {p: '{{ randAlphaNum 20 | b64enc }}'}\n",
    SECRET + "data: {c: '{{ printf \"user: a\\npass: %s\\n\" (randAlphaNum 9) | b64enc }}'}\n",
    SECRET + 'stringData: {p: \'{{ randAscii 12 | replace "\'" "a" }}\', q: plain}\n',
    SECRET + "data: {p: '{{ randBytes 16 | b64enc }}'}\n",
    config(id="{{ uuidv4 }}", time="{{ now | unixEpoch }}", day='{{ now | date "2006-01-02" }}'),
    config(hash='{{ htpasswd "admin" "x" | quote }}', word="a-{{ randAlpha 5 | lower }}-z"),
    config(number="{{ randNumeric 6 }}", quoted='"{{ randNumeric 6 }}"'),
    CONFIG.replace("{name: shop}", "{name: 'job-{{ randAlphaNum 5 | lower }}'}"),
    CONFIG.replace("{name: shop}", "{name: '{{ randAlphaNum 8 | lower }}'}"),
    config(**{'"{{ randAlpha 6 }}"': "a"}),
    '{{ $d := dict }}{{ range until 9 }}{{ $_ := set $d (printf "k%d" .) . }}{{ end }}'
    + config(a='{{ keys $d | join "," }}', b="{{ (keys $d) | toJson | quote }}"),
]


@pytest.mark.parametrize("template", RANDOM)
def test_two_renderings_give_the_same_bytes(tmp_path: Path, template: str) -> None:
    texts: list[bytes] = []
    for number in range(2):
        charts = Charts(tmp_path / str(number), shared=True)
        charts.root.mkdir()
        with charts.renderer:
            found = charts.rendered({"templates/a.yaml": template})
        assert found.objects
        texts.append(msgspec.json.encode(found, order="deterministic"))
    assert texts[0] == texts[1]


def test_replaced_fields_are_named_and_keep_their_form(charts: Charts) -> None:
    found = charts.rendered({"templates/a.yaml": CERTIFICATES})
    webhook = "ValidatingWebhookConfiguration shop"
    assert found.replaced == (
        "Secret tls data.ca.crt",
        "Secret tls data.tls.crt",
        "Secret tls data.tls.key",
        f"{webhook} metadata.annotations.checksum/ca",
        f"{webhook} webhooks.0.clientConfig.caBundle",
    )
    secret, hook = (each.manifest for each in found.objects)
    text = base64.b64decode(secret["data"]["ca.crt"]).decode()
    assert text.startswith("-----BEGIN CERTIFICATE-----\n")
    assert text.endswith("-----END CERTIFICATE-----\n")
    assert hook["webhooks"][0]["clientConfig"]["caBundle"] == secret["data"]["ca.crt"]
    assert hook["metadata"]["annotations"]["checksum/ca"] == "0" * 64


def test_equal_output_is_not_changed(charts: Charts) -> None:
    found = charts.rendered({"templates/a.yaml": config(a="{{ randAlpha 0 | len }}", b="b")})
    assert found.replaced == ()
    assert found.objects[0].manifest["data"] == {"a": 0, "b": "b"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a-x1-z", "a-y2-z", "a-placeholder-z"),
        ("abx", "aby", "placeholder"),
        ("x", "", "placeholder"),
        ("user:aB1:9", "user:aC2:9", "user:placeholder:9"),
        ("ab" * 32, "cd" * 32, "0" * 64),
        ("a\nb 1\nc", "a\nb 2\nc", "a\nb placeholder\nc"),
        ("b\na\n", "a\nb\n", "\na\nb"),
    ],
)
def test_texts_keep_what_they_have_in_common(one: str, other: str, expected: str) -> None:
    assert stable_text(one, other) == expected
    assert stable_text(other, one) == expected
    assert stable_text(expected, one) == expected


@pytest.mark.parametrize(
    ("template", "count"),
    [
        (CONFIG, 1),
        ("{{ randAlpha 5 }}", 2),
        ("{{ genCA `a` 1 }}", 2),
        ("# randAlpha now values", 1),
        ("{{/* randAlpha, {{ values }} */}}", 1),
        ("{{ keys .Values }}", 1),
        ("{{ now }}", 1),
        ("{{ .Values.now }}{{ .values }}", 1),
        ("{{ range values .Values.a }}{{ end }}", 1),
        ("{{ values .Values.a | sortAlpha }}", 1),
        ('{{ fail "no values " }}', 1),
    ],
)
def test_only_templates_that_can_differ_are_rendered_again(template: str, count: int) -> None:
    files = with_constants({"templates/a.yaml": template.encode()})
    assert renderings_of(files, b"{}") == count


def test_values_can_be_templates_that_differ() -> None:
    assert renderings_of({}, b'{"password": "{{ randAlpha 5 }}"}') == 2


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ keys $d }}", "{{ keys $d | sortAlpha }}"),
        ("{{- keys $d -}}", "{{- keys $d | sortAlpha -}}"),
        ("{{ keys $d | join `,` }}", "{{ keys $d | sortAlpha | join `,` }}"),
        ("{{ $d | keys | first }}", "{{ $d | keys | sortAlpha | first }}"),
        ("{{ (keys (dict `a` 1)) | len }}", "{{ (keys (dict `a` 1) | sortAlpha) | len }}"),
        ('{{ "keys now" }}{{ .Values.keys }}', '{{ "keys now" }}{{ .Values.keys }}'),
        ("{{/* now */}} now", "{{/* now */}} now"),
        ('{{ "{{ now }}" }}', '{{ "{{ now }}" }}'),
        ("{{`{{ range keys }}`}}", "{{`{{ range keys }}`}}"),
        ("{{ '\"' }}{{ keys $d }}{{ '\"' }}", "{{ '\"' }}{{ keys $d | sortAlpha }}{{ '\"' }}"),
        ('{{ print "}}" (keys $d) }}', '{{ print "}}" (keys $d | sortAlpha) }}'),
        ("{{ keys $d\n}}", "{{ keys $d | sortAlpha\n}}"),
        ("{{ uuidv4 }}", '{{ "00000000-0000-4000-8000-000000000000" }}'),
    ],
)
def test_functions_with_another_result_each_time_are_made_stable(
    template: str, expected: str
) -> None:
    found = with_constants({"templates/a.yaml": template.encode(), "a.txt": b"{{ now }}"})
    assert found["templates/a.yaml"].decode() == expected
    assert found["a.txt"] == b"{{ now }}"
