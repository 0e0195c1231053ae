"""Large and hostile trees are read completely, or reported as unread, without a crash."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kubestrata.gitops import document, from_folder, kubectl, list_walk, reader
from kubestrata.gitops.disk import MAX_BYTES, Disk
from kubestrata.rules.subject import ClusterTree
from tests.gitops.repository import config_map, repository, unit

UNITS = "clusters/home/units.yaml"
LIST = "apps/kustomization.yaml"


def _tree(top: Path, files: dict[str, str]) -> ClusterTree:
    (tree,) = from_folder(repository(top, {UNITS: unit("apps"), **files}))
    return tree


def _faults(tree: ClusterTree) -> list[str]:
    return [each.message for each in tree.faults]


def _names(tree: ClusterTree) -> list[str]:
    return [each.identity.name for each in tree.subjects if each.identity.kind == "ConfigMap"]


class TestNesting:
    @pytest.mark.parametrize(
        "text",
        [
            "a: " + "[" * 40_000,
            "a: " + "{a: " * 40_000,
            "- " * 40_000 + "a",
            "? " * 40_000 + "a",
            "\n".join(" " * level + "a:" for level in range(2_500)),
            "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 900)),
            "a: &a [*a]",
            config_map("a") + "data: " + "[" * 101 + "]" * 101,
        ],
    )
    def test_yaml_that_is_too_deep_is_a_fault_of_its_file(self, text: str, tmp_path: Path) -> None:
        tree = _tree(tmp_path, {"apps/deep.yaml": text, "apps/good.yaml": config_map("good")})
        assert [each.place.file for each in tree.faults] == ["apps/deep.yaml"]
        assert "nested more than 100 levels deep" in _faults(tree)[0]
        assert _names(tree) == ["good"]

    def test_a_hundred_levels_are_read(self, tmp_path: Path) -> None:
        text = config_map("a") + "data: " + "[" * 99 + "]" * 99 + "\n"
        assert _faults(_tree(tmp_path, {"apps/a.yaml": text})) == []

    def test_a_file_of_brackets_in_text_is_read(self, tmp_path: Path) -> None:
        text = config_map("a") + f"data: {{a: '{'[{' * 5_000}'}}\n"
        assert _faults(_tree(tmp_path, {"apps/a.yaml": text})) == []

    def test_kustomizations_nest_without_an_end(self, tmp_path: Path) -> None:
        files = {
            f"apps/n{n}/kustomization.yaml": f"resources: [../n{n + 1}]\n" for n in range(1_200)
        }
        files |= {
            LIST: "resources: [n0]\n",
            "apps/n1200/kustomization.yaml": "resources: [a.yaml]\n",
        }
        tree = _tree(tmp_path, {**files, "apps/n1200/a.yaml": config_map("a")})
        assert _faults(tree) == []
        assert _names(tree) == ["a"]

    def test_units_nest_without_an_end(self, tmp_path: Path) -> None:
        files = {f"n{n}/unit.yaml": unit(f"n{n + 1}") for n in range(1_200)}
        files |= {"apps/unit.yaml": unit("n0"), "n1200/a.yaml": config_map("a")}
        tree = _tree(tmp_path, files)
        assert _names(tree) == ["a"]
        assert len(tree.units) == 1_203

    def test_folders_nest_without_an_end(self, tmp_path: Path) -> None:
        deep = "apps/" + "d/" * 700
        assert _names(_tree(tmp_path, {f"{deep}a.yaml": config_map("a")})) == ["a"]


class TestAliases:
    def test_the_documents_of_a_file_share_what_aliases_may_repeat(self, tmp_path: Path) -> None:
        one = f"a: &a [{'1,' * 200}]\nb: [{'*a,' * 30}]\n---\n"
        tree = _tree(tmp_path, {"apps/a.yaml": one * 50})
        assert "aliases of the file repeat more than" in " ".join(_faults(tree))
        assert "the file was not read from here on" in _faults(tree)

    def test_a_long_text_counts_as_often_as_it_is_repeated(self, tmp_path: Path) -> None:
        text = f"a: &a {'x' * 100_000}\nb: [{'*a,' * 10_000}]\n"
        assert "aliases of the file repeat" in _faults(_tree(tmp_path, {"apps/a.yaml": text}))[0]


class TestCycle:
    def test_a_list_that_names_its_own_folder_is_a_fault(self, tmp_path: Path) -> None:
        files = {LIST: "resources: [b]\n", "apps/b/kustomization.yaml": "resources: [../../apps]\n"}
        assert _faults(_tree(tmp_path, files)) == ["refers to apps, which includes it"]

    def test_a_link_to_the_folder_itself_is_not_followed(self, tmp_path: Path) -> None:
        (tmp_path / "apps").mkdir()
        (tmp_path / "apps/again").symlink_to(".")
        files = {LIST: "resources: [again, a.yaml]\n", "apps/a.yaml": config_map("a")}
        tree = _tree(tmp_path, files)
        assert (_faults(tree), [each.problem for each in tree.listed]) == ([], ["link"])

    def test_links_do_not_multiply_the_folders_of_a_generator(self, tmp_path: Path) -> None:
        (tmp_path / "teams/a").mkdir(parents=True)
        for number in range(8):
            (tmp_path / f"teams/up{number}").symlink_to("..")
        spec = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: teams, namespace: argocd}
spec:
  generators: [{git: {repoURL: x, directories: [{path: "%s"}]}}]
  template: {spec: {source: {repoURL: x, path: "{{path}}"}}, metadata: {name: "{{path}}"}}
"""
        deep = "/".join("*" * 12)
        tree = _tree(tmp_path, {"apps/set.yaml": spec % deep})
        assert [each.identity.kind for each in tree.units.values()] == ["Kustomization"] * 2
        assert _tree(tmp_path, {"apps/set.yaml": spec % "teams/*"}).units.keys() > tree.units.keys()


