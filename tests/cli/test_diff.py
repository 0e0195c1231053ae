"""`kubestrata diff`: 0 without drift, 1 with, 2 when it cannot be told."""

from __future__ import annotations

import json

from tests.small_project import Project


def test_a_fresh_tree_has_no_drift(project: Project) -> None:
    project.run("synth")
    done = project.run("diff")
    assert (done.code, done.out) == (0, "no difference\n")


def test_changed_code_shows_the_field_and_writes_nothing(project: Project) -> None:
    project.run("synth")
    before = project.tree()
    project.edit('"08"', '"09"')
    project.edit('["web", "api", "db"]', '["web", "new"]')
    done = project.run("diff")
    assert done.code == 1
    assert "~ ConfigMap web/settings  c1/apps/web/settings-configmap.yaml" in done.out
    assert '    ~ data.n: "08" -> "09"' in done.out
    assert "+ Namespace new  c1/apps/new/new-namespace.yaml" in done.out
    assert "- Namespace db  c1/apps/db/db-namespace.yaml" in done.out
    assert "\x1b[" not in done.out
    assert project.tree() == before


def test_an_edited_deleted_or_broken_file_is_drift(project: Project) -> None:
    for damage in ("edit", "delete", "break"):
        project.run("synth")
        file = project.dist / "c1/apps/web/settings-configmap.yaml"
        if damage == "delete":
            file.unlink()
        else:
            file.write_text("a: [" if damage == "break" else file.read_text() + "# note\n")
        assert (damage, project.run("diff").code) == (damage, 1)
        file.unlink(missing_ok=True)


def test_a_tree_that_was_never_written_is_all_added(project: Project) -> None:
    done = project.run("diff", "--output", "json")
    changes = json.loads(done.out)["changes"]
    assert done.code == 1
    assert {change["verb"] for change in changes} == {"added"}
    assert not project.dist.exists()


def test_json_has_every_change(project: Project) -> None:
    project.run("synth")
    project.edit('"08"', '"09"')
    changes = json.loads(project.run("diff", "--output", "json").out)["changes"]
    assert changes[0] == {
        "verb": "changed",
        "name": "ConfigMap api/settings",
        "file": "c1/apps/api/settings-configmap.yaml",
        "fields": [{"path": "data.n", "verb": "changed", "before": "08", "after": "09"}],
        "note": "",
    }
    assert len(changes) == 3


def test_code_that_does_not_build_exits_2(project: Project) -> None:
    project.run("synth")
    project.edit("data={", "dta={")
    done = project.run("diff")
    assert (done.code, done.out) == (2, "")
    assert "main.py:17" in done.err


def test_colour_is_for_terminals(project: Project) -> None:
    project.run("synth")
    project.edit('"08"', '"09"')
    forced = project.run("diff", env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert "\x1b[" in forced.out
