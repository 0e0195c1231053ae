"""YAML is read as Helm reads it, whose reader is also the one of kubectl (sigs.k8s.io/yaml)."""

from __future__ import annotations

from typing import Any

import helm_python
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestrata.core.errors import YamlSyntaxError
from kubestrata.core.yaml_read import load_all
from kubestrata.core.yaml_text import dump, dump_all
from tests.core.yaml_strings import tricky_strings

# libyaml does not distinguish `! 1` from `1`.
_LINES = [text for text in tricky_strings() if "\n" not in text and not text.startswith("! ")]
_REFUSED_THOUGH_HELM_TAKES_IT = {
    "is not text; quote it",
    "JSON has only finite numbers",
    "does not fit this Kubernetes value",
    "a character that YAML excludes",
    # libyaml is stricter than go-yaml about anchors, colons in flows and ends of documents.
    "second occurrence",
    "found unexpected ':'",
    "did not find expected key",
    "did not find expected <document start>",
    "mapping values are not allowed in this context",
}
_SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([text for text in tricky_strings() if text != "<<"])
)
_JSON = st.recursive(
    _SCALAR,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abyn01.e", max_size=4), inner)
    ),
    max_leaves=12,
)


def _read_by_helm(text: str) -> object:
    try:
        return helm_python.values_from_yaml(text)
    except helm_python.HelmValuesError:
        return None