class TestBuild:
    @staticmethod
    def _doubled(levels: int) -> dict[str, str]:
        files = {LIST: f"resources: [l{levels}]\n", "apps/l0/a.yaml": config_map("a")}
        files["apps/l0/kustomization.yaml"] = "resources: [a.yaml]\n"
        for level in range(1, levels + 1):
            home = f"apps/l{level}"
            files[f"{home}/kustomization.yaml"] = "resources: [a, b]\n"
            for name in "ab":
                text = f"namePrefix: {name}-\nresources: [../../l{level - 1}]\n"
                files[f"{home}/{name}/kustomization.yaml"] = text
        return files

    def test_overlays_that_double_are_an_error_of_their_folder(self, tmp_path: Path) -> None:
        (fault,) = _tree(tmp_path, self._doubled(30)).faults
        assert fault.place.file == LIST
        assert fault.message.startswith("cannot be built: builds more than 5000 folders")
        assert fault.fix.startswith("split the folder")

    def test_overlays_that_double_a_little_are_built(self, tmp_path: Path) -> None:
        assert len(_names(_tree(tmp_path, self._doubled(3)))) == 8

    def test_files_that_are_too_much_for_one_build_are_an_error(self, tmp_path: Path) -> None:
        files = {LIST: "configMapGenerator:\n"}
        for number in range(22):
            files[f"apps/{number}.txt"] = "0123456789" * 300_000
            files[LIST] += f"- {{name: m{number}, files: [{number}.txt]}}\n"
        (fault,) = _tree(tmp_path, files).faults
        assert fault.message.startswith("cannot be built: reads more than 64000000 bytes")

    def test_a_file_that_is_too_long_to_copy_is_named(self, tmp_path: Path) -> None:
        text = "configMapGenerator: [{name: m, files: [a.txt]}]\nresources: [a.yaml]\n"
        files = {LIST: text, "apps/a.yaml": config_map("a"), "apps/a.txt": "a" * (MAX_BYTES + 1)}
        assert _faults(_tree(tmp_path, files)) == [
            "Kustomize refuses it: apps/a.txt: is larger than 4000000 bytes"
        ]

    def test_generated_objects_alone_are_built(self, tmp_path: Path) -> None:
        text = "configMapGenerator: [{name: m, literals: [a=b]}]\n"
        (name,) = _names(_tree(tmp_path, {LIST: text}))
        assert name.startswith("m-")

    @pytest.mark.parametrize(
        ("which", "why"), [("_SECONDS", "Kustomize needs more than 0 seconds")]
    )
    def test_a_build_that_takes_too_long_is_an_error_of_its_folder(
        self, which: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kubectl, which, 0.001)
        files = {LIST: "resources: [a.yaml]\nnamePrefix: x-\n", "apps/a.yaml": config_map("a")}
        (fault,) = _tree(tmp_path, files).faults
        assert (fault.place.file, fault.message) == (LIST, f"cannot be built: {why}")

    def test_all_builds_share_a_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kubectl, "_ALL_SECONDS", 0)
        files = {LIST: "resources: [a.yaml]\nnamePrefix: x-\n", "apps/a.yaml": config_map("a")}
        (message,) = _faults(_tree(tmp_path, files))
        assert message == "cannot be built: all builds together need more than 0 seconds"


