"""Mistakes in an app that a type checker finds."""

from __future__ import annotations

from pathlib import Path

from tests.type_check import mypy

ROOT = Path(__file__).resolve().parents[3]

WRONG = """\
from msgspec.structs import replace
from kubeapis import k8s
from kubestrata import Component, Image, TypedPatch
from kubestrata.constructs import Container, Exposure, SecretReference, Workload


def wrong(component: Component, secret: SecretReference) -> None:
    Workload(component, "a")
    Workload(component, "a", image=Image("a:1"), conteiner=Container())
    Workload(component, "a", image=Image("a:1"), container={"port": 80})
    Container(port="80")
    Container(env={"A": secret})
    Exposure(visibility="everybody")
    Workload(component, "a", image=Image("a:1")).connect_to(Container())
    TypedPatch(k8s.PodSpec, lambda spec: k8s.Container(name="a"))


def right(component: Component, secret: SecretReference) -> None:
    container = Container(port=80, env={"A": secret.key("a"), "B": "b"})
    patch = TypedPatch(k8s.PodSpec, lambda spec: replace(spec, host_users=False))
    one = Workload(component, "a", image=Image("a:1"), container=container, patches=[patch])
    route = Exposure(visibility="public")
    one.connect_to(Workload(component, "b", image=Image("a:1"), route=route))
"""


def test_mypy_finds_each_wrong_line_and_no_right_one(tmp_path: Path) -> None:
    (tmp_path / "apps.py").write_text(WRONG)
    path = [ROOT / "lib", ROOT / "imports"]
    done = mypy(tmp_path, "apps.py", path=path)
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    lines = sorted({int(line.split(":")[1]) for line in errors})
    assert lines == list(range(8, 16)), done.stdout + done.stderr
