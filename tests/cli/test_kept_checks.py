"""Commands that check keep what found nothing in the user's cache."""

from __future__ import annotations

from tests.small_project import Project


def test_synth_keeps_checks_for_the_user_and_in_ci_reads_and_writes_none(project: Project) -> None:
    cache = project.root / "cache"
    env = {"XDG_CACHE_HOME": str(cache)}
    assert project.run("synth", env={**env, "CI": "true"}).code == 0
    assert not cache.exists()
    assert project.run("synth", env={**env, "CI": ""}).code == 0
    (kept_file,) = (cache / "kubestrata" / "checks").iterdir()
    before = kept_file.read_bytes()
    project.edit('"value"', '"other"')
    assert project.run("check", env={**env, "CI": "true"}).code == 0
    assert kept_file.read_bytes() == before
    assert project.run("check", env={**env, "CI": ""}).code == 0
    assert kept_file.read_bytes() != before


def test_a_cache_that_cannot_be_written_changes_nothing(project: Project) -> None:
    project.root.joinpath("file").write_text("")
    done = project.run("synth", env={"XDG_CACHE_HOME": str(project.root / "file"), "CI": ""})
    assert (done.code, done.err) == (0, "")


def test_a_violation_is_found_however_often_it_is_looked_for(project: Project) -> None:
    env = {"XDG_CACHE_HOME": str(project.root / "cache"), "CI": ""}
    project.edit('"value"', '"AKIA' + "IOSFODNN7ABCDEFG" + '"')
    runs = [project.run("synth", env=env) for _ in range(2)]
    assert runs[0].code == 1
    assert "X01" in runs[0].err
    assert runs[0] == runs[1]