class TestLimit:
    def test_more_files_and_folders_than_any_former_limit_are_read(self, tmp_path: Path) -> None:
        for number in range(2_100):
            home = tmp_path / f"apps/{number}"
            home.mkdir(parents=True)
            (home / "a.yaml").write_text(config_map(f"a{number}"))
            (home / "kustomization.yaml").write_text("resources: [a.yaml]\n")
        text = "resources:\n" + "".join(f"- '{number}'\n" for number in range(2_100))
        assert len(_names(_tree(tmp_path, {LIST: text}))) == 2_100

    def test_too_many_units_are_an_error_that_names_the_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "_MOST_UNITS", 3)
        units = "---\n".join(unit(f"n{number}") for number in range(5))
        files = {f"n{number}/a.yaml": config_map(f"a{number}") for number in range(5)}
        tree = _tree(tmp_path, {UNITS: units, **files})
        assert [each.object.name for each in tree.faults] == ["n2", "n3", "n4"]
        assert "more than 3 Kustomizations and Applications" in _faults(tree)[0]

    def test_too_many_lists_are_an_error_that_names_what_was_not_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(list_walk, "_MOST_LISTS", 3)
        files = {f"apps/n{n}/kustomization.yaml": f"resources: [../n{n + 1}]\n" for n in range(6)}
        files |= {LIST: "resources: [n0]\n", "apps/n6/kustomization.yaml": "resources: [a.yaml]\n"}
        fault, *_ = _tree(tmp_path, {**files, "apps/n6/a.yaml": config_map("a")}).faults
        assert fault.place.file == "apps/n2/kustomization.yaml"
        assert fault.message.endswith("folders that one list names, and was not read")

    def test_a_file_that_nothing_applies_and_nothing_can_read_is_noted(
        self, tmp_path: Path
    ) -> None:
        repository(tmp_path, {"apps/a.yaml": config_map("a"), UNITS: unit("apps")})
        (tmp_path / "other.yaml").write_bytes(b"\xff\xff")
        (tree,) = from_folder(tmp_path)
        (note,) = tree.unchecked
        assert (note.what, note.why) == (
            "other.yaml",
            "cannot be read: is not UTF-8 text at byte 0",
        )

    def test_a_folder_that_cannot_be_listed_is_noted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repository(tmp_path, {"apps/a.yaml": config_map("a"), "no/b.yaml": "", UNITS: unit("apps")})
        scandir = os.scandir

        def refusing(path: Path) -> object:
            if str(path).endswith("/no"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refusing)
        (tree,) = from_folder(tmp_path)
        assert [(each.what, each.why) for each in tree.unchecked] == [
            ("folder no", "cannot be listed: Permission denied")
        ]

    @pytest.mark.parametrize("error", [MemoryError, RecursionError])
    def test_what_python_cannot_hold_is_a_fault_of_its_file(
        self, error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = document.read

        def failing(text: str, path: str, **options: bool) -> document.Reading:
            if path == "apps/big.yaml":
                raise error
            return read(text, path, **options)

        monkeypatch.setattr(document, "read", failing)
        files = {"apps/big.yaml": config_map("big"), "apps/a.yaml": config_map("a")}
        tree = _tree(tmp_path, files)
        assert [each.place.file for each in tree.faults] == ["apps/big.yaml"]
        assert _names(tree) == ["a"]


class TestPattern:
    def test_a_patch_target_that_backtracks_elsewhere_is_matched(self, tmp_path: Path) -> None:
        name = "a" * 60
        patch = 'resources: [a.yaml]\npatches: [{target: {name: "(a+)+b"}, patch: "[]"}]\n'
        tree = _tree(tmp_path, {LIST: patch, "apps/a.yaml": config_map(name)})
        assert [each.problem for each in tree.listed] == ["unmatched"]

    def test_blank_lines_are_passed_over(self, tmp_path: Path) -> None:
        gap = "\n" * 100_000
        text = f"{config_map('a')}{gap}---{gap}{config_map('b')}"
        tree = _tree(tmp_path, {"apps/a.yaml": text})
        lines = [each.place.line for each in tree.subjects if each.identity.kind == "ConfigMap"]
        assert lines == [1, 200_004]

    def test_every_missing_entry_is_reported_at_its_line(self, tmp_path: Path) -> None:
        text = "resources:\n" + "".join(f"- m{number}.yaml\n" for number in range(20_000))
        tree = _tree(tmp_path, {LIST: text})
        assert [each.place.line for each in tree.listed] == list(range(2, 20_002))


def test_a_fifo_in_the_tree_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert Disk(tmp_path).yaml_files() == []
