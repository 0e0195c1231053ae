"""Written YAML is read back exactly: by Helm, by PyYAML, and after `kubectl kustomize`.

Helm's reader is the one of kubectl and Flux (sigs.k8s.io/yaml). kustomize reads, writes
its own YAML, and Flux substitutes in that and reads it again.
"""

from __future__ import annotations

import math
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from enum import IntEnum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import helm_python
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestrata.core.errors import InvalidBody, InvalidValue, UnwritableTextError
from kubestrata.core.yaml_text import dump, dump_all
from tests.core.yaml_strings import tricky_strings

_UNWRITABLE = [*range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
_OVERLONG_KEYS = {"a": "a" * 1023, "angle": "<" * 171, "control": "\x01" * 171, "e": "é" * 1023}
_REFUSED_KEYS = {"merge": "<<", **_OVERLONG_KEYS}
_TRICKY = [text for text in tricky_strings() if text != "<<"]
_WRITABLE_TEXT = st.text(
    st.characters(exclude_characters=[chr(code) for code in _UNWRITABLE], codec=None)
)
_KEY = _WRITABLE_TEXT.filter(lambda text: text != "<<")
_SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _WRITABLE_TEXT
    | st.sampled_from(_TRICKY)
)
_JSON = st.recursive(
    _SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEY, inner, max_size=4),
    max_leaves=12,
)
_OBJECT = st.dictionaries(_KEY, _JSON, max_size=6)


_Item = TypeVar("_Item")


