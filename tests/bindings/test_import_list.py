"""Adding to `imports:`: the rest of cdk8s.yaml stays as people wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kubestrata.bindings.source.address import parse_entry
from kubestrata.bindings.source.import_list import added, write_config
from kubestrata.core.errors import ConfigError, ImportSourceError

NAME = "cdk8s.yaml"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "# top\nimports: # what\n  - x.yaml # why\n\n  # more\noutput: dist\n",
            "# top\nimports: # what\n  - x.yaml # why\n  - new.yaml\n\n  # more\noutput: dist\n",
            id="indented",
        ),
        pytest.param(
            "imports:\n- x.yaml\nb: 2\n", "imports:\n- x.yaml\n- new.yaml\nb: 2\n", id="flush"
        ),
        pytest.param("a: 1", "a: 1\nimports:\n  - new.yaml\n", id="no-key-no-line-end"),
        pytest.param("a: 1\r\n", "a: 1\r\nimports:\r\n  - new.yaml\r\n", id="crlf"),
        pytest.param(
            "imports: # none\na: 1\n", "imports: # none\n  - new.yaml\na: 1\n", id="no-value"
        ),
        pytest.param("imports: ~\na: 1\n", 'imports: ["new.yaml"]\na: 1\n', id="null"),
        pytest.param("imports: []\n", 'imports: ["new.yaml"]\n', id="empty-flow"),
        pytest.param("imports: [a.yaml ] # x\n", 'imports: [a.yaml, "new.yaml" ] # x\n', id="flow"),
        pytest.param('{"a": 1}', '{"a": 1, "imports": ["new.yaml"]}', id="json"),
        pytest.param("", "imports:\n  - new.yaml\n", id="empty"),
        pytest.param("# only\n", "# only\nimports:\n  - new.yaml\n", id="comment-only"),
        pytest.param(
            "é: ü\nimports:\n  - 'x.yaml'", "é: ü\nimports:\n  - 'x.yaml'\n  - new.yaml\n", id="é"
        ),
    ],
)
def test_one_line_is_added_and_nothing_else_changes(before: str, after: str) -> None:
    assert added(before, NAME, ["new.yaml"]) == after


def test_what_is_there_is_not_added_again() -> None:
    text = "imports:\n  - k8s@1.35.0\n  - a:=x.yaml\n"
    assert added(text, NAME, ["k8s@v1.35.0", "a:=x.yaml"]) == text


@pytest.mark.parametrize(
    "address", ["*.yaml", "a: b.yaml", "#x.yaml", "true", "1.5", "é.yaml", "- x"]
)
@pytest.mark.parametrize("text", ["a: 1\n", "imports: [x.yaml]\n", "imports:\n  - x.yaml\n"])
def test_an_address_that_yaml_would_read_otherwise_is_quoted(address: str, text: str) -> None:
    assert yaml.safe_load(added(text, NAME, [address]))["imports"][-1] == address


@pytest.mark.parametrize("text", ["a: 1\n...\n", "a: 1\n---\nb: 2\n", "a: &a [x]\nimports: *a\n"])
def test_a_file_that_cannot_be_edited_safely_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r"fix: add new.yaml to imports: yourself"):
        added(text, NAME, ["new.yaml"])


@given(st.text(max_size=20), st.sampled_from(["", "a: 1", "imports: [x]", "imports:\n- x\n"]))
def test_any_address_is_added_as_it_is_or_refused(address: str, text: str) -> None:
    try:
        parse_entry(address)
        edited = added(text, NAME, [address])
    except (ImportSourceError, ConfigError):
        return
    assert edited == text or yaml.safe_load(edited)["imports"][-1] == address.strip()


def test_a_link_and_its_mode_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / NAME
    real.write_text("a: 1\n")
    real.chmod(0o600)
    link.symlink_to(real)
    write_config(link, "a: 2\n")
    assert link.is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("a: 2\n", 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, "real.yaml"]
