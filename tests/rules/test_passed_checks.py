"""Checks that found nothing are not repeated, as long as nothing that they depend on changes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.folder_signature import signature_of, signature_of_files
from kubestrata.core.identity import Identity
from kubestrata.rules.catalogue import all_rules
from kubestrata.rules.engine import Report, check_tree
from kubestrata.rules.passed_checks import KeptCheck, PassedChecks
from kubestrata.rules.subject import ClusterTree, Subject
from kubestrata.rules.violation import Location
from kubestrata.schema.kind_schema import KindSchema
from tests.rules.fixture import FIXTURES, fixture_tree

KEY, OTHER = b"k" * 16, b"o" * 16
MAP: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}


class Counted:
    """A check that finds `what`, and counts how often it runs."""

    def __init__(self, *what: str) -> None:
        self.what = what
        self.runs = 0

    def __call__(self) -> Iterator[str]:
        self.runs += 1
        yield from self.what


def kept(
    file: Path, key: bytes = KEY, check: KeptCheck = KeptCheck.LISTS, version: int = 0
) -> bool:
    """Return True if a check is known to find nothing."""
    find = Counted()
    PassedChecks(file).found(key, check, find, version)
    return find.runs == 0


def written(file: Path, key: bytes = KEY) -> Path:
    passed = PassedChecks(file)
    passed.found(key, KeptCheck.LISTS, Counted())
    passed.save()
    return file


def test_only_the_same_check_of_the_same_key_is_known(tmp_path: Path) -> None:
    file = written(tmp_path / "checks" / "a")
    assert kept(file)
    assert not kept(file, OTHER)
    assert not kept(file, check=KeptCheck.SCHEMA)
    assert not kept(file, version=35)


def test_a_check_that_found_something_runs_again(tmp_path: Path) -> None:
    passed = PassedChecks(tmp_path / "a")
    find = Counted("a problem")
    assert passed.found(KEY, KeptCheck.LISTS, find) == ("a problem",)
    assert passed.found(KEY, KeptCheck.LISTS, find) == ("a problem",)
    passed.save()
    assert find.runs == 2
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("damage", [b"", b"\x91", b"x" * 40])
def test_a_damaged_file_is_ignored_and_replaced(tmp_path: Path, damage: bytes) -> None:
    file = written(tmp_path / "a")
    file.write_bytes(damage)
    assert not kept(file)
    assert kept(written(file))


def test_a_changed_byte_makes_the_whole_file_unknown(tmp_path: Path) -> None:
    file = written(tmp_path / "a")
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    assert not kept(file)


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = PassedChecks(tmp_path / "a"), PassedChecks(tmp_path / "a")
    one.found(KEY, KeptCheck.LISTS, Counted())
    other.found(OTHER, KeptCheck.LISTS, Counted())
    one.save()
    other.save()
    assert kept(tmp_path / "a")
    assert kept(tmp_path / "a", OTHER)


def test_only_the_user_can_read_what_is_kept(tmp_path: Path) -> None:
    file = written(tmp_path / "checks" / "a")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_is_ignored(mode: int, tmp_path: Path) -> None:
    file = written(tmp_path / "a")
    assert kept(file)
    file.chmod(mode)
    assert not kept(file)


def test_a_file_of_another_user_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path / "a")
    own = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: own + 1)
    assert not kept(file)


def test_another_version_of_the_library_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = PassedChecks.in_folder(tmp_path)
    passed.found(KEY, KeptCheck.LISTS, Counted())
    passed.save()
    (file,) = tmp_path.iterdir()
    assert kept(file)
    (tmp_path / "re2").mkdir()
    monkeypatch.setattr("kubestrata.rules.passed_checks._LIBRARIES", ("re2",))
    monkeypatch.setattr(
        sys.modules["re2"].__spec__, "submodule_search_locations", [str(tmp_path / "re2")]
    )
    find = Counted()
    PassedChecks.in_folder(tmp_path).found(KEY, KeptCheck.LISTS, find)
    assert find.runs == 1


def test_a_file_of_the_library_that_is_written_changes_its_signature(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    (tmp_path / "a.pyc").write_text("a")
    before = signature_of(tmp_path, ".py")
    (tmp_path / "a.pyc").write_text("other")
    assert signature_of(tmp_path, ".py") == before
    (tmp_path / "a.py").write_text("a = 22\n")
    assert signature_of(tmp_path, ".py") != before
    assert signature_of(tmp_path / "gone") == ""


def test_a_file_behind_a_link_changes_the_signature_of_the_link(tmp_path: Path) -> None:
    file, link = tmp_path / "shared.json", tmp_path / "schemas" / "a.json"
    file.write_text('{"maximum": 50}')
    link.parent.mkdir()
    link.symlink_to(file)
    before = signature_of(link.parent), signature_of_files([link])
    file.write_text('{"maximum": 30}')
    assert signature_of(link.parent) != before[0]
    assert signature_of_files([link]) != before[1]
    file.unlink()
    assert signature_of_files([link]) not in ("", before[1])


def test_objects_that_differ_have_different_keys() -> None:
    passed = PassedChecks()
    values: list[Any] = [1, 1.0, "1", True, None, "", [], {}, float("nan")]
    keys = {passed.key({**MAP, "data": {"a": each}}, b"x") for each in values}
    assert len(keys) == len(values)
    assert passed.key(MAP, b"x") != passed.key(MAP, b"y")
    assert passed.key({**MAP}, b"x") == passed.key(MAP, b"x")
    assert passed.key({**MAP, "data": {"a": object()}}) == b""


def _report(tree: ClusterTree, file: Path) -> Report:
    passed = PassedChecks(file)
    report = check_tree(replace(tree, passed=passed), all_rules(), [], date(2030, 1, 1))
    passed.save()
    return report


@pytest.mark.parametrize("rule", ["V01", "V02", "V05", "X01", "X03", "P84", "S04", "S05"])
def test_reports_are_the_same_from_what_is_kept(rule: str, tmp_path: Path) -> None:
    for file in sorted((FIXTURES / rule).glob("*.yaml")):
        plain = check_tree(fixture_tree(file), all_rules(), [], date(2030, 1, 1))
        assert _report(fixture_tree(file), tmp_path / "a") == plain
        assert _report(fixture_tree(file), tmp_path / "a") == plain


def test_an_object_without_problems_is_validated_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    checked = KindSchema.validate

    def counted(schema: KindSchema, value: dict[str, Any], *, substituted: bool = False) -> Any:
        runs.append(value["metadata"]["name"])
        return checked(schema, value, substituted=substituted)

    monkeypatch.setattr(KindSchema, "validate", counted)
    secret = {**MAP, "kind": "Secret", "metadata": {"name": "b"}}
    wrong = {**MAP, "metadata": {"name": "c"}, "date": {}}
    tree = ClusterTree("home", "1.35", [_subject(each) for each in (MAP, secret, wrong)])
    first = _report(tree, tmp_path / "a")
    assert set(runs) == {"a", "b", "c"}
    runs.clear()
    assert _report(tree, tmp_path / "a") == first
    # Nothing is kept of Secrets, nor of objects with problems.
    assert set(runs) == {"b", "c"}


def _subject(manifest: dict[str, Any]) -> Subject:
    identity = Identity("", manifest["kind"], "", manifest["metadata"]["name"])
    return Subject(identity, manifest, Location("a.yaml", 1))
