"""`kubestrata diff` exits 0 without drift, 1 with drift, 2 if the comparison failed."""

from __future__ import annotations

import json
import re

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
        "dataLost": "",
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


def test_a_removed_namespace_is_first_and_warns(project: Project) -> None:
    project.run("synth")
    project.edit('["web", "api", "db"]', '["api", "db"]')
    lines = project.run("diff").out.splitlines()
    assert lines[:3] == [
        "WARNING: data is deleted with 1 of these objects",
        "- Namespace web  c1/apps/web/web-namespace.yaml",
        "    ! deletes every object in it, with its volumes",
    ]
    first = json.loads(project.run("diff", "--output", "json").out)["changes"][0]
    assert first["dataLost"] == "every object in it, with its volumes"


def test_an_index_that_git_merged_is_drift(project: Project) -> None:
    project.run("synth")
    index = project.dist / ".kubestrata"
    wanted = index.read_bytes()
    header, first, *rest = wanted.split(b"\n")
    conflict = [header, b"<<<<<<< HEAD", first, b"=======", b">>>>>>> other", *rest]
    unsorted = [header, *rest[:-1], first, b""]
    stale = [header, *rest]
    for lines in (conflict, unsorted, stale):
        index.write_bytes(b"\n".join(lines))
        done = project.run("diff")
        assert (done.code, "~ .kubestrata" in done.out) == (1, True)
        assert ("line 2 on disk is a conflict marker" in done.out) == (lines is conflict)
        assert project.run("synth").code == 0
        assert index.read_bytes() == wanted


SIZED = """
        k8s.PersistentVolumeClaim(web, "data", spec=k8s.PersistentVolumeClaimSpec(
            access_modes=["ReadWriteOnce"],
            resources=k8s.VolumeResourceRequirements(requests={"storage": "2Gi"}),
        ))
"""


def test_a_volume_that_shrinks_is_refused_with_its_line(project: Project) -> None:
    project.edit("        k8s.ConfigMap(web", SIZED + "        k8s.ConfigMap(web")
    assert project.run("synth").code == 0
    before = project.tree()
    project.edit('"2Gi"', '"2048Mi"')
    assert project.run("diff").out.count("C01") == 0
    project.edit('"2048Mi"', '"1Gi"')
    done = project.run("diff")
    assert done.code == 1
    assert "error C01 spec.resources.requests.storage: shrinks from 2Gi to 1Gi" in done.out
    assert "main.py:18" in done.out
    violations = json.loads(project.run("diff", "--output", "json").out)["violations"]
    assert [one["rule"] for one in violations] == ["C01"] * 3
    refused = project.run("synth")
    assert (refused.code, project.tree()) == (1, before)
    assert "fix: keep 2Gi" in refused.err
    assert project.run("check").code == 0


def test_a_waived_change_is_written_and_needs_no_waiver_afterwards(project: Project) -> None:
    project.edit("        k8s.ConfigMap(web", SIZED + "        k8s.ConfigMap(web")
    project.run("synth")
    project.edit('"2Gi"', '"1Gi"')
    project.edit("k8s.PersistentVolumeClaim(", "claim = k8s.PersistentVolumeClaim(")
    project.edit(
        "        ))\n",
        "        ))\n"
        "        waive('C01', claim, reason='empty', owner='team', expires='2999-01-01')\n",
    )
    project.edit("Namespace, Platform", "Namespace, Platform, waive")
    waived = project.run("diff")
    assert (waived.code, "C01" in waived.out) == (1, False)
    assert project.run("synth").code == 0
    for command in ("synth", "diff", "check"):
        assert (command, project.run(command).code) == (command, 0)


def test_values_of_secrets_are_hidden_in_every_format(project: Project) -> None:
    secret = '        k8s.Secret(web, "token", string_data={"a": "planted", "b": "kept"})\n'
    project.edit("        k8s.ConfigMap(web", secret + "        k8s.ConfigMap(web")
    project.run("synth", "--no-check", env={"CI": ""})
    project.edit('"planted"', '"other"')
    for output in ("text", "json"):
        done = project.run("diff", "--output", output)
        assert "stringData.a" in done.out
        assert "(redacted)" in done.out
        assert not {"planted", "other"} & set(re.findall(r"\w+", done.out + done.err))


def test_a_secret_with_a_placeholder_is_hidden_in_other_objects(project: Project) -> None:
    project.edit("Platform\n\n", "Placeholder, Platform, SubstituteFrom\n\n")
    source = 'substitute_from=[SubstituteFrom("ConfigMap", "facts", ["region"])]'
    project.edit('platform"))', f'platform"), {source})')
    made = """        value = f"planted-{Placeholder('region')}-value"
        k8s.Secret(web, "token", string_data={"a": value})
        k8s.ConfigMap(web, "copy", data={"a": f"old {value}"})
"""
    project.edit("        k8s.ConfigMap(web", made + "        k8s.ConfigMap(web")
    project.run("synth", "--no-check", env={"CI": ""})
    project.edit("old {value}", "new {value}")
    for output in ("text", "json"):
        done = project.run("diff", "--output", output)
        assert "new (redacted)" in done.out
        assert "planted" not in done.out + done.err