def _thing(spec: object, name: str = "x") -> dict[str, Any]:
    metadata = {"name": name}
    return {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": metadata, "spec": spec}


def _parts(whole: list[_Item], size: int) -> list[list[_Item]]:
    """Return a list in parts: Kustomize takes four times as long for twice as much."""
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def _config_map(name: str, texts: list[str]) -> dict[str, object]:
    data = {f"k{index}": text for index, text in enumerate(texts)}
    # Annotations alone have a rule of their own: see TestRefusedText.
    annotations = {f"example.com/{key}": text for key, text in data.items() if text[:1] != "\t"}
    metadata = {"name": name, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def _everywhere(texts: list[str], name: str = "x") -> dict[str, Any]:
    """Place every text as value, key and item, at several depths."""
    return _thing(
        {
            "values": {f"k{index}": text for index, text in enumerate(texts)},
            "keys": {text: index for index, text in enumerate(texts)},
            "items": texts,
            "deep": [
                [text, {"a": text, text: {"b": [text, [[text]]]}, "z": 1}]
                for index, text in enumerate(texts)
                if index % 3 == 0
            ],
        },
        name,
    )


def _kustomize(folder: Path, text: str) -> subprocess.CompletedProcess[bytes]:
    kubectl = shutil.which("kubectl", path=str(Path(sys.executable).parent)) or "kubectl"
    (folder / "things.yaml").write_bytes(text.encode())
    (folder / "kustomization.yaml").write_text("resources: [things.yaml]\n")
    # as when kubestrata runs it: collecting garbage takes half of its time
    environment = {**os.environ, "GOGC": "off", "GOMEMLIMIT": "1GiB"}
    return subprocess.run(
        [kubectl, "kustomize", folder], env=environment, capture_output=True, check=False
    )


def _read_after_kustomize(folder: Path, text: str) -> list[dict[str, Any]]:
    result = _kustomize(folder, text)
    assert result.returncode == 0, result.stderr.decode()[-500:]
    documents = re.split(r"(?m)^---\n", result.stdout.decode())
    return [helm_python.values_from_yaml(document) for document in documents]


def _read_by_helm(text: str) -> dict[str, Any]:
    return helm_python.values_from_yaml(text)


def _read_by_pyyaml(text: str) -> dict[str, Any]:
    result: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return result


def _without_integers(value: Any) -> Any:
    """Make every number a float: Helm's answers are JSON, whose numbers JavaScript shortens."""
    if isinstance(value, dict):
        return {key: _without_integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_integers(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _lost(written: Mapping[str, Any], read: Mapping[str, Any]) -> dict[str, Any]:
    """Assert equality; a failure shows only the items that differ."""
    return {
        place: [
            (old, new)
            for old, new in zip(_flat(values), _flat(read["spec"][place]), strict=False)
            if old != new
        ]
        for place, values in written["spec"].items()
        if values != read["spec"][place]
    }


def _flat(values: Any) -> list[Any]:
    return sorted(values.items()) if isinstance(values, dict) else list(values)


def _lost_by_kustomize(folder: Path, texts: list[str]) -> list[dict[str, Any]]:
    """Return what differs in one of several documents, which have all texts together."""
    written = [_everywhere(some, f"x{index}") for index, some in enumerate(_parts(texts, 1000))]
    read = _read_after_kustomize(folder, dump_all(written))
    return [lost for each in zip(written, read, strict=True) if (lost := _lost(*each))]


class TestTrickyStrings:
    def test_the_corpus_is_large(self) -> None:
        assert len(_TRICKY) > 7000

    @pytest.mark.parametrize("read", [_read_by_helm, _read_by_pyyaml])
    def test_are_read_back(self, read: Callable[[str], dict[str, Any]]) -> None:
        written = _everywhere(_TRICKY)
        assert _lost(written, read(dump(written))) == {}

    def test_survive_kustomize(self, tmp_path: Path) -> None:
        assert _lost_by_kustomize(tmp_path, _TRICKY) == []

    def test_survive_kustomize_in_a_config_map(self, tmp_path: Path) -> None:
        config_maps = [_config_map(f"x{i}", texts) for i, texts in enumerate(_parts(_TRICKY, 1000))]
        assert _read_after_kustomize(tmp_path, dump_all(config_maps)) == config_maps

    def test_are_read_back_from_many_documents(self, tmp_path: Path) -> None:
        things = [_thing({"a": t, t: [t]}, f"n{i:04}") for i, t in enumerate(_TRICKY[::4])]
        parts = _parts(things, 250)
        read = [_read_after_kustomize(tmp_path, dump_all(part)) for part in parts]
        assert read == parts


class TestRandomValues:
    @settings(max_examples=300, deadline=None)
    @given(_OBJECT)
    def test_are_read_back_by_helm_and_pyyaml(self, value: dict[str, Any]) -> None:
        text = dump(value)
        assert _without_integers(_read_by_helm(text)) == _without_integers(value)
        assert _read_by_pyyaml(text) == value

    def test_survive_kustomize(self, tmp_path: Path) -> None:
        chance = random.Random(20)
        pieces = [*"ab01.-+_eExzZ:#'\"\\ \t\n\n\r{}[]!&*%@`|>,?=~$", "\n ", "\n\n", ": ", " #"]
        pieces += ["é", "😀", "\u2028", "\ufeff", "\x00", "\x1b", "true", "null", "---", "${X}"]
        texts = {"".join(chance.choices(pieces, k=chance.randint(1, 14))) for _ in range(6000)}
        assert _lost_by_kustomize(tmp_path, sorted(texts - {"<<"})) == []

    def test_every_kind_of_character_survives_kustomize(self, tmp_path: Path) -> None:
        codes = [*range(0x700), *range(0x700, 0x1F000, 23), *range(0x1F000, 0x110000, 1999)]
        edges = [0xD7FF, 0xE000, 0xFDD0, 0xFEFF, 0xFFFD, 0x10000, 0x1FFFE, 0x1FFFF, 0x10FFFF]
        texts = [f"a{chr(code)}" for code in sorted({*codes, *edges} - set(_UNWRITABLE))]
        items = [form.replace("{}", text) for text in texts for form in ("{}", "b\n{}\n")]
        written = _thing({"items": items, "keys": dict.fromkeys(texts, "")})
        [read] = _read_after_kustomize(tmp_path, dump(written))
        assert _lost(written, read) == {}


class TestNumbers:
    def test_integers_of_64_bits_survive_kustomize(self, tmp_path: Path) -> None:
        numbers = [0, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)]
        result = _kustomize(tmp_path, dump(_thing(numbers)))
        # Helm's answers are JSON numbers, which end at 2**53.
        assert _read_by_pyyaml(result.stdout.decode())["spec"] == numbers

    def test_floats_survive_kustomize(self, tmp_path: Path) -> None:
        chance = random.Random(21)
        numbers = [
            0.0,
            -0.0,
            1.0,
            0.1,
            1e16,
            1e20,
            1e21,
            1e22,
            1e-7,
            5e-324,
            1.7976931348623157e308,
        ]
        numbers += [chance.uniform(-1, 1) * 10 ** chance.randint(-300, 300) for _ in range(500)]
        text = dump(_thing(numbers))
        assert [float(number) for number in _read_by_helm(text)["spec"]] == numbers
        assert _read_by_pyyaml(text)["spec"] == numbers
        [read] = _read_after_kustomize(tmp_path, text)
        assert [float(number) for number in read["spec"]] == numbers

    @pytest.mark.parametrize(
        "number", [2**64, -(2**63) - 1, 10**400, math.nan, math.inf, -math.inf]
    )
    def test_that_go_does_not_have_are_refused(self, number: float) -> None:
        with pytest.raises(InvalidValue, match=r"^spec\.replicas: "):
            dump({"spec": {"replicas": number}})


class TestLayout:
    def test_is_the_one_of_kubectl(self) -> None:
        value = {
            "kind": "Deployment",
            "empty": {"list": [], "map": {}, "text": "", "null": None},
            "items": [{"name": "a", "args": ["--x=1", "-v"]}, [1, [2.5, True]], [], "x"],
            "data": {"a.sh": "#!/bin/sh\n\nset -eu\n", "b": " two\nlines", "c": "kept\n\n"},
        }
        assert dump(value) == (
            "kind: Deployment\n"
            "empty:\n  list: []\n  map: {}\n  text: ''\n  'null': null\n"
            "items:\n- name: a\n  args:\n  - --x=1\n  - -v\n"
            "- - 1\n  - - 2.5\n    - true\n- []\n- x\n"
            "data:\n  a.sh: |\n    #!/bin/sh\n\n    set -eu\n"
            "  b: |2-\n     two\n    lines\n  c: |+\n    kept\n\n"
        )

    def test_common_text_is_plain(self) -> None:
        words = (
            "app v1 1.2.3 10.0.0.0/8 100m 10Gi 30s 1h30m 7d 50% /path ./x --a=b -c $(X) ${X} "
            "https://x.y:443/z?a=b .spec.replicas kube-system a@b.c ghcr.io/a/b:1.0@sha256:0f*"
        )
        texts = [*words.split(), "two words", "0 5 * * *", "it's", 'say "x"']
        assert dump({"x": texts}) == "x:\n" + "".join(f"- {text}\n" for text in texts)

    def test_text_that_is_not_plain_has_the_simplest_quotes(self) -> None:
        texts = ["yes", "0644", "it's: x", "é", "\t", "a\x00", "\u2028"]
        assert dump({"x": texts}) == (
            "x:\n- 'yes'\n- '0644'\n- 'it''s: x'\n- 'é'\n- \"\\t\"\n- \"a\\x00\"\n- \"\\u2028\"\n"
        )

    def test_lines_are_never_folded(self) -> None:
        text = "word " * 5000 + "end"
        assert dump({"a": text, "b": f"{text}: x"}) == f"a: {text}\nb: '{text}: x'\n"

    def test_text_of_several_lines_is_a_block_unless_kustomize_cannot_write_it(self) -> None:
        def is_block(text: str) -> bool:
            return dump({"x": text}).startswith("x: |")

        excluded = re.compile("[\0-\x08\x0b-\x1f\u2028\u2029\ufeff]|\\A\t|\\A\n+\\Z")
        lines = [text for text in _TRICKY if "\n" in text]
        assert len(lines) > 3500
        assert [is_block(text) for text in lines] == [not excluded.search(text) for text in lines]

    def test_an_empty_document_is_a_mapping(self) -> None:
        assert dump({}) == "{}\n"
        assert dump_all([{}, {"a": 1}]) == "{}\n---\na: 1\n"
        assert dump_all([]) == ""

    def test_one_object_in_two_places_is_written_twice(self) -> None:
        shared = {"a": [1]}
        assert dump({"x": shared, "z": shared}) == "x:\n  a:\n  - 1\nz:\n  a:\n  - 1\n"


class _Level(IntEnum):
    HIGH = 3


class _Mode(StrEnum):
    ON = "on"


class TestTypes:
    def test_subclasses_are_written_as_what_they_extend(self) -> None:
        value: dict[str, object] = {_Mode.ON: _Mode.ON, "level": _Level.HIGH}
        value["view"] = MappingProxyType({"a": (1, _Mode.ON)})
        assert dump(value) == "'on': 'on'\nlevel: 3\nview:\n  a:\n  - 1\n  - 'on'\n"

    @pytest.mark.parametrize(
        ("value", "where"),
        [
            ({"spec": {"a": {1, 2}}}, "spec.a: a set: "),
            ({"spec": [[0, b"x"]]}, "spec[0][1]: a bytes: "),
            ({"spec": {"a.b/c": [{"d": object()}]}}, "spec['a.b/c'][0].d: a object: "),
            ({"spec": {"a": {1: 2}}}, "spec.a.1: key: "),
            ({"spec": {None: 2}}, "spec.None: key: "),
        ],
    )
    def test_others_are_refused_with_their_path(self, value: dict[str, object], where: str) -> None:
        with pytest.raises(InvalidBody, match=f"^{re.escape(where)}") as caught:
            dump(value)
        assert isinstance(caught.value, TypeError)


class TestRefusedText:
    @pytest.mark.parametrize("code", [0x7F, 0x80, 0x85, 0x9F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
    @pytest.mark.parametrize("form", ["ab{}", "ab{}\nc", "ab{}" + "x" * 200])
    def test_is_reported_with_field_character_and_offset(self, code: int, form: str) -> None:
        with pytest.raises(UnwritableTextError) as caught:
            dump({"data": {"script": form.replace("{}", chr(code))}})
        assert str(caught.value).startswith(f"data.script: U+{code:04X} at offset 2: kustomize ")

    def test_is_reported_in_a_key(self) -> None:
        with pytest.raises(UnwritableTextError, match=r"^data\['a\\x85'\]: U\+0085 at offset 1: "):
            dump({"data": {"a\x85": "x"}})

    @pytest.mark.parametrize("key", _REFUSED_KEYS.values(), ids=_REFUSED_KEYS)
    def test_may_be_only_a_key(self, key: str) -> None:
        with pytest.raises(UnwritableTextError, match=r": key: "):
            dump({"data": {key: "x"}})
        assert dump({"data": {"x": key}})

    def test_may_be_only_an_annotation_of_the_object_itself(self, tmp_path: Path) -> None:
        annotated = _thing({"template": {"metadata": {"annotations": {"a": "\tx\ny"}}}})
        assert _survives(tmp_path, annotated)
        assert dump(annotated)
        annotated["metadata"] = {"name": "x", "annotations": {"a/b": "\tx\ny"}}
        assert not _survives(tmp_path, annotated)
        with pytest.raises(UnwritableTextError, match=r"^metadata\.annotations\['a/b'\]: several "):
            dump(annotated)

    @pytest.mark.parametrize("code", [0x7F, 0x80, 0x85, 0x9F, 0xFFFE, 0xFFFF])
    def test_does_not_survive_kustomize_escaped(self, tmp_path: Path, code: int) -> None:
        written = _thing({"a": f"x{chr(code)}y"})
        assert not _survives(tmp_path, written)

    @pytest.mark.parametrize("key", _REFUSED_KEYS.values(), ids=_REFUSED_KEYS)
    def test_does_not_survive_kustomize_quoted_as_a_key(self, tmp_path: Path, key: str) -> None:
        assert not _survives(tmp_path, _thing({key: "x"}))

    def test_ends_where_kustomize_takes_it(self, tmp_path: Path) -> None:
        keys = ["'" * 1022, *(key[1:] for key in _OVERLONG_KEYS.values())]
        written = _thing(dict.fromkeys(keys, "x"))
        assert _read_after_kustomize(tmp_path, dump(written)) == [written]


def _survives(folder: Path, written: dict[str, object]) -> bool:
    """Return True if kustomize keeps a document that PyYAML wrote with everything escaped."""
    result = _kustomize(folder, yaml.dump(written, default_style='"', width=10**6))
    return result.returncode == 0 and _read_by_helm(result.stdout.decode()) == written