def _is_equal(ours: object, theirs: object) -> bool:
    """Compare as JSON: its numbers are floats, and a boolean is not a number."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(
            _is_equal(ours[key], theirs[key]) for key in ours
        )
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_is_equal, ours, theirs))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return float(ours) == float(theirs)
    return ours == theirs


class TestPlainText:
    @pytest.mark.parametrize("form", ["v: {}\n", "l:\n- {}\n- [a, {}]\n", "{}: 1\n", "m: {{}: 1}"])
    def test_means_what_it_means_to_helm(self, form: str) -> None:
        different: list[tuple[str, object, object]] = []
        refused: set[str] = set()
        read = 0
        for text in _LINES:
            document = form.replace("{}", text)
            if (theirs := _read_by_helm(document)) is None:
                continue
            try:
                [ours] = load_all(document, "a.yaml") or [{}]
            except YamlSyntaxError as error:
                refused.add(error.why)
                continue
            read += 1
            if not _is_equal(ours, theirs):
                different.append((document, ours, theirs))
        assert different == []
        assert refused <= _REFUSED_THOUGH_HELM_TAKES_IT
        assert read > 1000

    def test_is_a_word_of_yaml_1_1_or_a_number_of_go(self) -> None:
        words = load_all("[on, No, y, ~, 0644, 0o17, 08, 1e3, 1_000, 0b1, .5]", "a.yaml")
        assert words == [[True, False, True, None, 420, 15, 8, 1000, 1000, 1, 0.5]]
        text = ["12:30", "2001-01-01", "=", "<<", "0o8", "._5", "1e999", "yEs", "0x"]
        assert load_all(f"[{', '.join(text)}]", "a.yaml") == [text]

    def test_becomes_text_as_a_key(self) -> None:
        [value] = load_all("on: 1\n8080: 2\n0x10: 3\nno: 4\n", "a.yaml")
        assert value == {"true": 1, "8080": 2, "16": 3, "false": 4}


class TestDocuments:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.dictionaries(st.text("abyn01.e"), _JSON, max_size=4), max_size=3))
    def test_that_were_written_are_read_as_helm_reads_them(
        self, documents: list[dict[str, Any]]
    ) -> None:
        read = load_all(dump_all(documents), "a.yaml")
        assert read == documents
        assert _is_equal(read, documents)
        for document in documents:
            text = dump(document)
            [ours] = load_all(text, "a.yaml")
            assert _is_equal(ours, _read_by_helm(text))

    @pytest.mark.parametrize("text", ["", "\n", "# only this\n", "---\n", "---\n---\n# x\n---\n"])
    def test_without_a_value_are_left_out(self, text: str) -> None:
        assert load_all(text, "a.yaml") == []

    def test_keep_their_order_around_empty_ones(self) -> None:
        assert load_all("---\na: 1\n---\n# no\n---\n- 2\n...\n", "a.yaml") == [{"a": 1}, [2]]

    def test_may_repeat_values_and_merge_them(self) -> None:
        text = "x: &x {a: 1, b: [2]}\nv: *x\nz:\n  <<: *x\n  a: 3\nw:\n  <<: [{c: 4}, *x, {c: 5}]\n"
        [value] = load_all(text, "a.yaml")
        assert value == helm_python.values_from_yaml(text)
        assert value["v"] is not value["x"]

    def test_may_have_the_tags_of_json_values(self) -> None:
        text = (
            "a: !!str 12\nb: !!int '7'\nc: !!float 3\nd: !!bool 'yes'\ne: !!null ''\nf: !!map {}\n"
        )
        assert load_all(text, "a.yaml") == [helm_python.values_from_yaml(text)]


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("a: 1\nb: 2\na: 3\n", "a.yaml:3: key 'a': is set twice"),
            ("1: a\n'1': b\n", "a.yaml:2: key '1': is set twice"),
            ("a: 1\n1.10: x\n", "a.yaml:2: key: is not text; quote it"),
            ("? [a]\n: x\n", "a.yaml:1: key: is not text; quote it"),
            ("a:\n  ~: x\n", "a.yaml:2: key: is not text; quote it"),
            ("a: .nan\n", "a.yaml:1: .nan: JSON has only finite numbers"),
            (
                "a: !Find x\n",
                "a.yaml:1: a tag that YAML does not define: does not fit this Kubernetes value",
            ),
            ("a: !!int x\n", "a.yaml:1: tag !!int: does not fit this Kubernetes value"),
            ("a: !!float yes\n", "a.yaml:1: tag !!float: does not fit this Kubernetes value"),
            ("a: !!set {b}\n", "a.yaml:1: tag !!set: does not fit this Kubernetes value"),
            ("a: {b: 1}\n---\n\tc: 1\n", "a.yaml:3: not YAML: found character that cannot start"),
            ("a: [1\nb: 2\n", "a.yaml:2: not YAML: did not find expected ',' or ']'"),
            ("a: 1\nb: *x\n", "a.yaml:2: not YAML: found undefined alias"),
            ("a: 1\nb: \x07\n", "a.yaml:2: not YAML: a character that YAML excludes"),
            ("a: 1\nb: \ud800\n", "a.yaml:2: not YAML: a character that YAML excludes"),
            ("x: &x {a: 1}\ny:\n  a: 2\n  <<: *x\n", "a.yaml:4: << below 'a': readers disagree"),
            ("a:\n  <<: 1\n", "a.yaml:2: <<: requires a mapping or a list of mappings"),
            ("a: &a [*a]\n", "a.yaml:1: document: nested more than 100 levels deep, or an alias"),
            (
                "[" * 5000 + "]" * 5000,
                "a.yaml:1: document: nested more than 100 levels deep, or an alias",
            ),
        ],
    )
    def test_names_the_line_and_the_reason(self, text: str, message: str) -> None:
        with pytest.raises(YamlSyntaxError) as caught:
            load_all(text, "a.yaml")
        assert str(caught.value).startswith(message)

    def test_is_a_document_whose_aliases_multiply(self) -> None:
        rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
        with pytest.raises(
            YamlSyntaxError, match="aliases of the file repeat more than 6690 values"
        ):
            load_all("\n".join(rows), "a.yaml")

    def test_is_not_what_pyyaml_alone_fails_on(self) -> None:
        text = "enum: [=, !=]\n".replace("!=", "'!='")
        with pytest.raises(yaml.YAMLError):
            yaml.load(text, yaml.CSafeLoader)
        assert load_all(text, "a.yaml") == [{"enum": ["=", "!="]}]
